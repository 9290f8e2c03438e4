#include "persistence/keys.hpp"
#include "persistence/merge.hpp"
#include "persistence/record_codec.hpp"
#include "persistence/seal.hpp"
#include "persistence/state_reader.hpp"
#include "persistence/text_match.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <utility>

// Lists over all shards of the node, merged in order, page by page.

namespace cavea::persistence {

namespace {

struct StartItem {
  engine::Timestamp at;
  engine::OfferingId id;
  engine::ShardId shard;
};

struct StartsBefore {
  bool operator()(const StartItem& a, const StartItem& b) const {
    return std::tie(a.at, a.id) < std::tie(b.at, b.id);
  }
};

struct ReservationItem {
  engine::ReservationId id;
  engine::ShardId shard;
};

struct NewerReservationFirst {
  bool operator()(const ReservationItem& a, const ReservationItem& b) const { return a.id > b.id; }
};

struct VenueItem {
  engine::VenueId id;
  engine::ShardId shard;
};

struct NamedBefore {
  bool operator()(const VenueItem& a, const VenueItem& b) const { return a.id < b.id; }
};

using StartMerge = Merge<StartItem, StartsBefore>;
using ReservationMerge = Merge<ReservationItem, NewerReservationFirst>;
using VenueMerge = Merge<VenueItem, NamedBefore>;

/// Adds the index of one shard to a list by start.
void add_starts(
    StartMerge& merge,
    const View& view,
    engine::ShardId shard,
    const engine::ListOfferings& query) {
  const auto all = keys::starts(shard, query.kind);
  auto from = keys::starts(shard, query.kind).time(query.from);
  if (query.after && query.after->starts_at >= query.from) {
    // A zero behind a key makes the first one after it.
    from = keys::start(shard, query.kind, query.after->starts_at, query.after->id).u8(0);
  }
  const bool is_open = query.to == engine::Timestamp{INT64_MAX};
  const auto to = is_open ? all.end() : keys::starts(shard, query.kind).time(query.to);
  const auto skip = all.view().size();
  merge.add(
      view.cursor(Column::state, from, to, Direction::forward),
      [shard, skip](std::string_view key) {
        KeyReader in(key.substr(skip));
        const auto at = in.time();
        return StartItem{at, in.name<engine::OfferingId>(), shard};
      });
}

/// Adds keys that end in a reservation's id, newest first.
void add_ids(
    ReservationMerge& merge,
    const View& view,
    engine::ShardId shard,
    const Key& prefix,
    const std::optional<engine::ReservationId>& after) {
  auto bound = prefix;
  const auto to = after ? bound.id(*after) : prefix.end();
  const auto skip = prefix.view().size();
  merge.add(
      view.cursor(Column::state, prefix, to, Direction::backward),
      [shard, skip](std::string_view key) {
        return ReservationItem{KeyReader(key.substr(skip)).id(), shard};
      });
}

void add_reservations(
    ReservationMerge& merge,
    const View& view,
    engine::ShardId shard,
    const engine::ListReservations& query) {
  if (!query.user.empty()) {
    add_ids(merge, view, shard, keys::user(shard, engine::PersonKey::of(query.user)), query.after);
    return;
  }
  if (!query.offering) {
    add_ids(merge, view, shard, keys::all(shard, keys::Tag::reservation), query.after);
    return;
  }
  // A reservation has either a claim or, when it has ended, a mark in its place.
  for (const auto tag : {keys::OfferingTag::claim, keys::OfferingTag::ended}) {
    add_ids(merge, view, shard, keys::offering_part(shard, *query.offering, tag), query.after);
  }
}

bool matches(const engine::OfferingView& view, const engine::ListOfferings& query) {
  if (query.venue && view.definition->venue != *query.venue) return false;
  return !query.state || sale_state_of(view, query.now) == *query.state;
}

/// Whether a list with these filters shows it.
bool is_asked_for(const engine::ReservationView& view, const engine::ListReservations& query) {
  if (view.saga == nullptr) {
    const auto& reservation = view.reservation;
    return (query.user.empty() || reservation.user == query.user)
           && (!query.offering || reservation.offering == *query.offering);
  }
  const auto& saga = view.saga->saga;
  const bool has_offering =
      !query.offering || std::any_of(saga.legs.begin(), saga.legs.end(), [&](const auto& leg) {
        return leg.offering == *query.offering;
      });
  return has_offering && (query.user.empty() || saga.user == query.user);
}

}  // namespace

Read<engine::OfferingPage> StateReader::offerings(const engine::ListOfferings& query) const {
  const auto view = store_.snapshot();
  const TextMatch text(query.text);
  StartMerge merge;
  for (std::uint16_t shard = 0; shard < shard_count_; ++shard) {
    add_starts(merge, *view, {shard}, query);
  }
  engine::OfferingPage page;
  std::size_t candidates = 0;
  std::optional<engine::OfferingCursor> last;
  while (const auto item = merge.next()) {
    if (++candidates > candidates_max) {
      page.next = last;
      return page;
    }
    auto found = view_of(*view, item->shard, item->id);
    if (!found) return std::move(found).error();
    if (!*found) {
      const auto key = keys::start(item->shard, query.kind, item->at, item->id);
      return corrupt_record("list by start", key, "it names an offering that is not there");
    }
    auto& offering = **found;
    const auto& definition = *offering.definition;
    if (matches(offering, query) && text.matches(definition.title, definition.description)) {
      if (page.offerings.size() == query.limit) {
        page.next = last;
        return page;
      }
      page.offerings.push_back(std::move(offering));
      last = {item->at, item->id};
    } else if (page.offerings.size() < query.limit) {
      last = {item->at, item->id};
    }
  }
  if (merge.error()) return *merge.error();
  return page;
}

/// What a list of reservations shows under an id: the saga where there is one.
Read<std::optional<engine::ReservationView>> StateReader::listed(
    const View& view, engine::ShardId shard, engine::ReservationId id) const {
  std::optional<engine::ReservationView> shown;
  auto found = reservation_of(view, shard, id);
  if (!found) return std::move(found).error();
  if (*found) shown.emplace().reservation = std::move(**found);
  // A leg of a saga with an id of its own is a reservation like any other.
  if (shown && shown->reservation.saga != id) return shown;
  auto saga = saga_of(view, shard, id);
  if (!saga) return std::move(saga).error();
  if (!*saga) return shown;
  if (!shown) shown.emplace();
  shown->reservation.id = id;
  shown->saga = std::make_shared<engine::SagaView>(engine::SagaView{std::move(**saga), {}});
  return shown;
}

Read<engine::ReservationPage> StateReader::reservations(
    const engine::ListReservations& query) const {
  const auto view = store_.snapshot();
  ReservationMerge merge;
  for (std::uint16_t shard = 0; shard < shard_count_; ++shard) {
    add_reservations(merge, *view, {shard}, query);
  }
  engine::ReservationPage page;
  std::unordered_map<engine::OfferingId, engine::DefinitionRef> definitions;
  std::size_t candidates = 0;
  std::optional<engine::ReservationId> last;
  while (const auto item = merge.next()) {
    if (++candidates > candidates_max) {
      page.next = last;
      return page;
    }
    auto found = listed(*view, item->shard, item->id);
    if (!found) return std::move(found).error();
    if (!*found) {
      const auto key = keys::reservation(item->shard, item->id);
      return corrupt_record("reservation", key, "a list names it, but it is not there");
    }
    auto& one = **found;
    if (!is_asked_for(one, query)) {
      if (page.reservations.size() < query.limit) last = item->id;
      continue;
    }
    if (page.reservations.size() == query.limit) {
      page.next = last;
      return page;
    }
    if (one.saga == nullptr) {
      auto& definition = definitions[one.reservation.offering];
      if (definition == nullptr) {
        auto read = definition_of(*view, item->shard, one.reservation.offering);
        if (!read) return std::move(read).error();
        definition = std::move(read).value();
      }
      one.definition = definition;
    }
    page.reservations.push_back(std::move(one));
    last = item->id;
  }
  if (merge.error()) return *merge.error();
  return page;
}

Read<std::vector<engine::Reservation>> StateReader::carried_by_sagas(
    engine::ShardId shard, const engine::OfferingId& offering, std::size_t limit) const {
  const auto view = store_.snapshot();
  const auto claims = keys::offering_part(shard, offering, keys::OfferingTag::claim);
  const auto cursor = view->cursor(Column::state, claims, claims.end(), Direction::forward);
  std::vector<engine::Reservation> carried;
  for (; cursor->valid() && carried.size() < limit; cursor->next()) {
    const auto id = KeyReader(cursor->key().substr(claims.view().size())).id();
    auto found = reservation_of(*view, shard, id);
    if (!found) return std::move(found).error();
    if (*found && (*found)->saga) carried.push_back(std::move(**found));
  }
  if (auto error = cursor->error()) return std::move(*error);
  return carried;
}

Read<engine::VenuePage> StateReader::venues(const engine::ListVenues& query) const {
  const auto view = store_.snapshot();
  VenueMerge merge;
  for (std::uint16_t number = 0; number < shard_count_; ++number) {
    const engine::ShardId shard{number};
    const auto all = keys::all(shard, keys::Tag::venue);
    const auto from = query.after ? keys::venue(shard, *query.after).u8(0) : all;
    merge.add(
        view->cursor(Column::state, from, all.end(), Direction::forward),
        [shard, skip = all.view().size()](std::string_view key) {
          return VenueItem{KeyReader(key.substr(skip)).name<engine::VenueId>(), shard};
        });
  }
  engine::VenuePage page;
  while (const auto item = merge.next()) {
    if (page.venues.size() == query.limit) {
      page.next = page.venues.back().venue.id;
      return page;
    }
    auto venue = venue_of(*view, item->shard, item->id);
    if (!venue) return std::move(venue).error();
    page.venues.push_back({std::move(venue).value()});
  }
  if (merge.error()) return *merge.error();
  return page;
}

}  // namespace cavea::persistence
