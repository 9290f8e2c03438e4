#include "http/json/reservation_parts.hpp"

#include "http/json/offering_codec.hpp"
#include "http/json/seat_map_codec.hpp"

#include <array>
#include <cstdint>

namespace cavea::http::json {

namespace {

using engine::DefinitionRef;

constexpr std::size_t remembered_cards = 64;

/// Whether it is the same definition. Owners are compared, not addresses: the control block that
/// `card` keeps cannot be given to another definition, and nothing is counted up or down.
bool is_about(const OfferingCard& card, const DefinitionRef& definition) {
  return !card.definition.owner_before(definition) && !definition.owner_before(card.definition);
}

void fill(OfferingCard& card, const DefinitionRef& definition) {
  card.definition = definition;
  card.zone = TimeZone::find(definition->time_zone).value_or(TimeZone::utc());
  card.members = "\"kind\":\"";
  card.members += name_of_kind(kind_of(*definition));
  card.members += "\",\"title\":";
  append_string(card.members, definition->title);
  card.members += ",\"starts_at\":\"";
  append_time(card.members, definition->starts_at, card.zone);
  card.members += '"';
}

}  // namespace

const OfferingCard& card_of(const DefinitionRef& definition) {
  // Without its definition (nobody promises it for ever) a reservation is shown without names.
  static const OfferingCard nameless;
  if (!definition) return nameless;
  static thread_local std::array<OfferingCard, remembered_cards> cards;
  const auto key = reinterpret_cast<std::uintptr_t>(definition.get());
  auto& card = cards[(key >> 4) % remembered_cards];
  if (card.members.empty() || !is_about(card, definition)) fill(card, definition);
  return card;
}

void write_place(
    Writer& writer,
    const engine::ReservationLine& line,
    const engine::PerformanceTerms* performance,
    std::string_view status) {
  writer.begin_object();
  if (performance != nullptr) {
    const auto& map = *performance->seat_map;
    append_label(writer.key("seat").place(), map, line.place);
    writer.done().key("zone").text(map.zones().at(map.seat(line.place).zone).id.view());
  }
  writer.key("price").number(line.price.minor);
  writer.key("status").text(status).end_object();
}

}  // namespace cavea::http::json
