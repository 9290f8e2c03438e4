#include "engine/inbox.hpp"

#include <array>
#include <charconv>
#include <string_view>

namespace cavea::engine {

namespace {

void append_hexadecimal(std::string& out, std::uint64_t value) {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16).ptr;
  out.append(digits.data(), end);
}

/// Takes a number without leading zeros up to the next dash, or to the end.
template <class Number>
bool take_number(std::string_view& text, int base, Number& value) {
  const auto dash = text.find('-');
  const auto digits = text.substr(0, dash);
  text = dash == std::string_view::npos ? std::string_view() : text.substr(dash + 1);
  if (digits.empty() || (digits.size() > 1 && digits.front() == '0')) return false;
  // Written one way only.
  if (digits.find_first_of("ABCDEF") != std::string_view::npos) return false;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  return error == std::errc{} && end == digits.data() + digits.size();
}

}  // namespace

std::string text_of(const NotificationId& id) {
  auto text = std::to_string(id.shard.value);
  for (const auto part : {id.index, std::uint64_t{id.ordinal}}) {
    text += '-';
    append_hexadecimal(text, part);
  }
  if (id.of_reservation != 0) {
    text += '-';
    append_hexadecimal(text, id.of_reservation);
  }
  return text;
}

std::optional<NotificationId> notification_id_from(std::string_view text) {
  if (text.empty() || text.back() == '-') return std::nullopt;
  NotificationId id;
  if (!take_number(text, 10, id.shard.value) || !take_number(text, 16, id.index)
      || !take_number(text, 16, id.ordinal)) {
    return std::nullopt;
  }
  if (text.empty()) return id;
  if (!take_number(text, 16, id.of_reservation) || id.of_reservation == 0 || !text.empty()) {
    return std::nullopt;
  }
  return id;
}

}  // namespace cavea::engine
