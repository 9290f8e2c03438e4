#include "outbound/mail/address.hpp"

#include "engine/email_address.hpp"

#include <algorithm>

namespace cavea::outbound::mail {

namespace {

std::string_view without_blanks_around(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

bool has_control_characters(std::string_view text) {
  return std::any_of(
      text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; });
}

}  // namespace

std::optional<Mailbox> read_mailbox(std::string_view text) {
  if (has_control_characters(text)) return std::nullopt;
  text = without_blanks_around(text);
  Mailbox box;
  if (text.ends_with('>')) {
    const auto begin = text.rfind('<');
    if (begin == std::string_view::npos) return std::nullopt;
    auto name = without_blanks_around(text.substr(0, begin));
    const bool is_quoted = name.size() >= 2 && name.starts_with('"') && name.ends_with('"');
    if (is_quoted) name = name.substr(1, name.size() - 2);
    if (name.find_first_of("<>\"") != std::string_view::npos) return std::nullopt;
    box.name = name;
    text = text.substr(begin + 1, text.size() - begin - 2);
  }
  if (!engine::is_email_address(text)) return std::nullopt;
  box.address = text;
  return box;
}

}  // namespace cavea::outbound::mail
