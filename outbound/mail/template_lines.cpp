#include "outbound/mail/template_lines.hpp"

namespace cavea::outbound::mail {

namespace {

/// A control character that no text has a use for.
constexpr char line_mark = '\x01';

bool is_tag_line(std::string_view line) {
  const auto begin = line.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return false;
  line = line.substr(begin, line.find_last_not_of(" \t\r") - begin + 1);
  constexpr std::string_view sigils = "#^/!";
  return line.starts_with("{{") && line.size() > 2 && sigils.find(line[2]) != std::string_view::npos
         && line.find("}}") == line.size() - 2;
}

/// Calls `use` with each line, its end included.
template <class Use>
void each_line(std::string_view text, Use use) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto length = end == std::string_view::npos ? text.size() : end + 1;
    use(text.substr(0, length));
    text.remove_prefix(length);
  }
}

}  // namespace

std::string mark_tag_lines(std::string_view source) {
  std::string marked;
  each_line(source, [&marked](std::string_view line) {
    const auto without_end = line.substr(0, line.find('\n'));
    if (is_tag_line(without_end)) marked += line_mark;
    marked += line;
  });
  return marked;
}

std::string without_marked_lines(std::string_view made) {
  std::string text;
  each_line(made, [&text](std::string_view line) {
    const bool is_marked = line.find(line_mark) != std::string_view::npos;
    const bool has_words = line.find_first_not_of("\x01 \t\r\n") != std::string_view::npos;
    if (is_marked && !has_words) return;
    for (const char c : line) {
      if (c != line_mark) text += c;
    }
  });
  return text;
}

}  // namespace cavea::outbound::mail
