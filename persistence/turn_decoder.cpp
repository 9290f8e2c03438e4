#include "persistence/definition_codec.hpp"
#include "persistence/outcome_codec.hpp"
#include "persistence/saga_codec.hpp"
#include "persistence/seal.hpp"
#include "persistence/seat_map_codec.hpp"
#include "persistence/turn_codec.hpp"
#include "persistence/turn_context.hpp"
#include "persistence/uuid_text.hpp"
#include "persistence/waiting_codec.hpp"

#include <memory>
#include <utility>

namespace cavea::persistence {

namespace {

class TurnDecoder {
 public:
  explicit TurnDecoder(std::string_view bytes) : in_(bytes) {}

  [[nodiscard]] bool finished() const { return in_.finished(); }

  [[nodiscard]] bool ok() const { return in_.ok(); }

  std::size_t count() { return in_.count(3); }

  Change change() {
    const auto bits = in_.u8();
    if (bits > change_bits) in_.fail();
    if ((bits & has_saga_events) != 0 && (bits & saga_change) == 0) in_.fail();
    if ((bits & venue_change) != 0) return venue(bits);
    if ((bits & saga_change) != 0) return saga(bits);
    if ((bits & records_change) != 0) return records(bits);
    return offering(bits);
  }

 private:
  OfferingChange offering(std::uint8_t bits) {
    const bool same = (bits & same_offering) != 0;
    context_.begin_change(same);
    OfferingChange change;
    change.offering = same ? context_.offering : decode_name<engine::OfferingId>(in_);
    change.at = time();
    const auto event_count = in_.count();
    for (std::size_t i = 0; i < event_count && in_.ok(); ++i) {
      change.events.push_back(event());
      remember_user(change.events.back());
    }
    change.version.value = in_.delta(context_.version.value + event_count);
    change.revision.value = number32(context_.revision.value);
    change.counts = counts();
    context_.offering = change.offering;
    context_.version = change.version;
    context_.revision = change.revision;
    context_.counts = change.counts;
    if ((bits & has_idempotency) != 0) change.idempotency = idempotency();
    return change;
  }

  VenueChange venue(std::uint8_t bits) {
    if ((bits & (same_offering | saga_change | records_change)) != 0) in_.fail();
    context_.begin_change(true);
    VenueChange change;
    change.venue = decode_name<engine::VenueId>(in_);
    change.at = time();
    change.event = venue_event();
    change.revision.value = in_.varint32();
    if ((bits & has_idempotency) != 0) change.idempotency = idempotency();
    return change;
  }

  SagaChange saga(std::uint8_t bits) {
    if ((bits & (same_offering | records_change)) != 0) in_.fail();
    context_.begin_change(true);
    SagaChange change;
    change.at = time();
    change.saga = decode_saga(in_, reservation());
    if ((bits & has_saga_events) != 0) {
      constexpr auto all = (std::uint32_t{1} << engine::saga_event_count) - 1;
      change.events.bits = static_cast<std::uint32_t>(in_.varint_up_to(all));
      if (change.events.bits == 0) in_.fail();
    }
    user_ = change.saga.user;
    context_.user = user_;
    if ((bits & has_idempotency) != 0) change.idempotency = idempotency();
    return change;
  }

  RecordsChange records(std::uint8_t bits) {
    if ((bits & same_offering) != 0) in_.fail();
    context_.begin_change(true);
    RecordsChange change;
    change.at = time();
    const auto count = in_.count(3);
    for (std::size_t i = 0; i < count && in_.ok(); ++i) change.writes.push_back(record());
    if ((bits & has_idempotency) != 0) change.idempotency = idempotency();
    return change;
  }

  RecordWrite record() {
    RecordWrite write;
    write.kind = static_cast<RecordKind>(in_.u8());
    write.key = in_.text();
    if (write.key.empty() || write.key.size() > record_key_size_max) in_.fail();
    if (in_.boolean()) write.value = in_.text();
    return write;
  }

  engine::Timestamp time() {
    context_.at.ms =
        static_cast<std::int64_t>(in_.delta(static_cast<std::uint64_t>(context_.at.ms)));
    return context_.at;
  }

  engine::Timestamp time_after_change() {
    return {static_cast<std::int64_t>(in_.delta(static_cast<std::uint64_t>(context_.at.ms)))};
  }

  std::uint32_t number32(std::uint32_t base) {
    const auto value = in_.delta(base);
    if (value > UINT32_MAX) in_.fail();
    return static_cast<std::uint32_t>(value);
  }

