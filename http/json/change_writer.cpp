#include "http/json/change_codec.hpp"
#include "http/json/offering_codec.hpp"
#include "http/json/saga_writer.hpp"
#include "http/json/seat_map_codec.hpp"
#include "http/json/time_writer.hpp"
#include "http/json/venue_codec.hpp"
#include "http/json/waiting_codec.hpp"
#include "http/json/writer.hpp"
#include "http/time_zone.hpp"

#include <algorithm>
#include <string_view>
#include <variant>
#include <vector>

namespace cavea::http::json {

namespace {

using engine::ChangeEvent;

/// Digits of the parts of `sequence`: numbers of one width sort as text, too.
constexpr std::size_t index_digits = 20;
constexpr std::size_t ordinal_digits = 6;

std::string_view name_of(engine::Cause cause) {
  switch (cause) {
    case engine::Cause::user:
      return "user";
    case engine::Cause::administrator:
      return "administrator";
    case engine::Cause::deadline:
      return "deadline";
    case engine::Cause::offering_cancelled:
      return "offering_cancelled";
  }
  return "user";
}

void append_padded(std::string& out, std::uint64_t number, std::size_t digits) {
  const auto begin = out.size();
  append_number(out, number);
  out.insert(begin, digits - std::min(digits, out.size() - begin), '0');
}

/// Where the subject is found in the API.
void append_source(std::string& out, const ChangeEvent& event) {
  if (const auto* venue = std::get_if<engine::VenueId>(&event.subject)) {
    out.append("/v1/venues/").append(venue->view());
    return;
  }
  if (const auto* order = std::get_if<engine::ReservationId>(&event.subject)) {
    out.append("/v1/reservations/").append(order->str());
    return;
  }
  const bool is_class =
      event.definition != nullptr && kind_of(*event.definition) == engine::OfferingKind::klass;
  out.append(is_class ? "/v1/classes/" : "/v1/performances/");
  out.append(std::get<engine::OfferingId>(event.subject).view());
}

/// Writes what each kind of event has to say, into the object `data`.
class DataWriter {
 public:
  DataWriter(Writer& writer, const ChangeEvent& event) : writer_(writer), event_(event) {}

  void write() {
    if (const auto* what = std::get_if<engine::VenueEvent>(&event_.event)) {
      std::visit([this](const auto& one) { details(one); }, *what);
      return;
    }
    if (const auto* order = std::get_if<engine::OrderEvent>(&event_.event)) {
      details(*order);
      return;
    }
    writer_.key("version").number(event_.version);
    const auto& what = std::get<engine::OfferingEvent>(event_.event);
    if (const auto* id = engine::reservation_in(what)) {
      char text[engine::ReservationId::text_length];
      id->write(text);
      writer_.key("reservation").text({text, sizeof text}).key("user").text(event_.user);
    }
    std::visit([this](const auto& one) { details(one); }, what);
    append_counts(writer_.key("counts").place(), event_.counts);
    writer_.done();
  }

 private:
  /// As the reservation is read by an administrator, how it was then.
  void details(const engine::OrderEvent& event) {
    writer_.key("version").number(event_.version);
    writer_.key("reservation").text(event.after->id.str()).key("user").text(event_.user);
    append_saga(
        writer_.key("order").place(),
        {*event.after, event.definitions},
        {.user = {}, .is_admin = true});
    writer_.done();
  }

  void details(const engine::OfferingCreated& event) { offering(*event.definition); }

  void details(const engine::OfferingChanged& event) { offering(*event.definition); }

  void details(const engine::OfferingCancelled& event) { writer_.key("reason").text(event.reason); }

  void details(const engine::OfferingDeleted& /*event*/) {}

  void details(const engine::PlacesHeld& event) {
    lines(event.lines, event.currency);
    write_time(writer_, "held_until", event.until, zone());
  }

  void details(const engine::PlacesSold& event) { lines(event.lines, event.currency); }

  void details(const engine::ReservationConfirmed& /*event*/) {}

  void details(const engine::HoldExpired& /*event*/) {}

  void details(const engine::PlacesGivenBack& event) {
    writer_.key("cause").text(name_of(event.cause));
    places(event.places);
  }

  void details(const engine::ReservationCancelled& event) {
    writer_.key("cause").text(name_of(event.cause));
  }

  void details(const engine::PlacesBlocked& event) {
    writer_.key("reason").text(event.reason);
    places(event.places);
  }

  void details(const engine::PlacesUnblocked& event) { places(event.places); }

