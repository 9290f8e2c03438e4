#include "engine/place_table.hpp"

#include "engine/assert.hpp"

#include <algorithm>

namespace cavea::engine {

namespace {

using Kind = PlaceLink::Kind;

/// A small class of which a few places are taken takes no memory for the others.
constexpr std::uint32_t first_slots = 8;

std::uint32_t seconds_of(Timestamp until) {
  CAVEA_ASSERT(until.ms >= 0 && until.ms % 1000 == 0 && until.ms / 1000 <= UINT32_MAX);
  return static_cast<std::uint32_t>(until.ms / 1000);
}

Timestamp time_of(std::uint32_t seconds) {
  return {std::int64_t{seconds} * 1000};
}

}  // namespace

PlaceTable::PlaceTable(std::uint32_t count) : size_(count), counts_{.free = count} {}

// Where a place is.

std::uint32_t PlaceTable::chunk_length(std::uint32_t chunk) const {
  return std::min(PlaceChunk::length_max, size_ - (chunk << PlaceChunk::bits));
}

const PlaceChunk* PlaceTable::used_chunk(Place place) const {
  const auto chunk = chunk_of(place);
  if (chunk >= chunks_.size() || slot_of(place) >= chunks_[chunk].length()) return nullptr;
  return &chunks_[chunk];
}

PlaceChunk& PlaceTable::chunk_for(Place place) {
  CAVEA_ASSERT(place.value < size_);
  const auto chunk = chunk_of(place);
  if (chunk >= chunks_.size()) chunks_.resize(chunk + 1);
  auto& found = chunks_[chunk];
  if (slot_of(place) >= found.length()) {
    const auto length = chunk_length(chunk);
    // Where more than one chunk is used, a few places more or less do not matter.
    const auto wanted =
        chunk > 0 ? length : std::max({slot_of(place) + 1, 2 * found.length(), first_slots});
    found.grow(std::min(wanted, length));
  }
  return found;
}

PlaceLink PlaceTable::link(Place place) const {
  CAVEA_ASSERT(place.value < size_);
  const auto* chunk = used_chunk(place);
  return chunk == nullptr ? PlaceLink{} : PlaceLink{chunk->links[slot_of(place)]};
}

void PlaceTable::set_link(Place place, PlaceLink link) {
  chunk_for(place).links[slot_of(place)] = link.word();
}

std::uint64_t PlaceTable::id_at(Place place) const {
  return chunks_[chunk_of(place)].ids[slot_of(place)];
}

// Questions.

PlaceState PlaceTable::state(Place place) const {
  return link(place).state();
}

bool PlaceTable::is_free(Place place) const {
  return link(place) == PlaceLink{};
}

std::optional<Place> PlaceTable::next_free(Place from) const {
  from = std::max(from, Place{lowest_free_});
  while (from.value < size_) {
    const auto* chunk = used_chunk(from);
    if (chunk == nullptr) return from;
    const auto chunk_begin = from.value - slot_of(from);
    if (const auto slot = chunk->next_free(slot_of(from))) return Place{chunk_begin + *slot};
    // Behind its slots all are free; when it has slots for all, there begins the next chunk.
    from.value = chunk_begin + chunk->length();
  }
  return std::nullopt;
}

std::optional<Place> PlaceTable::previous_free(Place from) const {
  if (size_ == 0) return std::nullopt;
  from = std::min(from, Place{size_ - 1});
  while (true) {
    const auto* chunk = used_chunk(from);
    if (chunk == nullptr) return from;
    const auto chunk_begin = from.value - slot_of(from);
    if (const auto slot = chunk->previous_free(slot_of(from))) return Place{chunk_begin + *slot};
    if (chunk_begin == 0) return std::nullopt;
    from.value = chunk_begin - 1;
  }
}

std::optional<Place> PlaceTable::last_taken() const {
  if (counts_.held + counts_.sold == 0) return std::nullopt;
  for (auto at = static_cast<std::uint32_t>(chunks_.size()); at-- > 0;) {
    const auto& links = chunks_[at].links;
    if (chunks_[at].free == links.size()) continue;
    for (auto slot = static_cast<std::uint32_t>(links.size()); slot-- > 0;) {
      if (PlaceLink{links[slot]}.is_taken()) return Place{(at << PlaceChunk::bits) + slot};
    }
  }
  return std::nullopt;
}

std::optional<Place> PlaceTable::first_place(ReservationId reservation) const {
  return index_.find(reservation.low, [this](Place place) { return id_at(place); });
}

bool PlaceTable::has(ReservationId reservation) const {
  return first_place(reservation).has_value();
}

std::optional<PersonKey> PlaceTable::person_of(ReservationId reservation) const {
  const auto first = first_place(reservation);
  if (!first) return std::nullopt;
  return PersonKey{chunks_[chunk_of(*first)].persons[slot_of(*first)]};
}

std::optional<std::uint64_t> PlaceTable::reservation_at(Place place) const {
  if (!link(place).is_taken()) return std::nullopt;
  return id_at(place);
}

std::optional<Holder> PlaceTable::find(ReservationId reservation) const {
  const auto first = first_place(reservation);
  if (!first) return std::nullopt;
  const auto& chunk = chunks_[chunk_of(*first)];
  Holder holder;
  holder.person = {chunk.persons[slot_of(*first)]};
  holder.is_held = link(*first).state() == PlaceState::held;
  holder.held_until = time_of(chunk.deadlines[slot_of(*first)]);
  for (std::optional<Place> place = first; place; place = link(*place).next()) {
    holder.places.push_back(*place);
  }
  return holder;
}

std::uint32_t PlaceTable::places_of(PersonKey person) const {
  CAVEA_ASSERT(person.value != 0);
  std::uint32_t count = 0;
  for (const auto& chunk : chunks_) {
    if (chunk.free == chunk.links.size()) continue;
    for (const auto other : chunk.persons) count += other == person.value ? 1 : 0;
  }
  return count;
}

std::optional<FirstPlace> PlaceTable::next_reservation(Place from) const {
  while (chunk_of(from) < chunks_.size()) {
    const auto& chunk = chunks_[chunk_of(from)];
    const auto chunk_begin = from.value - slot_of(from);
    if (chunk.free < chunk.links.size()) {
      for (auto slot = slot_of(from); slot < chunk.links.size(); ++slot) {
        if (!PlaceLink{chunk.links[slot]}.is_first()) continue;
        return FirstPlace{.place = {chunk_begin + slot}, .low = chunk.ids[slot]};
      }
    }
    from.value = chunk_begin + PlaceChunk::length_max;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> PlaceTable::first_reservation(Place from) const {
  const auto found = next_reservation(from);
  if (!found) return std::nullopt;
  return found->low;
}

// Changes.

void PlaceTable::mark_taken(Place place) {
  auto& chunk = chunk_for(place);
  const auto slot = slot_of(place);
  CAVEA_ASSERT(chunk.links[slot] == 0);
  chunk.free_bits[slot / 64] &= ~(std::uint64_t{1} << (slot % 64));
  --chunk.free;
  --counts_.free;
  if (place.value != lowest_free_) return;
  const auto next = next_free({place.value + 1});
  lowest_free_ = next ? next->value : size_;
}

void PlaceTable::mark_free(Place place) {
  auto& chunk = chunk_for(place);
  const auto slot = slot_of(place);
  chunk.links[slot] = 0;
  chunk.free_bits[slot / 64] |= std::uint64_t{1} << (slot % 64);
  ++chunk.free;
  ++counts_.free;
  lowest_free_ = std::min(lowest_free_, place.value);
}

void PlaceTable::free_slot(Place place) {
  auto& chunk = chunk_for(place);
  const auto slot = slot_of(place);
  --*count_of(PlaceLink{chunk.links[slot]}.state());
  chunk.deadlines[slot] = 0;
  chunk.ids[slot] = 0;
  chunk.persons[slot] = 0;
  mark_free(place);
}

std::uint32_t* PlaceTable::count_of(PlaceState state) {
  return state == PlaceState::held ? &counts_.held : &counts_.sold;
}

template <class Items, class PlaceOf>
void PlaceTable::take_chain(
    ReservationId reservation,
    PersonKey person,
    const Items& items,
    const PlaceOf& place_of,
    Timestamp until) {
  CAVEA_ASSERT(!items.empty() && person.value != 0 && !has(reservation));
  const auto seconds = seconds_of(until);
  const bool is_held = seconds != 0;
  if (index_.count() == 0 && !index_.is_cut_for(size_)) index_.reset(size_);

  auto kind = is_held ? Kind::held_first : Kind::sold_first;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Place place = place_of(items[i]);
    mark_taken(place);
    const auto next = i + 1 < items.size() ? std::optional(place_of(items[i + 1])) : std::nullopt;
    auto& chunk = chunk_for(place);
    const auto slot = slot_of(place);
    chunk.links[slot] = PlaceLink(kind).with_next(next).word();
    chunk.deadlines[slot] = seconds;
    chunk.ids[slot] = reservation.low;
    chunk.persons[slot] = person.value;
    kind = is_held ? Kind::held_next : Kind::sold_next;
  }
  *count_of(is_held ? PlaceState::held : PlaceState::sold) +=
      static_cast<std::uint32_t>(items.size());
  index_.insert(
      reservation.low, place_of(items.front()), [this](Place place) { return id_at(place); });
}

void PlaceTable::take(
    ReservationId reservation,
    PersonKey person,
    const std::vector<Place>& places,
    Timestamp until) {
  take_chain(
      reservation, person, places, [](Place place) { return place; }, until);
}

void PlaceTable::take(
    ReservationId reservation,
    PersonKey person,
    const std::vector<ReservationLine>& lines,
    Timestamp until) {
  take_chain(
      reservation, person, lines, [](const ReservationLine& line) { return line.place; }, until);
}

void PlaceTable::confirm(ReservationId reservation) {
  const auto first = first_place(reservation);
  CAVEA_ASSERT(first && link(*first).kind() == Kind::held_first);
  for (std::optional<Place> place = first; place; place = link(*place).next()) {
    auto& chunk = chunk_for(*place);
    chunk.deadlines[slot_of(*place)] = 0;
    set_link(*place, link(*place).with_kind(place == first ? Kind::sold_first : Kind::sold_next));
    --counts_.held;
    ++counts_.sold;
  }
}

void PlaceTable::hold_until(ReservationId reservation, Timestamp until) {
  const auto first = first_place(reservation);
  CAVEA_ASSERT(first && link(*first).kind() == Kind::held_first);
  const auto seconds = seconds_of(until);
  for (std::optional<Place> place = first; place; place = link(*place).next()) {
    chunk_for(*place).deadlines[slot_of(*place)] = seconds;
  }
}

void PlaceTable::release(ReservationId reservation) {
  const auto first = first_place(reservation);
  CAVEA_ASSERT(first.has_value());
  index_.erase(reservation.low, [this](Place place) { return id_at(place); });
  for (std::optional<Place> place = first; place;) {
    const auto next = link(*place).next();
    free_slot(*place);
    place = next;
  }
}

void PlaceTable::release(ReservationId reservation, const std::vector<Place>& places) {
  const auto holder = find(reservation);
  CAVEA_ASSERT(holder && places.size() < holder->places.size());
  std::vector<Place> kept;
  for (const auto place : holder->places) {
    if (std::find(places.begin(), places.end(), place) == places.end()) kept.push_back(place);
  }
  CAVEA_ASSERT(kept.size() + places.size() == holder->places.size());

  index_.move(reservation.low, kept.front(), [this](Place place) { return id_at(place); });
  for (const auto place : places) free_slot(place);
  auto kind = holder->is_held ? Kind::held_first : Kind::sold_first;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    const auto next = i + 1 < kept.size() ? std::optional(kept[i + 1]) : std::nullopt;
    set_link(kept[i], PlaceLink(kind).with_next(next));
    kind = holder->is_held ? Kind::held_next : Kind::sold_next;
  }
}

void PlaceTable::block(Place place) {
  mark_taken(place);
  set_link(place, PlaceLink(Kind::blocked));
  ++counts_.blocked;
}

void PlaceTable::unblock(Place place) {
  CAVEA_ASSERT(link(place).kind() == Kind::blocked);
  --counts_.blocked;
  mark_free(place);
}

void PlaceTable::retire(Place place) {
  mark_taken(place);
  set_link(place, PlaceLink(Kind::retired));
}

void PlaceTable::restore(Place place) {
  CAVEA_ASSERT(link(place).kind() == Kind::retired);
  mark_free(place);
}

}  // namespace cavea::engine
