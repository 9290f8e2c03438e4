#include "http/cursor.hpp"

#include <charconv>
#include <cstdint>

namespace cavea::http {

namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Longer than any cursor of ours.
constexpr std::size_t cursor_bytes_max = 256;

std::string base64url(std::string_view bytes) {
  std::string text;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : bytes) {
    bits = (bits << 8) | static_cast<unsigned char>(c);
    for (count += 8; count >= 6; count -= 6) text += alphabet[(bits >> (count - 6)) & 63];
  }
  if (count > 0) text += alphabet[(bits << (6 - count)) & 63];
  return text;
}

std::optional<std::string> from_base64url(std::string_view text) {
  if (text.size() > cursor_bytes_max) return std::nullopt;
  std::string bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const auto digit = alphabet.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = (bits << 6) | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>((bits >> count) & 0xff);
  }
  return bytes;
}

/// What follows the letter of the list; nothing when it is a cursor of another one.
std::optional<std::string> content_of(std::string_view text, char letter) {
  auto bytes = from_base64url(text);
  if (!bytes || bytes->size() < 2 || bytes->front() != letter) return std::nullopt;
  bytes->erase(0, 1);
  return bytes;
}

}  // namespace

std::string encode_cursor(const engine::OfferingCursor& cursor) {
  return base64url("o" + std::to_string(cursor.starts_at.ms) + " " + cursor.id.str());
}

std::string encode_cursor(const engine::VenueId& last) {
  return base64url("v" + last.str());
}

std::string encode_cursor(const engine::ReservationId& last) {
  return base64url("r" + last.str());
}

std::optional<engine::OfferingCursor> decode_offering_cursor(std::string_view text) {
  const auto content = content_of(text, 'o');
  if (!content) return std::nullopt;
  const auto space = content->find(' ');
  if (space == std::string::npos) return std::nullopt;
  engine::OfferingCursor cursor;
  const char* const begin = content->data();
  const auto [end, problem] = std::from_chars(begin, begin + space, cursor.starts_at.ms);
  const auto id = engine::OfferingId::from(std::string_view(*content).substr(space + 1));
  if (problem != std::errc() || end != begin + space || !id) return std::nullopt;
  cursor.id = *id;
  return cursor;
}

std::optional<engine::VenueId> decode_venue_cursor(std::string_view text) {
  const auto content = content_of(text, 'v');
  return content ? engine::VenueId::from(*content) : std::nullopt;
}

std::optional<engine::ReservationId> decode_reservation_cursor(std::string_view text) {
  const auto content = content_of(text, 'r');
  return content ? engine::ReservationId::from(*content) : std::nullopt;
}

}  // namespace cavea::http
