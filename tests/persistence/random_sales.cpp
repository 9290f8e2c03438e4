#include "engine/decide.hpp"
#include "fixtures.hpp"

#include <utility>
#include <variant>

namespace cavea::test {

using engine::Offering;
using engine::OfferingCommand;

namespace {

/// Seven numbers of a die that mostly sells.
enum class Kind {
  hold,
  hold_for_saga,
  pin,
  confirm,
  expire,
  cancel,
  cancel_some,
  block,
  unblock,
  change,
  wait,
  leave,
  accept,
  match,
  end,
  sweep
};

constexpr Kind kinds[] = {Kind::hold,    Kind::hold,          Kind::hold,        Kind::hold,
                          Kind::hold,    Kind::hold,          Kind::hold,        Kind::hold,
                          Kind::confirm, Kind::confirm,       Kind::expire,      Kind::expire,
                          Kind::cancel,  Kind::cancel,        Kind::cancel_some, Kind::block,
                          Kind::unblock, Kind::change,        Kind::wait,        Kind::wait,
                          Kind::wait,    Kind::wait,          Kind::leave,       Kind::accept,
                          Kind::match,   Kind::hold_for_saga, Kind::pin};

}  // namespace

RandomSales::RandomSales(std::uint64_t seed, engine::ShardId shard)
    : random_(seed), shard_(shard) {}

std::uint64_t RandomSales::pick(std::uint64_t n) {
  return random_() % n;
}

persistence::Turn RandomSales::open() {
  const auto map = make_map(6, 8, 1);
  const std::pair<const char*, engine::OfferingDefinition> wanted[] = {
      {"musical", performance_definition(map, 2500)},
      {"matinee", performance_definition(map, 0)},
      {"yoga", class_definition(30, 0)},
      {"dance", class_definition(25, 1200)}};
  persistence::Turn turn;
  for (const auto& [name, definition] : wanted) {
    const auto id = offering_id(name);
    auto& offering = offerings_[id];
    offering.id = id;
    auto change = carry_out(offering, engine::CreateOffering{share(definition)});
    turn.changes.emplace_back(std::move(change).value());
  }
  return turn;
}

persistence::Turn RandomSales::turn(std::size_t changes_max) {
  persistence::Turn turn;
  for (std::size_t i = 0; i < changes_max; ++i) {
    now_.ms += static_cast<std::int64_t>(pick(60'000));
    auto at = offerings_.begin();
    std::advance(at, pick(offerings_.size()));
    auto change = carry_out(at->second, random_command(at->second));
    if (change) turn.changes.emplace_back(std::move(*change));
  }
  return turn;
}

std::optional<persistence::OfferingChange> RandomSales::carry_out(
    Offering& offering, const OfferingCommand& command) {
  auto decision = decide(offering, command, now_);
  auto* events = std::get_if<engine::OfferingEvents>(&decision);
  if (events == nullptr || events->empty()) return std::nullopt;
  for (const auto& event : *events) apply(offering, event);
  for (const auto& event : decide_waiting(offering, *events, now_)) {
    apply(offering, event);
    if (const auto* granted = std::get_if<engine::WaitingGranted>(&event)) {
      ids_.push_back(granted->id);
    }
    events->push_back(event);
  }

  persistence::OfferingChange change;
  change.offering = offering.id;
  change.at = now_;
  change.events = std::move(*events);
  change.version = offering.version;
  change.revision = offering.revision;
  change.counts = offering.places.counts();
  const auto* hold = std::get_if<engine::HoldPlaces>(&command);
  if (hold != nullptr && pick(4) != 0) {
    persistence::IdempotencyRecord record;
    record.key = {hold->user, "key-" + hold->reservation.str(), {random_(), random_()}};
    record.outcome.kind = persistence::Outcome::Kind::reservation;
    record.outcome.reservation = hold->reservation;
    record.outcome.version = offering.version;
    record.outcome.status = engine::ReservationStatus::confirmed;
    change.idempotency = std::move(record);
  }
  if (hold != nullptr) {
    ids_.push_back(hold->reservation);
    ids_of_[offering.id].push_back(hold->reservation);
  }
  if (const auto* wait = std::get_if<engine::JoinWaitingList>(&command)) {
    waiting_.push_back(wait->id);
    // What it is granted is a reservation with this id.
    ids_of_[offering.id].push_back(wait->id);
  }
  return change;
}

OfferingCommand RandomSales::hold_for_saga(Offering& offering) {
  const auto id = engine::ReservationId::make(now_, shard_, random_());
  engine::HoldPlaces hold{id, "user-1", engine::PersonKey::of("user-1"), random_claim(offering)};
  hold.saga = engine::ReservationId::make(now_, shard_, random_());
  sagas_.emplace(id, *hold.saga);
  return hold;
}

OfferingCommand RandomSales::random_command(Offering& offering) {
  // Now and then an offering ends for good.
  if (pick(150) == 0) return engine::CancelOffering{.reason = "ill", .expected_revision = {}};
  if (offering.status == engine::OfferingStatus::cancelled && pick(3) == 0) {
    if (pick(2) == 0) return engine::DeleteOffering{};
    return engine::SweepCancelled{};
  }
  switch (kinds[pick(std::size(kinds))]) {
    case Kind::hold: {
      const auto user = "user-" + std::to_string(pick(12));
      const auto id = engine::ReservationId::make(now_, shard_, random_());
      return engine::HoldPlaces{id, user, engine::PersonKey::of(user), random_claim(offering)};
    }
    case Kind::hold_for_saga:
      return hold_for_saga(offering);
    case Kind::pin: {
      const auto id = random_reservation(offering);
      const auto saga = sagas_.find(id);
      const auto holder = offering.places.find(id);
      const bool is_sold = holder && !holder->is_held;
      return engine::PinHold{id, saga == sagas_.end() ? id : saga->second, is_sold};
    }
    case Kind::confirm:
      return engine::ConfirmReservation{random_reservation(offering)};
    case Kind::expire:
      return engine::ExpireHold{random_reservation(offering)};
    case Kind::cancel: {
      engine::CancelReservation cancel;
      cancel.reservation = random_reservation(offering);
      return cancel;
    }
    case Kind::cancel_some: {
      engine::CancelReservation cancel;
      cancel.reservation = random_reservation(offering);
      const auto held = offering.places.find(cancel.reservation);
      if (offering.definition->klass() != nullptr) cancel.quantity = 1;
      if (held && offering.definition->performance() != nullptr) {
        const auto place = held->places[pick(held->places.size())];
        cancel.seats.push_back(offering.definition->performance()->seat_map->label(place));
      }
      return cancel;
    }
    case Kind::block: {
      if (offering.definition->klass() != nullptr) return engine::BlockPlaces{{}, 2, "teacher"};
      return engine::BlockPlaces{random_seats(offering, 3), 0, "camera"};
    }
    case Kind::unblock: {
      if (offering.definition->klass() != nullptr) return engine::UnblockPlaces{{}, 1};
      return engine::UnblockPlaces{random_seats(offering, 1), 0};
    }
    case Kind::change:
      return engine::ChangeOffering{share(random_definition(offering)), offering.revision};
    case Kind::wait:
      return random_join(offering);
    case Kind::leave:
      return engine::LeaveWaitingList{random_reservation(offering), {}};
    case Kind::accept: {
      const auto id = random_reservation(offering);
      const auto person = offering.places.person_of(id);
      return engine::AcceptOffer{id, person.value_or(engine::PersonKey{})};
    }
    case Kind::match:
      return engine::MatchWaiting{};
    case Kind::end:
    case Kind::sweep:
      break;
  }
  return engine::SweepCancelled{};
}

OfferingCommand RandomSales::random_join(const Offering& offering) {
  engine::JoinWaitingList join;
  join.id = engine::WaitingId::make(now_, shard_, random_());
  join.user = "waiting-" + std::to_string(pick(20));
  join.person = engine::PersonKey::of(join.user);
  join.wish.party_size = static_cast<std::uint32_t>(1 + pick(5));
  join.book_at_once = pick(2) == 0;
  if (offering.definition->performance() == nullptr) return join;
  join.wish.together = pick(2) == 0;
  if (pick(4) == 0) join.wish.zones = {"best"};
  return join;
}

engine::Claim RandomSales::random_claim(const Offering& offering) {
  if (offering.definition->klass() != nullptr) {
    return engine::Quantity{static_cast<std::uint32_t>(1 + pick(3))};
  }
  if (pick(2) == 0) return engine::NamedSeats{random_seats(offering, 3)};
  return engine::BestAvailable{static_cast<std::uint32_t>(1 + pick(4)), {}, {}, false};
}

std::vector<std::string> RandomSales::random_seats(
    const Offering& offering, std::size_t count_max) {
  const auto& map = *offering.definition->performance()->seat_map;
  std::vector<std::string> seats;
  const auto count = 1 + pick(count_max);
  const auto first = pick(map.seat_count());
  for (std::size_t i = 0; i < count; ++i) {
    const auto place = static_cast<std::uint32_t>((first + i) % map.seat_count());
    seats.push_back(map.label({place}));
  }
  return seats;
}

engine::ReservationId RandomSales::random_reservation(const Offering& offering) {
  const auto& ids = ids_of_[offering.id];
  return ids.empty() ? engine::ReservationId{} : ids[pick(ids.size())];
}

engine::OfferingDefinition RandomSales::random_definition(const Offering& offering) {
  auto definition = *offering.definition;
  definition.title = "Changed " + std::to_string(pick(1000));
  definition.starts_at.ms += static_cast<std::int64_t>(pick(10)) * 60'000;
  definition.ends_at.ms = definition.starts_at.ms + 3'600'000;
  definition.sale_closes_at = definition.starts_at;
  if (const auto* klass = definition.klass()) {
    definition.terms = engine::ClassTerms{
        .capacity = static_cast<std::uint32_t>(20 + pick(15)), .price = klass->price};
    return definition;
  }
  // Retires the first seats, or brings them back.
  auto terms = *definition.performance();
  terms.seat_map = make_map(6, 8, static_cast<std::uint32_t>(pick(4)));
  terms.seat_map_revision.value += 1;
  definition.terms = std::move(terms);
  return definition;
}

}  // namespace cavea::test
