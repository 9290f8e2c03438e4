#include "http/cursor.hpp"

#include "http/base64url.hpp"

#include <xxhash.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <vector>

namespace cavea::http {

namespace {

/// Longer than any cursor of a list.
constexpr std::size_t cursor_bytes_max = 256;

/// What every cursor of a list begins with: the letter of its kind and the mark of the list.
std::string lead_of(ListMark list, char letter) {
  std::string lead(1, letter);
  for (int shift = 0; shift < 32; shift += 8) lead += static_cast<char>(list.value >> shift);
  return lead;
}

/// What follows the lead of the list; nothing when it is a cursor of another one.
std::optional<std::string> content_of(std::string_view text, ListMark list, char letter) {
  if (text.size() > cursor_bytes_max) return std::nullopt;
  auto bytes = from_base64url(text);
  const auto lead = lead_of(list, letter);
  if (!bytes || !bytes->starts_with(lead)) return std::nullopt;
  bytes->erase(0, lead.size());
  return bytes;
}

/// "1764867600000 hamlet".
struct TimedParts {
  engine::Timestamp time;
  std::string_view name;
};

std::optional<TimedParts> timed_parts_of(std::string_view content) {
  const auto space = content.find(' ');
  if (space == std::string::npos) return std::nullopt;
  TimedParts parts;
  const char* const begin = content.data();
  const auto [end, problem] = std::from_chars(begin, begin + space, parts.time.ms);
  if (problem != std::errc() || end != begin + space) return std::nullopt;
  parts.name = content.substr(space + 1);
  return parts;
}

/// Where a page ends, and how much is on it, makes no other list.
bool is_filter(const QueryParameter& parameter) {
  return parameter.name != "cursor" && parameter.name != "limit";
}

}  // namespace

ListMark list_mark_of(const Request& request) {
  std::vector<QueryParameter> filters;
  std::copy_if(request.query.begin(), request.query.end(), std::back_inserter(filters), is_filter);
  std::sort(
      filters.begin(), filters.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  // Between the parts is a byte that none of them has: decoding refuses control characters.
  std::string text(request.path);
  if (request.path.starts_with("/v1/me/")) text.append(1, '\0').append(request.principal->user);
  for (const auto& filter : filters) {
    text.append(1, '\0').append(filter.name).append(1, '\0').append(filter.value);
  }
  return {static_cast<std::uint32_t>(XXH3_64bits(text.data(), text.size()))};
}

std::string encode_cursor(ListMark list, const engine::OfferingCursor& cursor) {
  return to_base64url(
      lead_of(list, 'o') + std::to_string(cursor.starts_at.ms) + " " + cursor.id.str());
}

std::string encode_cursor(ListMark list, const engine::VenueId& last) {
  return to_base64url(lead_of(list, 'v') + last.str());
}

std::string encode_cursor(ListMark list, const engine::ReservationId& last) {
  return to_base64url(lead_of(list, 'r') + last.str());
}

std::string encode_cursor(ListMark list, const engine::InboxCursor& cursor) {
  return to_base64url(
      lead_of(list, 'i') + std::to_string(cursor.at.ms) + " " + engine::text_of(cursor.id));
}

std::string encode_cursor(ListMark list, const engine::NotificationId& last) {
  return to_base64url(lead_of(list, 'd') + engine::text_of(last));
}

std::string encode_cursor(ListMark list, const engine::WebhookDeliveryCursor& cursor) {
  const engine::NotificationId event{cursor.shard, cursor.event.index, cursor.event.ordinal, 0};
  return to_base64url(
      lead_of(list, 'w') + std::to_string(cursor.at.ms) + " " + engine::text_of(event));
}

std::optional<engine::OfferingCursor> decode_offering_cursor(ListMark list, std::string_view text) {
  const auto content = content_of(text, list, 'o');
  const auto parts = content ? timed_parts_of(*content) : std::nullopt;
  const auto id = parts ? engine::OfferingId::from(parts->name) : std::nullopt;
  if (!id) return std::nullopt;
  engine::OfferingCursor cursor;
  cursor.starts_at = parts->time;
  cursor.id = *id;
  return cursor;
}

std::optional<engine::VenueId> decode_venue_cursor(ListMark list, std::string_view text) {
  const auto content = content_of(text, list, 'v');
  return content ? engine::VenueId::from(*content) : std::nullopt;
}

std::optional<engine::ReservationId> decode_reservation_cursor(
    ListMark list, std::string_view text) {
  const auto content = content_of(text, list, 'r');
  return content ? engine::ReservationId::from(*content) : std::nullopt;
}

std::optional<engine::InboxCursor> decode_inbox_cursor(ListMark list, std::string_view text) {
  const auto content = content_of(text, list, 'i');
  const auto parts = content ? timed_parts_of(*content) : std::nullopt;
  const auto id = parts ? engine::notification_id_from(parts->name) : std::nullopt;
  if (!id) return std::nullopt;
  return engine::InboxCursor{parts->time, *id};
}

std::optional<engine::NotificationId> decode_dead_letter_cursor(
    ListMark list, std::string_view text) {
  const auto content = content_of(text, list, 'd');
  return content ? engine::notification_id_from(*content) : std::nullopt;
}

std::optional<engine::WebhookDeliveryCursor> decode_webhook_delivery_cursor(
    ListMark list, std::string_view text) {
  const auto content = content_of(text, list, 'w');
  const auto parts = content ? timed_parts_of(*content) : std::nullopt;
  const auto event = parts ? engine::notification_id_from(parts->name) : std::nullopt;
  if (!event) return std::nullopt;
  return engine::WebhookDeliveryCursor{parts->time, event->shard, {event->index, event->ordinal}};
}

}  // namespace cavea::http