  void details(const engine::HoldPinned& event) {
    if (event.until == engine::Timestamp{}) {
      writer_.key("held_until").null();
      return;
    }
    write_time(writer_, "held_until", event.until, zone());
  }

  void details(const engine::WaitingJoined& event) {
    party(event.id);
    writer_.key("user").text(event.user).key("party_size").number(event.wish.party_size);
  }

  void details(const engine::WaitingLeft& event) {
    party(event.id);
    writer_.key("cause").text(name_of_end(event.end));
  }

  void details(const engine::WaitingGranted& event) { party(event.id); }

  void details(const engine::WaitingPassedOver& event) {
    party(event.id);
    writer_.key("times").number(event.times);
  }

  void details(const engine::WaitingClosed& event) {
    writer_.key("cause").text(name_of_end(event.end));
  }

  void party(const engine::WaitingId& id) {
    char text[engine::ReservationId::text_length];
    id.write(text);
    writer_.key("waiting").text({text, sizeof text});
  }

  void details(const engine::VenueCreated& event) { venue(event.definition); }

  void details(const engine::VenueChanged& event) { venue(event.definition); }

  void details(const engine::VenueDeleted& /*event*/) {}

  void offering(const engine::OfferingDefinition& definition) {
    writer_.key("revision").number(event_.revision.value);
    append_definition(writer_.key("offering").place(), definition);
    writer_.done();
  }

  void venue(const engine::VenueDefinition& definition) {
    writer_.key("revision").number(event_.version);
    append_venue_summary(
        writer_.key("venue").place(),
        {std::get<engine::VenueId>(event_.subject),
         {static_cast<std::uint32_t>(event_.version)},
         definition});
    writer_.done();
  }

  void lines(const std::vector<engine::ReservationLine>& all, const engine::Currency& currency) {
    engine::Money total;
    writer_.key("quantity").number(all.size()).key("places").begin_array();
    for (const auto& line : all) {
      total.minor += line.price.minor;
      writer_.begin_object();
      if (const auto* map = map_with(line.place)) {
        append_label(writer_.key("seat").place(), *map, line.place);
        writer_.done().key("zone").text(map->zones().at(map->seat(line.place).zone).id.view());
      }
      writer_.key("price").number(line.price.minor).end_object();
    }
    writer_.end_array().key("total").begin_object().key("amount").number(total.minor);
    writer_.key("currency").text(currency.view()).end_object();
  }

  /// How many, and which where they have names.
  void places(const std::vector<engine::Place>& all) {
    writer_.key("quantity").number(all.size());
    const auto* terms = event_.definition == nullptr ? nullptr : event_.definition->performance();
    if (terms == nullptr) return;
    writer_.key("seats").begin_array();
    for (const auto place : all) {
      if (const auto* map = map_with(place)) {
        append_label(writer_.place(), *map, place);
        writer_.done();
      }
    }
    writer_.end_array();
  }

  /// The seat map that names the place; null for places without a name. A performance of which
  /// nothing was ever taken may have moved to a smaller house since.
  [[nodiscard]] const engine::SeatMap* map_with(engine::Place place) const {
    const auto* terms = event_.definition == nullptr ? nullptr : event_.definition->performance();
    if (terms == nullptr || place.value >= terms->seat_map->seat_count()) return nullptr;
    return terms->seat_map.get();
  }

  [[nodiscard]] TimeZone zone() const {
    if (event_.definition == nullptr) return TimeZone::utc();
    return TimeZone::find(event_.definition->time_zone).value_or(TimeZone::utc());
  }

  Writer& writer_;
  const ChangeEvent& event_;
};

}  // namespace

void append_change(std::string& out, const ChangeEvent& event) {
  out.reserve(out.size() + 640);
  Writer writer(out);
  writer.begin_object().key("specversion").text("1.0").key("id");
  auto& id = writer.place();
  id += '"';
  append_number(id, event.shard.value);
  append_number(id += '-', event.index);
  append_number(id += '-', event.ordinal);
  id += '"';
  writer.done().key("source");
  writer.place() += '"';
  append_source(out, event);
  out += '"';
  writer.done().key("type").text(engine::name_of(event.type)).key("subject");
  std::visit([&](const auto& subject) { writer.text(subject.str()); }, event.subject);
  write_time(writer, "time", event.at, TimeZone::utc());
  writer.key("datacontenttype").text("application/json").key("sequence");
  writer.place() += '"';
  append_padded(out, event.index, index_digits);
  append_padded(out += '.', event.ordinal, ordinal_digits);
  out += '"';
  writer.done().key("data").begin_object();
  DataWriter(writer, event).write();
  writer.end_object().end_object();
}

}  // namespace cavea::http::json
