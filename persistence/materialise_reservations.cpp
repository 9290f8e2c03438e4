#include "persistence/keys.hpp"
#include "persistence/materialise.hpp"
#include "persistence/seal.hpp"

#include <algorithm>
#include <vector>

// What happens to reservations: their records, the claims that an offering is loaded from,
// deadlines and lists.

namespace cavea::persistence {

namespace {

std::vector<engine::Place> places_left(const engine::Reservation& reservation) {
  std::vector<engine::Place> places;
  places.reserve(reservation.lines.size());
  for (const auto& line : reservation.lines) {
    if (!line.given_back) places.push_back(line.place);
  }
  return places;
}

}  // namespace

template <class Taken>
Materialiser::Failure Materialiser::take(
    const At& at, const Taken& event, engine::Timestamp until) {
  const bool is_held = until.ms != 0;
  const engine::Reservation reservation{
      .id = event.reservation,
      .offering = at.change->offering,
      .user = event.user,
      .status = is_held ? engine::ReservationStatus::held : engine::ReservationStatus::confirmed,
      .created_at = at.change->at,
      .held_until = until,
      .changed_at = at.change->at,
      .cause = engine::Cause::user,
      .version = at.version,
      .currency = event.currency,
      .lines = event.lines,
      .saga = {}};
  put(keys::reservation(at.shard, event.reservation), reservation);
  put_claim(at, reservation, event.person);
  state_.put(
      keys::user_reservation(at.shard, engine::PersonKey::of(event.user), event.reservation), {});
  if (is_held) {
    state_.put(keys::deadline(at.shard, until, reservation.offering, reservation.id), {});
  }
  return std::nullopt;
}

Materialiser::Failure Materialiser::event(const At& at, const engine::PlacesHeld& event) {
  return take(at, event, event.until);
}

Materialiser::Failure Materialiser::event(const At& at, const engine::PlacesSold& event) {
  return take(at, event, engine::Timestamp{});
}

/// What a saga carries under an id of its own is listed there.
Materialiser::Failure Materialiser::event(const At& at, const engine::HoldPinned& event) {
  return change_reservation(
      at, event.reservation, engine::Cause::user, [&](engine::Reservation& reservation) {
        if (event.until != engine::Timestamp{}) reservation.held_until = event.until;
        reservation.saga = event.saga;
        if (event.saga == event.reservation) return;
        const auto person = engine::PersonKey::of(reservation.user);
        state_.remove(keys::user_reservation(at.shard, person, event.reservation));
      });
}

Materialiser::Failure Materialiser::change(engine::ShardId shard, const SagaChange& change) {
  const auto& saga = change.saga;
  put(keys::saga(shard, saga.id), saga);
  const auto open = keys::open_saga(shard, saga.id);
  if (engine::is_finished(saga)) {
    state_.remove(open);
  } else {
    state_.put(open, {});
  }
  state_.put(keys::user_reservation(shard, engine::PersonKey::of(saga.user), saga.id), {});
  if (!change.idempotency) return std::nullopt;
  return remember(shard, change.at, *change.idempotency);
}

Materialiser::Failure Materialiser::event(const At& at, const engine::ReservationConfirmed& event) {
  return change_reservation(
      at, event.reservation, engine::Cause::user, [](engine::Reservation& reservation) {
        reservation.status = engine::ReservationStatus::confirmed;
      });
}

Materialiser::Failure Materialiser::event(const At& at, const engine::HoldExpired& event) {
  return change_reservation(
      at, event.reservation, engine::Cause::deadline, [](engine::Reservation& reservation) {
        reservation.status = engine::ReservationStatus::expired;
      });
}

Materialiser::Failure Materialiser::event(const At& at, const engine::PlacesGivenBack& event) {
  return change_reservation(
      at, event.reservation, event.cause, [&event](engine::Reservation& reservation) {
        for (auto& line : reservation.lines) {
          const auto& given = event.places;
          if (std::find(given.begin(), given.end(), line.place) != given.end()) {
            line.given_back = true;
          }
        }
      });
}

Materialiser::Failure Materialiser::event(const At& at, const engine::ReservationCancelled& event) {
  auto id = whole_id(at, event.reservation);
  if (!id) return std::move(id).error();
  return change_reservation(at, *id, event.cause, [](engine::Reservation& reservation) {
    reservation.status = engine::ReservationStatus::cancelled;
    for (auto& line : reservation.lines) line.given_back = true;
  });
}

Materialiser::Failure Materialiser::change_reservation(
    const At& at,
    engine::ReservationId id,
    engine::Cause cause,
    const std::function<void(engine::Reservation&)>& edit) {
  const auto key = keys::reservation(at.shard, id);
  auto stored = state_.get(key);
  if (!stored) return std::move(stored).error();
  if (!stored->has_value()) {
    return corrupt_record("reservation", key, "the log changes it, but it is not in the state");
  }
  auto found = decode_reservation(key, **stored, id);
  if (!found) return std::move(found).error();

  auto& reservation = *found;
  const bool was_held = reservation.status == engine::ReservationStatus::held;
  const auto was_held_until = reservation.held_until;
  edit(reservation);
  reservation.cause = cause;
  reservation.changed_at = at.change->at;
  reservation.version = at.version;
  put(key, reservation);

  const bool is_held = reservation.status == engine::ReservationStatus::held;
  const auto deadline = [&](engine::Timestamp until) {
    return keys::deadline(at.shard, until, reservation.offering, reservation.id);
  };
  const bool is_moved = is_held && reservation.held_until != was_held_until;
  if (was_held && (!is_held || is_moved)) state_.remove(deadline(was_held_until));
  if (is_moved) state_.put(deadline(reservation.held_until), {});
  if (!is_held && reservation.status != engine::ReservationStatus::confirmed) {
    end_claim(at, reservation);
    return std::nullopt;
  }

  const auto claim_key = keys::claim(at.shard, reservation.offering, reservation.id);
  auto claim = state_.get(claim_key);
  if (!claim) return std::move(claim).error();
  // When the log is carried out once more over its own result, the claim may have ended already.
  auto person = engine::PersonKey::of(reservation.user);
  if (claim->has_value()) {
    auto earlier = decode_claim(claim_key, **claim);
    if (!earlier) return std::move(earlier).error();
    person = earlier->person;
  }
  put_claim(at, reservation, person);
  return std::nullopt;
}

void Materialiser::put_claim(
    const At& at, const engine::Reservation& reservation, engine::PersonKey person) {
  const bool is_held = reservation.status == engine::ReservationStatus::held;
  put(keys::claim(at.shard, reservation.offering, reservation.id),
      ClaimRecord{
          .person = person,
          .is_held = is_held,
          .until = is_held ? reservation.held_until : engine::Timestamp{},
          .places = places_left(reservation)});
}

void Materialiser::end_claim(const At& at, const engine::Reservation& reservation) {
  state_.remove(keys::claim(at.shard, reservation.offering, reservation.id));
  state_.put(keys::ended(at.shard, reservation.offering, reservation.id), {});
}

Read<engine::ReservationId> Materialiser::whole_id(const At& at, engine::ReservationId id) {
  if (id.high != 0) return id;

  // A sweep knows only the low halves. The ids are read once, when the sweep begins: nobody takes
  // places of a cancelled offering any more. `end_sweep` forgets them.
  const auto& offering = at.change->offering;
  const auto [sweep, is_new] = sweeps_.try_emplace({at.shard, offering});
  auto& high_by_low = sweep->second;
  if (is_new) {
    // When the log is carried out over its own result, the claims have ended already.
    const auto last = is_replaying_ ? keys::OfferingTag::ended : keys::OfferingTag::claim;
    const auto claims = keys::offering_part(at.shard, offering, keys::OfferingTag::claim);
    const auto skip = claims.view().size();
    auto failure = state_.scan(
        claims,
        keys::offering_part(at.shard, offering, last).end(),
        [&](std::string_view key, std::string_view /*value*/) {
          const auto claimed = KeyReader(key.substr(skip)).id();
          high_by_low.emplace(claimed.low, claimed.high);
          return true;
        });
    if (failure) return std::move(*failure);
  }
  const auto found = high_by_low.find(id.low);
  if (found != high_by_low.end()) return engine::ReservationId{found->second, id.low};
  return corrupt_record(
      "claim",
      keys::claim(at.shard, offering, id),
      "a sweep gives it back, but no claim has its low half");
}

}  // namespace cavea::persistence
