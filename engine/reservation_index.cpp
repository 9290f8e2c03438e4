#include "engine/reservation_index.hpp"

#include <algorithm>

namespace cavea::engine {

namespace {

constexpr std::size_t segment_words = 4096;
constexpr std::size_t segment_words_min = 16;

}  // namespace

std::size_t ReservationIndex::words_for(std::uint32_t count_max) noexcept {
  // Two thirds full when every place is a reservation of its own.
  return std::size_t{count_max} + count_max / 2 + 2;
}

std::size_t ReservationIndex::segments_for(std::uint32_t count_max) noexcept {
  return (words_for(count_max) + segment_words - 1) / segment_words;
}

std::size_t ReservationIndex::grown(std::size_t words) const noexcept {
  if (words < words_full_) return std::min(std::max(words * 2, segment_words_min), words_full_);
  // This segment got more than its share.
  return words + words / 8 + segment_words_min;
}

void ReservationIndex::reset(std::uint32_t count_max) {
  segments_ = std::vector<Segment>(segments_for(count_max));
  words_full_ = words_for(count_max) / segments_.size() + 1;
  count_ = 0;
}

void ReservationIndex::reserve_all(std::uint32_t count_max) {
  reset(count_max);
  for (auto& segment : segments_) segment.words.resize(words_full_);
}

std::size_t ReservationIndex::memory_bytes() const noexcept {
  auto bytes = segments_.capacity() * sizeof(Segment);
  for (const auto& segment : segments_) bytes += segment.words.capacity() * sizeof(std::uint32_t);
  return bytes;
}

}  // namespace cavea::engine
