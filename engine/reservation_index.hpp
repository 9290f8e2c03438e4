#pragma once

#include "engine/assert.hpp"
#include "engine/ids.hpp"
#include "engine/limits.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace cavea::engine {

/// Finds the first place of a reservation by the low half of its id: a hash table with open
/// addressing and linear probing that holds nothing but 32-bit words. The ids themselves are in the
/// slots of the places, so every operation gets a function `id_of(Place)` that reads them.
///
/// A word is a place plus one (26 bits; zero: empty) and six bits of the hash, so that a probe
/// looks at the slot of another reservation in one of 64 cases only. The home of an id comes from
/// the high bits of its hash by multiplication
/// (https://lemire.me/blog/2016/06/27/a-fast-alternative-to-the-modulo-reduction/), so any capacity
/// will do. Deleting shifts back what follows (Knuth, The Art of Computer Programming, volume
/// 3, 6.4, algorithm R), so there are no tombstones.
class ReservationIndex {
 public:
  [[nodiscard]] std::size_t capacity() const noexcept { return words_.size(); }

  [[nodiscard]] std::uint32_t count() const noexcept { return count_; }

  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    return words_.capacity() * sizeof(std::uint32_t);
  }

  /// Forgets everything and has room for `capacity` words; one of them must always stay empty.
  void reset(std::size_t capacity) {
    words_ = std::vector<std::uint32_t>(capacity);
    count_ = 0;
  }

  template <class IdOf>
  [[nodiscard]] std::optional<Place> find(std::uint64_t id, const IdOf& id_of) const {
    const auto at = position(id, id_of);
    if (!at) return std::nullopt;
    return place_in(words_[*at]);
  }

  /// `id` must not be in the index.
  void insert(std::uint64_t id, Place first) {
    CAVEA_ASSERT(count_ + 1 < words_.size());
    const auto hash = hash_of(id);
    auto at = home_of(hash);
    while (words_[at] != 0) at = after(at);
    words_[at] = word_of(hash, first);
    ++count_;
  }

  /// Lets `id`, which must be there, begin at another place.
  template <class IdOf>
  void move(std::uint64_t id, Place first, const IdOf& id_of) {
    const auto at = position(id, id_of);
    CAVEA_ASSERT(at.has_value());
    words_[*at] = word_of(hash_of(id), first);
  }

  /// `id` must be there; the ids of all others must still be readable.
  template <class IdOf>
  void erase(std::uint64_t id, const IdOf& id_of) {
    const auto found = position(id, id_of);
    CAVEA_ASSERT(found.has_value());
    auto hole = *found;
    for (auto next = after(hole); words_[next] != 0; next = after(next)) {
      const auto home = home_of(hash_of(id_of(place_in(words_[next]))));
      // A word may move back into the hole unless its home lies behind the hole.
      if (distance(home, next) < distance(hole, next)) continue;
      words_[hole] = words_[next];
      hole = next;
    }
    words_[hole] = 0;
    --count_;
  }

 private:
  static constexpr std::uint32_t place_bits = 26;
  static constexpr std::uint32_t place_mask = (1U << place_bits) - 1;
  static_assert(limits::capacity_max < place_mask && limits::seats_max < place_mask);

  static std::uint64_t hash_of(std::uint64_t id) noexcept {
    // Ids are random, but nothing breaks when somebody numbers them.
    id ^= id >> 32;
    id *= 0xd6e8feb86659fd93ULL;
    id ^= id >> 32;
    id *= 0xd6e8feb86659fd93ULL;
    return id ^ (id >> 32);
  }

  [[nodiscard]] std::size_t home_of(std::uint64_t hash) const noexcept {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::size_t>((static_cast<Wide>(hash) * words_.size()) >> 64);
  }

  static std::uint32_t tag_of(std::uint64_t hash) noexcept {
    return static_cast<std::uint32_t>(hash) & ~place_mask;
  }

  static std::uint32_t word_of(std::uint64_t hash, Place place) noexcept {
    return tag_of(hash) | (place.value + 1);
  }

  static Place place_in(std::uint32_t word) noexcept { return {(word & place_mask) - 1}; }

  [[nodiscard]] std::size_t after(std::size_t at) const noexcept {
    return at + 1 == words_.size() ? 0 : at + 1;
  }

  [[nodiscard]] std::size_t distance(std::size_t from, std::size_t to) const noexcept {
    return to >= from ? to - from : to + words_.size() - from;
  }

  template <class IdOf>
  [[nodiscard]] std::optional<std::size_t> position(std::uint64_t id, const IdOf& id_of) const {
    if (count_ == 0) return std::nullopt;
    const auto hash = hash_of(id);
    const auto tag = tag_of(hash);
    for (auto at = home_of(hash); words_[at] != 0; at = after(at)) {
      const auto word = words_[at];
      if ((word & ~place_mask) == tag && id_of(place_in(word)) == id) return at;
    }
    return std::nullopt;
  }

  std::vector<std::uint32_t> words_;
  std::uint32_t count_ = 0;
};

}  // namespace cavea::engine
