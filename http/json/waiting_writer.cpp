#include "http/json/offering_codec.hpp"
#include "http/json/time_writer.hpp"
#include "http/json/waiting_codec.hpp"
#include "http/json/writer.hpp"
#include "http/time_zone.hpp"

#include <algorithm>

namespace cavea::http::json {

std::string_view name_of_end(engine::WaitingEnd end) {
  switch (end) {
    case engine::WaitingEnd::none:
      return "";
    case engine::WaitingEnd::user:
      return "user";
    case engine::WaitingEnd::administrator:
      return "administrator";
    case engine::WaitingEnd::sale_closed:
      return "sale_closed";
    case engine::WaitingEnd::offering_cancelled:
      return "offering_cancelled";
    case engine::WaitingEnd::offering_deleted:
      return "offering_deleted";
    case engine::WaitingEnd::offering_changed:
      return "offering_changed";
    case engine::WaitingEnd::person_limit:
      return "person_limit";
    case engine::WaitingEnd::granted_elsewhere:
      return "granted_elsewhere";
  }
  return "";
}

namespace {

using engine::WaitingEnd;
using engine::WaitingStatus;

std::string_view status_name(const engine::WaitingRecord& record) {
  switch (record.status) {
    case WaitingStatus::waiting:
      return "waiting";
    case WaitingStatus::granted:
      return "granted";
    case WaitingStatus::ended:
      break;
  }
  const bool has_left = record.end == WaitingEnd::user || record.end == WaitingEnd::administrator;
  return has_left ? "left" : "withdrawn";
}

TimeZone zone_of(const engine::DefinitionRef& definition) {
  if (!definition) return TimeZone::utc();
  return TimeZone::find(definition->time_zone).value_or(TimeZone::utc());
}

void write_texts(Writer& writer, std::string_view key, const std::vector<std::string>& texts) {
  writer.key(key).begin_array();
  for (const auto& text : texts) writer.text(text);
  writer.end_array();
}

void write_item(Writer& writer, const engine::WaitingItem& item) {
  const auto& record = item.record;
  const bool is_waiting = record.status == WaitingStatus::waiting;
  writer.begin_object().key("offering").text(record.offering.view());
  if (item.definition) {
    writer.key("kind").text(name_of_kind(kind_of(*item.definition)));
    writer.key("title").text(item.definition->title);
    write_time(writer, "starts_at", item.definition->starts_at, zone_of(item.definition));
  }
  writer.key("status").text(status_name(record));
  writer.key("ended_by");
  if (record.end == WaitingEnd::none) {
    writer.null();
  } else {
    writer.text(name_of_end(record.end));
  }
  write_time(writer, "changed_at", record.changed_at, zone_of(item.definition));
  writer.key("position");
  if (is_waiting) {
    writer.number(item.parties_ahead + 1).key("places_ahead").number(item.places_ahead);
  } else {
    writer.null().key("places_ahead").null();
  }
  writer.key("passed_over").number(record.party.passed_over);
  writer.key("reservation");
  if (record.status == WaitingStatus::granted) {
    writer.text(record.party.id.str());
  } else {
    writer.null();
  }
  writer.key("version").number(record.version.value).end_object();
}

/// What became of the wish as a whole: it is granted once one of its parties is, and waits while
/// one does.
std::string_view status_name(const engine::WaitingView& view) {
  for (const auto wanted : {WaitingStatus::granted, WaitingStatus::waiting}) {
    const auto found = std::find_if(view.items.begin(), view.items.end(), [&](const auto& item) {
      return item.record.status == wanted;
    });
    if (found != view.items.end()) return status_name(found->record);
  }
  return status_name(view.items.front().record);
}

}  // namespace

void append_waiting(std::string& out, const engine::WaitingView& view) {
  const auto& first = view.items.front();
  const auto& party = first.record.party;
  const auto id = party.any_of ? party.any_of->wish : party.id;
  Writer writer(out);
  writer.begin_object().key("id").text(id.str());
  writer.key("status").text(status_name(view)).key("user").text(party.user);
  writer.key("party_size").number(first.record.wish.party_size);
  writer.key("together").boolean(first.record.wish.together);
  writer.key("accessible").boolean(first.record.wish.accessible);
  write_texts(writer, "zones", first.record.wish.zones);
  write_texts(writer, "sections", first.record.wish.sections);
  writer.key("book_at_once").boolean(party.book_at_once);
  write_time(writer, "joined_at", joined_at(id), zone_of(first.definition));
  writer.key("offerings").begin_array();
  for (const auto& item : view.items) write_item(writer, item);
  writer.end_array().end_object();
}

}  // namespace cavea::http::json
