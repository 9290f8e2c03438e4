#include "engine/place_chunk.hpp"

#include "engine/assert.hpp"

#include <bit>

namespace cavea::engine {

namespace {

constexpr std::uint32_t word_bits = 64;

std::size_t words_for(std::uint32_t length) {
  return (length + word_bits - 1) / word_bits;
}

/// `std::vector::resize` would round up to twice the size; a loaded performance has no byte to
/// spare.
template <class T>
void resize_exactly(std::vector<T>& items, std::size_t count) {
  items.reserve(count);
  items.resize(count);
}

}  // namespace

void PlaceChunk::grow(std::uint32_t length) {
  const auto before = static_cast<std::uint32_t>(links.size());
  CAVEA_ASSERT(length >= before && length <= length_max);
  resize_exactly(links, length);
  resize_exactly(deadlines, length);
  resize_exactly(ids, length);
  resize_exactly(persons, length);
  resize_exactly(free_bits, words_for(length));
  for (auto slot = before; slot < length; ++slot) {
    free_bits[slot / word_bits] |= std::uint64_t{1} << (slot % word_bits);
  }
  free += length - before;
}

void PlaceChunk::shrink(std::uint32_t length) {
  const auto before = static_cast<std::uint32_t>(links.size());
  CAVEA_ASSERT(length <= before);
  for (auto slot = length; slot < before; ++slot) {
    CAVEA_ASSERT(links[slot] == 0);
    free_bits[slot / word_bits] &= ~(std::uint64_t{1} << (slot % word_bits));
  }
  free -= before - length;
  links.resize(length);
  deadlines.resize(length);
  ids.resize(length);
  persons.resize(length);
  free_bits.resize(words_for(length));
}

std::optional<std::uint32_t> PlaceChunk::next_free(std::uint32_t from) const {
  if (free == 0 || from >= links.size()) return std::nullopt;
  auto word = from / word_bits;
  auto bits_left = free_bits[word] & (~std::uint64_t{0} << (from % word_bits));
  while (bits_left == 0) {
    if (++word == free_bits.size()) return std::nullopt;
    bits_left = free_bits[word];
  }
  return word * word_bits + static_cast<std::uint32_t>(std::countr_zero(bits_left));
}

std::optional<std::uint32_t> PlaceChunk::previous_free(std::uint32_t from) const {
  if (free == 0) return std::nullopt;
  auto word = from / word_bits;
  auto bits_left = free_bits[word] & (~std::uint64_t{0} >> (word_bits - 1 - from % word_bits));
  while (bits_left == 0) {
    if (word-- == 0) return std::nullopt;
    bits_left = free_bits[word];
  }
  return word * word_bits
         + (word_bits - 1 - static_cast<std::uint32_t>(std::countl_zero(bits_left)));
}

std::size_t PlaceChunk::memory_bytes() const noexcept {
  return sizeof(PlaceChunk) + (links.capacity() + deadlines.capacity()) * sizeof(std::uint32_t)
         + (ids.capacity() + persons.capacity() + free_bits.capacity()) * sizeof(std::uint64_t);
}

}  // namespace cavea::engine