  engine::PlaceCounts counts() {
    engine::PlaceCounts value;
    value.free = number32(context_.counts.free);
    value.held = number32(context_.counts.held);
    value.sold = number32(context_.counts.sold);
    value.blocked = number32(context_.counts.blocked);
    return value;
  }

  engine::ReservationId reservation() {
    engine::ReservationId id;
    id.high = in_.delta(context_.likely_high());
    id.low = in_.fixed64();
    context_.saw(id);
    return id;
  }

  engine::SeatMapRef seat_map() {
    const auto slot = in_.varint_up_to(first_known_map + context_.maps.size());
    if (slot == no_map || !in_.ok()) return nullptr;
    if (slot == new_map) {
      auto map = decode_seat_map(in_);
      if (map != nullptr) context_.maps.push_back(map);
      return map;
    }
    const auto known = slot - first_known_map;
    if (known < context_.maps.size()) return context_.maps[known];
    in_.fail();
    return nullptr;
  }

  engine::DefinitionRef definition() {
    auto map = seat_map();
    const bool has_map = map != nullptr;
    auto value = decode_definition(in_, std::move(map));
    if (has_map != (value.performance() != nullptr)) in_.fail();
    return std::make_shared<const engine::OfferingDefinition>(std::move(value));
  }

  template <class Taken>
  Taken taken() {
    const auto bits = in_.u8();
    if (bits > take_bits) in_.fail();
    Taken event;
    event.reservation = reservation();
    event.user = in_.text();
    event.person = engine::PersonKey::of(event.user);
    if ((bits & own_person) != 0) event.person.value = in_.fixed64();
    if ((bits & own_currency) != 0) context_.currency = decode_currency(in_);
    event.currency = context_.currency;
    event.lines = decode_lines(in_);
    return event;
  }

  /// Events are moved about while they are gathered, so the name is looked up when it lies still.
  void remember_user(const engine::OfferingEvent& event) {
    if (const auto* held = std::get_if<engine::PlacesHeld>(&event)) {
      user_ = held->user;
      context_.user = user_;
    }
    if (const auto* sold = std::get_if<engine::PlacesSold>(&event)) {
      user_ = sold->user;
      context_.user = user_;
    }
  }

  engine::OfferingEvent event() {
    const auto tag = in_.u8();
    switch (static_cast<EventTag>(tag)) {
      case EventTag::offering_created:
        return engine::OfferingCreated{definition()};
      case EventTag::offering_changed:
        return engine::OfferingChanged{definition()};
      case EventTag::offering_cancelled:
        return engine::OfferingCancelled{std::string(in_.text())};
      case EventTag::offering_deleted:
        return engine::OfferingDeleted{};
      case EventTag::places_held: {
        auto held = taken<engine::PlacesHeld>();
        held.until = time_after_change();
        return held;
      }
      case EventTag::places_sold:
        return taken<engine::PlacesSold>();
      case EventTag::reservation_confirmed:
        return engine::ReservationConfirmed{reservation()};
      case EventTag::hold_pinned:
        return pinned();
      case EventTag::hold_expired:
        return engine::HoldExpired{reservation()};
      case EventTag::places_given_back:
        return given_back();
      case EventTag::reservation_cancelled:
        return cancelled();
      case EventTag::places_blocked:
        return blocked();
      case EventTag::places_unblocked:
        return engine::PlacesUnblocked{decode_places(in_)};
      case EventTag::waiting_joined:
        return joined();
      case EventTag::waiting_left:
        return left();
      case EventTag::waiting_granted:
        return engine::WaitingGranted{reservation()};
      case EventTag::waiting_passed_over:
        return passed_over();
      case EventTag::waiting_closed:
        return engine::WaitingClosed{decode_waiting_end(in_, engine::WaitingEnd::user)};
      case EventTag::venue_created:
      case EventTag::venue_changed:
      case EventTag::venue_deleted:
        break;
    }
    in_.fail();
    return engine::OfferingDeleted{};
  }

  engine::OfferingEvent pinned() {
    engine::HoldPinned event;
    event.reservation = reservation();
    event.saga = reservation();
    event.until = time_after_change();
    return event;
  }

  engine::OfferingEvent given_back() {
    engine::PlacesGivenBack event;
    event.reservation = reservation();
    event.cause = decode_cause(in_);
    event.places = decode_places(in_);
    return event;
  }

