#include "persistence/keys.hpp"
#include "persistence/store_check.hpp"
#include "persistence/waiting_codec.hpp"

#include <utility>
#include <vector>

namespace cavea::persistence {

namespace {

bool is_live(const engine::Reservation& reservation) {
  return reservation.status == engine::ReservationStatus::held
         || reservation.status == engine::ReservationStatus::confirmed;
}

/// What the claim of a reservation must be; the person is checked where the user is known.
ClaimRecord claim_of(const engine::Reservation& reservation, engine::PersonKey person) {
  ClaimRecord claim;
  claim.person = person;
  claim.is_held = reservation.status == engine::ReservationStatus::held;
  if (claim.is_held) claim.until = reservation.held_until;
  for (const auto& line : reservation.lines) {
    if (!line.given_back) claim.places.push_back(line.place);
  }
  return claim;
}

}  // namespace

StoreCheck::Failure StoreCheck::check_reservations(engine::ShardId shard) {
  step("reservations");
  const auto range = keys::all(shard, keys::Tag::reservation);
  return walk(Column::state, range, range.end(), [&](std::string_view key, std::string_view value) {
    const auto id = KeyReader(key.substr(range.view().size())).id();
    auto reservation = decode_reservation(key, value, id);
    if (!reservation) return problem(key, reservation.error().text);
    check_reservation(shard, key, *reservation);
  });
}

void StoreCheck::check_reservation(
    engine::ShardId shard, std::string_view key, const engine::Reservation& reservation) {
  ++report_.reservations;
  const bool live = is_live(reservation);
  if (live) ++report_.live_reservations;
  expect(has(keys::offering(shard, reservation.offering)), key, "its offering is not there");
  const auto user = engine::PersonKey::of(reservation.user);
  // Of a saga over several, the saga is listed.
  const bool is_listed = !reservation.saga || *reservation.saga == reservation.id;
  expect(
      has(keys::user_reservation(shard, user, reservation.id)) == is_listed,
      key,
      is_listed ? "the list of its user lacks it"
                : "the list of its user has it beside the saga that carries it");
  const auto deadline =
      keys::deadline(shard, reservation.held_until, reservation.offering, reservation.id);
  const bool is_held = reservation.status == engine::ReservationStatus::held;
  expect(
      has(deadline) == is_held,
      key,
      is_held ? "its deadline is missing" : "it has a deadline though it is not held");
  check_claim(shard, reservation, live);
}

void StoreCheck::check_claim(
    engine::ShardId shard, const engine::Reservation& reservation, bool live) {
  const auto claim_key = keys::claim(shard, reservation.offering, reservation.id);
  const auto ended_key = keys::ended(shard, reservation.offering, reservation.id);
  const auto stored = value_at(claim_key);
  expect(has(ended_key) != live, ended_key, "the mark that a reservation has ended is wrong");
  if (!live) return expect(!stored, claim_key, "a reservation that has ended still has places");
  if (!stored) return problem(claim_key, "a reservation lacks its claim");
  auto claim = decode_claim(claim_key, *stored);
  if (!claim) return problem(claim_key, claim.error().text);
  expect(
      *claim == claim_of(reservation, claim->person),
      claim_key,
      "places, status or deadline are not those of the reservation");
}

StoreCheck::Failure StoreCheck::check_lists(engine::ShardId shard) {
  step("lists");
  const auto each = [&](keys::Tag tag,
                        void (StoreCheck::*check)(engine::ShardId, std::string_view)) {
    const auto range = keys::all(shard, tag);
    return walk(
        Column::state, range, range.end(), [&](std::string_view key, std::string_view /*value*/) {
          (this->*check)(shard, key);
        });
  };
  for (const auto& [tag, check] :
       std::vector<std::pair<keys::Tag, void (StoreCheck::*)(engine::ShardId, std::string_view)>>{
           {keys::Tag::offering, &StoreCheck::check_part},
           {keys::Tag::deadline, &StoreCheck::check_deadline},
           {keys::Tag::user, &StoreCheck::check_user},
           {keys::Tag::open_saga, &StoreCheck::check_open_saga},
           {keys::Tag::start, &StoreCheck::check_start}}) {
    if (auto failure = each(tag, check)) return failure;
  }
  const auto counters = keys::all(shard, keys::Tag::counters);
  return walk(
      Column::state,
      counters,
      counters.end(),
      [&](std::string_view key, std::string_view /*value*/) {
        KeyReader in(key.substr(counters.view().size()));
        const auto id = in.name<engine::OfferingId>();
        expect(has(keys::offering(shard, id)), key, "it counts an offering that is not there");
      });
}

void StoreCheck::check_part(engine::ShardId shard, std::string_view key) {
  KeyReader in(key.substr(keys::all(shard, keys::Tag::offering).view().size()));
  const auto offering = in.name<engine::OfferingId>();
  const auto tag = static_cast<keys::OfferingTag>(in.tag());
  if (tag == keys::OfferingTag::record) return;
  expect(has(keys::offering(shard, offering)), key, "it is part of an offering that is not there");
  if (tag == keys::OfferingTag::block) return;
  if (tag == keys::OfferingTag::waiting) {
    return check_waiting_mark(shard, offering, key, in.big_endian<std::uint64_t>());
  }
  if (tag != keys::OfferingTag::claim && tag != keys::OfferingTag::ended) {
    return problem(key, "the key makes no sense");
  }
  const auto reservation = reservation_at(shard, in.id());
  if (!reservation) return problem(key, "its reservation is not there");
  expect(reservation->offering == offering, key, "its reservation is one of another offering");
  expect(
      is_live(*reservation) == (tag == keys::OfferingTag::claim),
      key,
      "it does not fit the status of its reservation");
}

void StoreCheck::check_deadline(engine::ShardId shard, std::string_view key) {
  KeyReader in(key.substr(keys::all(shard, keys::Tag::deadline).view().size()));
  const auto at = in.time();
  const auto offering = in.name<engine::OfferingId>();
  const auto id = in.id();
  if (!in.finished()) return problem(key, "the key makes no sense");
  if (id == waiting_wake) return check_waiting_wake(shard, key, at, offering);
  if (id == engine::ReservationId{}) {
    const auto offering_key = keys::offering(shard, offering);
    const auto stored = value_at(offering_key);
    if (!stored) return problem(key, "the mark is of an offering that is not there");
    auto head = decode_offering_head(offering_key, *stored);
    expect(
        head && head->status == engine::OfferingStatus::cancelled && head->cancelled_at == at,
        key,
        "the mark is of an offering that was not cancelled then");
    return;
  }
  const auto reservation = reservation_at(shard, id);
  if (!reservation) return problem(key, "its reservation is not there");
  expect(
      reservation->status == engine::ReservationStatus::held && reservation->held_until == at
          && reservation->offering == offering,
      key,
      "its reservation is not held until then");
}

void StoreCheck::check_user(engine::ShardId shard, std::string_view key) {
  KeyReader in(key.substr(keys::all(shard, keys::Tag::user).view().size()));
  const engine::PersonKey person{in.big_endian<std::uint64_t>()};
  const auto id = in.id();
  const auto reservation = reservation_at(shard, id);
  const auto saga = saga_at(shard, id);
  if (!reservation && !saga) {
    return problem(key, "a list of a user names a reservation that is not there");
  }
  expect(
      engine::PersonKey::of(reservation ? reservation->user : saga->user) == person,
      key,
      "a list of a user names a reservation of another user");
}

void StoreCheck::check_start(engine::ShardId shard, std::string_view key) {
  KeyReader in(key.substr(keys::all(shard, keys::Tag::start).view().size()));
  const auto kind = static_cast<engine::OfferingKind>(in.tag());
  const auto at = in.time();
  const auto id = in.name<engine::OfferingId>();
  if (!in.finished()) return problem(key, "the key makes no sense");
  auto view = reader_->offering_view(shard, id);
  if (!view || !*view) return problem(key, "the list by start names an offering that is not there");
  const auto& definition = *(*view)->definition;
  expect(
      definition.starts_at == at && kind_of(definition) == kind,
      key,
      "the list by start has the offering in another place than its definition says");
}

StoreCheck::Failure StoreCheck::check_sagas(engine::ShardId shard) {
  step("sagas");
  const auto range = keys::all(shard, keys::Tag::saga);
  return walk(Column::state, range, range.end(), [&](std::string_view key, std::string_view value) {
    const auto id = KeyReader(key.substr(range.view().size())).id();
    const auto saga = decode_saga_record(key, value, id);
    if (!saga) return problem(key, saga.error().text);
    ++report_.sagas;
    const auto user = engine::PersonKey::of(saga->user);
    expect(has(keys::user_reservation(shard, user, id)), key, "the list of its user lacks it");
    const bool is_open = !engine::is_finished(*saga);
    expect(
        has(keys::open_saga(shard, id)) == is_open,
        key,
        is_open ? "nobody would go on with it" : "it is finished, and would be gone on with");
  });
}

void StoreCheck::check_open_saga(engine::ShardId shard, std::string_view key) {
  const auto id = KeyReader(key.substr(keys::all(shard, keys::Tag::open_saga).view().size())).id();
  expect(saga_at(shard, id).has_value(), key, "it names a saga that is not there");
}

StoreCheck::Failure StoreCheck::check_maps(engine::ShardId shard) {
  const auto venues = keys::all(shard, keys::Tag::venue);
  auto failure = walk(
      Column::state, venues, venues.end(), [&](std::string_view key, std::string_view /*value*/) {
        const auto id = KeyReader(key.substr(venues.view().size())).name<engine::VenueId>();
        auto venue = reader_->venue(shard, id);
        if (!venue) return problem(key, venue.error().text);
        std::string encoded;
        Encoder to(encoded);
        encode_seat_map(to, *venue->definition.seat_map);
        ++map_uses_[digest_of(encoded)];
      });
  if (failure) return failure;

  const auto maps = keys::all(shard, keys::Tag::map);
  failure =
      walk(Column::state, maps, maps.end(), [&](std::string_view key, std::string_view value) {
        MapDigest digest{};
        const auto text = key.substr(maps.view().size());
        if (text.size() != digest.size()) return problem(key, "the key makes no sense");
        std::copy(text.begin(), text.end(), digest.begin());
        expect(digest_of(value.substr(1)) == digest, key, "the seat map is not that of its key");
        expect(map_uses_.count(digest) != 0, key, "nobody uses the seat map");
      });
  if (failure) return failure;
  for (const auto& [digest, uses] : map_uses_) {
    const auto key = keys::seat_map_uses(shard, digest);
    const auto stored = value_at(key);
    auto counted = stored ? decode_number_record(key, *stored) : Read<std::uint64_t>(0);
    expect(counted && *counted == uses, key, "the uses of a seat map are counted wrongly");
  }
  return std::nullopt;
}

}  // namespace cavea::persistence
