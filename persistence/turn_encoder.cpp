#include "persistence/definition_codec.hpp"
#include "persistence/outcome_codec.hpp"
#include "persistence/saga_codec.hpp"
#include "persistence/seal.hpp"
#include "persistence/seat_map_codec.hpp"
#include "persistence/turn_codec.hpp"
#include "persistence/turn_context.hpp"
#include "persistence/uuid_text.hpp"
#include "persistence/waiting_codec.hpp"

#include <algorithm>
#include <variant>

namespace cavea::persistence {

namespace {

class TurnEncoder {
 public:
  explicit TurnEncoder(std::string& out) : out_(out) {}

  void change(const OfferingChange& change) {
    const bool same = change.offering == context_.offering;
    context_.begin_change(same);
    out_.u8(static_cast<std::uint8_t>(
        (same ? same_offering : 0) | (change.idempotency ? has_idempotency : 0)));
    if (!same) out_.text(change.offering.view());
    time(change.at);
    out_.varint(change.events.size());
    for (const auto& event : change.events) {
      std::visit([this](const auto& alternative) { this->event(alternative); }, event);
    }
    out_.delta(change.version.value, context_.version.value + change.events.size());
    out_.delta(change.revision.value, context_.revision.value);
    counts(change.counts);
    context_.offering = change.offering;
    context_.version = change.version;
    context_.revision = change.revision;
    context_.counts = change.counts;
    if (change.idempotency) idempotency(*change.idempotency);
  }

  void change(const VenueChange& change) {
    out_.u8(static_cast<std::uint8_t>(venue_change | (change.idempotency ? has_idempotency : 0)));
    context_.begin_change(true);
    out_.text(change.venue.view());
    time(change.at);
    std::visit([this](const auto& alternative) { event(alternative); }, change.event);
    out_.varint(change.revision.value);
    if (change.idempotency) idempotency(*change.idempotency);
  }

  void change(const SagaChange& change) {
    const bool has_events = change.events != engine::SagaEvents{};
    out_.u8(static_cast<std::uint8_t>(
        saga_change | (change.idempotency ? has_idempotency : 0)
        | (has_events ? has_saga_events : 0)));
    context_.begin_change(true);
    time(change.at);
    reservation(change.saga.id);
    context_.user = change.saga.user;
    encode_saga(out_, change.saga);
    if (has_events) out_.varint(change.events.bits);
    if (change.idempotency) idempotency(*change.idempotency);
  }

  void change(const RecordsChange& change) {
    out_.u8(static_cast<std::uint8_t>(records_change | (change.idempotency ? has_idempotency : 0)));
    context_.begin_change(true);
    time(change.at);
    out_.varint(change.writes.size());
    for (const auto& write : change.writes) {
      out_.u8(static_cast<std::uint8_t>(write.kind));
      out_.text(write.key);
      out_.u8(write.value ? 1 : 0);
      if (write.value) out_.text(*write.value);
    }
    if (change.idempotency) idempotency(*change.idempotency);
  }

 private:
  void time(engine::Timestamp at) {
    out_.svarint(at.ms - context_.at.ms);
    context_.at = at;
  }

  void tag(EventTag value) { out_.u8(static_cast<std::uint8_t>(value)); }

  void reservation(engine::ReservationId id) {
    out_.delta(id.high, context_.likely_high());
    out_.fixed64(id.low);
    context_.saw(id);
  }

  void counts(const engine::PlaceCounts& value) {
    out_.delta(value.free, context_.counts.free);
    out_.delta(value.held, context_.counts.held);
    out_.delta(value.sold, context_.counts.sold);
    out_.delta(value.blocked, context_.counts.blocked);
  }

  void seat_map(const engine::SeatMapRef& map) {
    if (map == nullptr) return out_.varint(no_map);
    const auto known = std::find(context_.maps.begin(), context_.maps.end(), map);
    if (known != context_.maps.end()) {
      return out_.varint(
          first_known_map + static_cast<std::uint64_t>(known - context_.maps.begin()));
    }
    out_.varint(new_map);
    encode_seat_map(out_, *map);
    context_.maps.push_back(map);
  }

  void definition(const engine::OfferingDefinition& value) {
    const auto* seated = value.performance();
    seat_map(seated != nullptr ? seated->seat_map : nullptr);
    encode_definition(out_, value);
  }

  void definition(const engine::VenueDefinition& value) {
    seat_map(value.seat_map);
    encode_definition(out_, value);
  }

  /// What `PlacesHeld` and `PlacesSold` have in common.
  template <class Taken>
  void taken(const Taken& event) {
    const bool has_own_person = event.person != engine::PersonKey::of(event.user);
    const bool has_own_currency = event.currency != context_.currency;
    out_.u8(static_cast<std::uint8_t>(
        (has_own_person ? own_person : 0) | (has_own_currency ? own_currency : 0)));
    reservation(event.reservation);
    out_.text(event.user);
    if (has_own_person) out_.fixed64(event.person.value);
    if (has_own_currency) encode_currency(out_, event.currency);
    encode_lines(out_, event.lines);
    context_.currency = event.currency;
    context_.user = event.user;
  }

