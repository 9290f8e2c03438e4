#include "http/json/document.hpp"

#include <algorithm>
#include <string>

namespace cavea::http::json {

namespace {

/// Walks through a text that is known to be JSON, so it needs no checks of its own; it stops at the
/// end in any case.
class Walker {
 public:
  explicit Walker(std::string_view text) : text_(text) {}

  [[nodiscard]] std::size_t at() const noexcept { return at_; }

  char peek() {
    skip_spaces();
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  void step() {
    if (at_ < text_.size()) ++at_;
  }

  /// Reads a string and gives its raw content; escapes stay as they are.
  std::string_view take_string() {
    skip_spaces();
    const auto begin = ++at_;
    while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    const auto content = text_.substr(std::min(begin, text_.size()), at_ - begin);
    step();
    return content;
  }

  void skip_value() {
    std::size_t depth = 0;
    do {
      const char c = peek();
      if (c == '"') {
        take_string();
      } else if (c == '{' || c == '[') {
        ++depth;
        step();
      } else if (c == '}' || c == ']') {
        --depth;
        step();
      } else if (c == ',' || c == ':') {
        step();
      } else {
        skip_literal();
      }
    } while (depth > 0 && at_ < text_.size());
  }

 private:
  void skip_spaces() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != text_.npos) ++at_;
  }

  void skip_literal() {
    while (at_ < text_.size() && std::string_view(" \t\r\n,:]}").find(text_[at_]) == text_.npos)
      ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::string unescape_token(std::string_view token) {
  std::string text;
  for (std::size_t i = 0; i < token.size(); ++i) {
    const bool is_escape = token[i] == '~' && i + 1 < token.size();
    if (is_escape) ++i;
    text += is_escape ? (token[i] == '1' ? '/' : '~') : token[i];
  }
  return text;
}

/// Goes to the value of a member or element; false, and back at the container, when there is none.
bool enter(Walker& walker, const std::string& token) {
  const Walker container = walker;
  const bool is_object = walker.peek() == '{';
  if (!is_object && walker.peek() != '[') return false;
  const char end = is_object ? '}' : ']';
  walker.step();
  for (std::size_t index = 0; walker.peek() != end && walker.peek() != '\0'; ++index) {
    const std::string name(is_object ? walker.take_string() : std::string_view());
    if (is_object && walker.peek() == ':') walker.step();
    if (is_object ? name == token : std::to_string(index) == token) {
      walker.peek();
      return true;
    }
    walker.skip_value();
    if (walker.peek() == ',') walker.step();
  }
  walker = container;
  return false;
}

}  // namespace

std::size_t line_of(std::string_view text, std::string_view pointer) {
  Walker walker(text);
  walker.peek();
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const auto slash = std::min(pointer.find('/'), pointer.size());
    if (!enter(walker, unescape_token(pointer.substr(0, slash)))) break;
    pointer.remove_prefix(slash);
  }
  const auto before = text.substr(0, std::min(walker.at(), text.size()));
  return static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
}

}  // namespace cavea::http::json