  engine::OfferingEvent cancelled() {
    engine::ReservationCancelled event;
    event.reservation = reservation();
    event.cause = decode_cause(in_);
    return event;
  }

  engine::OfferingEvent blocked() {
    engine::PlacesBlocked event;
    event.places = decode_places(in_);
    event.reason = in_.text();
    return event;
  }

  engine::OfferingEvent joined() {
    const auto bits = in_.u8();
    if (bits > join_bits) in_.fail();
    engine::WaitingJoined event;
    event.id = reservation();
    event.user = in_.text();
    event.person = engine::PersonKey::of(event.user);
    if ((bits & join_own_person) != 0) event.person.value = in_.fixed64();
    event.wish = decode_wish(in_);
    event.book_at_once = (bits & join_book_at_once) != 0;
    if ((bits & join_any_of) != 0) event.any_of = decode_any_of(in_);
    return event;
  }

  engine::OfferingEvent left() {
    engine::WaitingLeft event;
    event.id = reservation();
    event.end = decode_waiting_end(in_, engine::WaitingEnd::user);
    return event;
  }

  engine::OfferingEvent passed_over() {
    engine::WaitingPassedOver event;
    event.id = reservation();
    event.times = in_.varint32();
    return event;
  }

  engine::VenueDefinition venue_definition() {
    auto map = seat_map();
    return decode_venue_definition(in_, std::move(map));
  }

  engine::VenueEvent venue_event() {
    const auto tag = static_cast<EventTag>(in_.u8());
    if (tag == EventTag::venue_created) return engine::VenueCreated{venue_definition()};
    if (tag == EventTag::venue_changed) return engine::VenueChanged{venue_definition()};
    if (tag != EventTag::venue_deleted) in_.fail();
    return engine::VenueDeleted{};
  }

  IdempotencyRecord idempotency() {
    const auto bits = in_.u8();
    if (bits > idempotency_bits) in_.fail();
    IdempotencyRecord record;
    record.key.caller = (bits & own_caller) != 0 ? in_.text() : context_.user;
    record.key.key =
        (bits & uuid_key) != 0 ? uuid_text(in_.bytes(sizeof(UuidBytes))) : std::string(in_.text());
    record.key.fingerprint.high = in_.fixed64();
    record.key.fingerprint.low = in_.fixed64();
    record.outcome = decode_outcome(in_, {context_.reservation, context_.version});
    return record;
  }

  Decoder in_;
  TurnContext context_;
  std::string user_;
};

StoreError no_turn(const char* why) {
  return {StoreError::Kind::corrupt, std::string("a log entry is no turn: ") + why};
}

/// The content between version and checksum.
Read<std::string_view> content_of(std::string_view bytes) {
  static constexpr std::size_t checksum_size = 4;
  if (bytes.size() < 2 + checksum_size) return no_turn("it is too short");

  const auto body = bytes.substr(0, bytes.size() - checksum_size);
  auto checksum = checksum_of(body);
  for (const char c : bytes.substr(body.size())) {
    if (static_cast<std::uint8_t>(c) != (checksum & 0xff)) return no_turn("its checksum is wrong");
    checksum >>= 8;
  }
  const auto version = static_cast<std::uint8_t>(body.front());
  if (version > turn_version) {
    return StoreError{
        StoreError::Kind::newer_format,
        "a log entry has version " + std::to_string(version)
            + " and was written by a newer program. Start that one"};
  }
  if (version != turn_version) return no_turn("it has no version");
  return body.substr(1);
}

}  // namespace

Read<Turn> decode_turn(std::string_view bytes) {
  auto content = content_of(bytes);
  if (!content) return std::move(content).error();
  TurnDecoder decoder(*content);
  Turn turn;
  const auto count = decoder.count();
  turn.changes.reserve(count);
  for (std::size_t i = 0; i < count && decoder.ok(); ++i) turn.changes.push_back(decoder.change());
  if (!decoder.finished()) return no_turn("its content makes no sense");
  return turn;
}

Read<std::optional<engine::Timestamp>> time_of_turn(std::string_view bytes) {
  auto content = content_of(bytes);
  if (!content) return std::move(content).error();
  TurnDecoder decoder(*content);
  std::optional<engine::Timestamp> at;
  if (decoder.count() > 0) {
    at = std::visit([](const auto& change) { return change.at; }, decoder.change());
  }
  if (!decoder.ok()) return no_turn("its first change makes no sense");
  return at;
}

}  // namespace cavea::persistence