  void event(const engine::OfferingCreated& event) {
    tag(EventTag::offering_created);
    definition(*event.definition);
  }

  void event(const engine::OfferingChanged& event) {
    tag(EventTag::offering_changed);
    definition(*event.definition);
  }

  void event(const engine::OfferingCancelled& event) {
    tag(EventTag::offering_cancelled);
    out_.text(event.reason);
  }

  void event(const engine::OfferingDeleted&) { tag(EventTag::offering_deleted); }

  void event(const engine::PlacesHeld& event) {
    tag(EventTag::places_held);
    taken(event);
    out_.svarint(event.until.ms - context_.at.ms);
  }

  void event(const engine::PlacesSold& event) {
    tag(EventTag::places_sold);
    taken(event);
  }

  void event(const engine::ReservationConfirmed& event) {
    tag(EventTag::reservation_confirmed);
    reservation(event.reservation);
  }

  void event(const engine::HoldPinned& event) {
    tag(EventTag::hold_pinned);
    reservation(event.reservation);
    reservation(event.saga);
    out_.svarint(event.until.ms - context_.at.ms);
  }

  void event(const engine::HoldExpired& event) {
    tag(EventTag::hold_expired);
    reservation(event.reservation);
  }

  void event(const engine::PlacesGivenBack& event) {
    tag(EventTag::places_given_back);
    reservation(event.reservation);
    out_.u8(static_cast<std::uint8_t>(event.cause));
    encode_places(out_, event.places);
  }

  void event(const engine::ReservationCancelled& event) {
    tag(EventTag::reservation_cancelled);
    reservation(event.reservation);
    out_.u8(static_cast<std::uint8_t>(event.cause));
  }

  void event(const engine::PlacesBlocked& event) {
    tag(EventTag::places_blocked);
    encode_places(out_, event.places);
    out_.text(event.reason);
  }

  void event(const engine::PlacesUnblocked& event) {
    tag(EventTag::places_unblocked);
    encode_places(out_, event.places);
  }

  void event(const engine::WaitingJoined& event) {
    tag(EventTag::waiting_joined);
    const bool has_own_person = event.person != engine::PersonKey::of(event.user);
    out_.u8(static_cast<std::uint8_t>(
        (has_own_person ? join_own_person : 0) | (event.book_at_once ? join_book_at_once : 0)
        | (event.any_of ? join_any_of : 0)));
    reservation(event.id);
    out_.text(event.user);
    if (has_own_person) out_.fixed64(event.person.value);
    encode_wish(out_, event.wish);
    if (event.any_of) encode_any_of(out_, *event.any_of);
  }

  void event(const engine::WaitingLeft& event) {
    tag(EventTag::waiting_left);
    reservation(event.id);
    out_.u8(static_cast<std::uint8_t>(event.end));
  }

  void event(const engine::WaitingGranted& event) {
    tag(EventTag::waiting_granted);
    reservation(event.id);
  }

  void event(const engine::WaitingPassedOver& event) {
    tag(EventTag::waiting_passed_over);
    reservation(event.id);
    out_.varint(event.times);
  }

  void event(const engine::WaitingClosed& event) {
    tag(EventTag::waiting_closed);
    out_.u8(static_cast<std::uint8_t>(event.end));
  }

  void event(const engine::VenueCreated& event) {
    tag(EventTag::venue_created);
    definition(event.definition);
  }

  void event(const engine::VenueChanged& event) {
    tag(EventTag::venue_changed);
    definition(event.definition);
  }

  void event(const engine::VenueDeleted&) { tag(EventTag::venue_deleted); }

  void idempotency(const IdempotencyRecord& record) {
    const bool has_own_caller = record.key.caller != context_.user;
    const auto uuid = uuid_bytes(record.key.key);
    out_.u8(static_cast<std::uint8_t>((has_own_caller ? own_caller : 0) | (uuid ? uuid_key : 0)));
    if (has_own_caller) out_.text(record.key.caller);
    if (uuid) {
      out_.bytes({uuid->data(), uuid->size()});
    } else {
      out_.text(record.key.key);
    }
    out_.fixed64(record.key.fingerprint.high);
    out_.fixed64(record.key.fingerprint.low);
    encode_outcome(out_, record.outcome, {context_.reservation, context_.version});
  }

  Encoder out_;
  TurnContext context_;
};

}  // namespace

void encode(const Turn& turn, std::string& out) {
  const auto begin = out.size();
  Encoder to(out);
  to.u8(turn_version);
  to.varint(turn.changes.size());
  TurnEncoder encoder(out);
  for (const auto& change : turn.changes) {
    std::visit([&encoder](const auto& alternative) { encoder.change(alternative); }, change);
  }
  auto checksum = checksum_of(std::string_view(out).substr(begin));
  for (int i = 0; i < 4; ++i) {
    to.u8(static_cast<std::uint8_t>(checksum));
    checksum >>= 8;
  }
}

}  // namespace cavea::persistence
