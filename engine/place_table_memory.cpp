#include "engine/assert.hpp"
#include "engine/place_table.hpp"

#include <algorithm>

// How much memory a table has, and whether its parts fit together.

namespace cavea::engine {

void PlaceTable::reserve_all() {
  if (size_ == 0) return;
  const auto chunk_count = chunk_of({size_ - 1}) + 1;
  chunks_.reserve(chunk_count);
  chunks_.resize(chunk_count);
  for (std::uint32_t chunk = 0; chunk < chunk_count; ++chunk) {
    chunks_[chunk].grow(chunk_length(chunk));
  }
  if (index_.count() == 0) index_.reserve_all(size_);
}

void PlaceTable::cut_index() {
  index_.reset(size_);
  for (auto found = next_reservation(); found; found = next_reservation({found->place.value + 1})) {
    index_.insert(found->low, found->place, [this](Place place) { return id_at(place); });
  }
}

void PlaceTable::resize(std::uint32_t count) {
  if (count < size_) {
    const auto chunk_count = count == 0 ? 0 : chunk_of({count - 1}) + 1;
    for (auto chunk = chunk_count; chunk < chunks_.size(); ++chunk) chunks_[chunk].shrink(0);
    if (chunks_.size() > chunk_count) chunks_.resize(chunk_count);
    counts_.free -= size_ - count;
  } else {
    counts_.free += count - size_;
    // A search for a free place may have ended at the old end.
    lowest_free_ = std::min(lowest_free_, size_);
  }
  size_ = count;
  lowest_free_ = std::min(lowest_free_, size_);

  if (!chunks_.empty()) {
    auto& last = chunks_.back();
    const auto length = chunk_length(static_cast<std::uint32_t>(chunks_.size()) - 1);
    if (length < last.length()) last.shrink(length);
  }
  if (index_.count() > 0 && !index_.is_cut_for(size_)) cut_index();
}

std::size_t PlaceTable::memory_bytes() const noexcept {
  auto bytes = sizeof(PlaceTable) + index_.memory_bytes();
  for (const auto& chunk : chunks_) bytes += chunk.memory_bytes();
  return bytes + (chunks_.capacity() - chunks_.size()) * sizeof(PlaceChunk);
}

void PlaceTable::check_invariants() const {
  PlaceCounts seen{.free = size_};
  for (std::uint32_t chunk = 0; chunk < chunks_.size(); ++chunk) {
    check_chunk(chunk, seen);
  }
  CAVEA_ASSERT(seen == counts_);

  std::uint32_t reservations = 0;
  std::uint32_t chained = 0;
  for (auto found = next_reservation(); found; found = next_reservation({found->place.value + 1})) {
    chained += check_chain(found->place);
    ++reservations;
  }
  // Chains run through taken places only; as many as there are means that no two chains share one.
  CAVEA_ASSERT(chained == counts_.held + counts_.sold);
  CAVEA_ASSERT(reservations == index_.count());
}

void PlaceTable::check_chunk(std::uint32_t chunk, PlaceCounts& seen) const {
  const auto& checked = chunks_[chunk];
  CAVEA_ASSERT(checked.length() <= chunk_length(chunk));
  std::uint32_t free = 0;
  for (std::uint32_t slot = 0; slot < checked.links.size(); ++slot) {
    const Place place{(chunk << PlaceChunk::bits) + slot};
    const PlaceLink link{checked.links[slot]};
    const bool has_bit = ((checked.free_bits[slot / 64] >> (slot % 64)) & 1) != 0;
    CAVEA_ASSERT(has_bit == (link.state() == PlaceState::free));
    CAVEA_ASSERT(!has_bit || place.value >= lowest_free_);
    CAVEA_ASSERT(link.is_taken() == (checked.persons[slot] != 0));
    CAVEA_ASSERT((link.state() == PlaceState::held) == (checked.deadlines[slot] != 0));
    if (has_bit) ++free;
    if (!has_bit) --seen.free;
    if (link.state() == PlaceState::held) ++seen.held;
    if (link.state() == PlaceState::sold) ++seen.sold;
    if (link.state() == PlaceState::blocked) ++seen.blocked;
  }
  CAVEA_ASSERT(free == checked.free);
}

std::uint32_t PlaceTable::check_chain(Place first) const {
  const auto& chunk = chunks_[chunk_of(first)];
  const auto id = id_at(first);
  const auto person = chunk.persons[slot_of(first)];
  const auto deadline = chunk.deadlines[slot_of(first)];
  CAVEA_ASSERT(first_place(ReservationId{.high = 0, .low = id}) == first);

  std::uint32_t length = 0;
  for (std::optional<Place> place = first; place; place = link(*place).next()) {
    const auto& other = chunks_[chunk_of(*place)];
    CAVEA_ASSERT(link(*place).is_taken() && link(*place).is_first() == (length == 0));
    CAVEA_ASSERT(link(*place).state() == link(first).state());
    CAVEA_ASSERT(id_at(*place) == id && other.persons[slot_of(*place)] == person);
    CAVEA_ASSERT(other.deadlines[slot_of(*place)] == deadline);
    CAVEA_ASSERT(++length <= size_);
  }
  return length;
}

bool operator==(const PlaceTable& a, const PlaceTable& b) {
  if (a.size_ != b.size_ || a.counts_ != b.counts_) return false;
  for (std::uint32_t value = 0; value < a.size_; ++value) {
    const Place place{value};
    const auto* of_a = a.used_chunk(place);
    const auto* of_b = b.used_chunk(place);
    if (of_a == nullptr && of_b == nullptr) {
      // So are the others of this chunk.
      value |= PlaceChunk::length_max - 1;
      continue;
    }
    if (a.link(place) != b.link(place)) return false;
    if (!a.link(place).is_taken()) continue;
    const auto slot = PlaceTable::slot_of(place);
    if (of_a->ids[slot] != of_b->ids[slot] || of_a->persons[slot] != of_b->persons[slot]
        || of_a->deadlines[slot] != of_b->deadlines[slot]) {
      return false;
    }
  }
  return true;
}

}  // namespace cavea::engine
