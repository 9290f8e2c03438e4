#pragma once

#include "engine/assert.hpp"
#include "engine/ids.hpp"
#include "engine/limits.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace cavea::engine {

/// Finds the first place of a reservation by the low half of its id: a hash table with open
/// addressing and linear probing that holds nothing but 32-bit words. The ids themselves are in the
/// slots of the places, so every operation gets a function `id_of(Place)` that reads them.
///
/// A word is a place plus one (26 bits; zero: empty) and six bits of the hash, so that a probe
/// looks at the slot of another reservation in one of 64 cases only. The home of an id comes from
/// the high bits of its hash by multiplication (https://lemire.me/blog/2016/06/27/), so any
/// capacity will do. Deleting shifts back what follows (Knuth, The Art of Computer Programming,
/// volume 3, 6.4, algorithm R), so there are no tombstones.
///
/// The table is cut into segments of about 4,096 words that grow on their own: no claim ever waits
/// for the whole index to be built again.
class ReservationIndex {
 public:
  [[nodiscard]] std::uint32_t count() const noexcept { return count_; }

  [[nodiscard]] std::size_t memory_bytes() const noexcept;

  /// Forgets everything; `count_max` reservations at most will come.
  void reset(std::uint32_t count_max);

  /// Takes the memory for all of them. Only while the index is empty.
  void reserve_all(std::uint32_t count_max);

  /// Whether `reset` for `count_max` would cut the index in another way.
  [[nodiscard]] bool is_cut_for(std::uint32_t count_max) const noexcept {
    return segments_.size() == segments_for(count_max);
  }

  template <class IdOf>
  [[nodiscard]] std::optional<Place> find(std::uint64_t id, const IdOf& id_of) const {
    if (count_ == 0) return std::nullopt;
    const auto key = key_of(id);
    const auto& words = segments_[key.segment].words;
    const auto at = position(words, key, id, id_of);
    if (!at) return std::nullopt;
    return place_in(words[*at]);
  }

  /// `id` must not be in the index.
  template <class IdOf>
  void insert(std::uint64_t id, Place first, const IdOf& id_of) {
    const auto key = key_of(id);
    auto& segment = segments_[key.segment];
    if (segment.is_full()) grow(segment, id_of);
    put(segment.words, key, word_of(key, first));
    ++segment.count;
    ++count_;
  }

  /// Lets `id`, which must be there, begin at another place.
  template <class IdOf>
  void move(std::uint64_t id, Place first, const IdOf& id_of) {
    const auto key = key_of(id);
    auto& words = segments_[key.segment].words;
    const auto at = position(words, key, id, id_of);
    CAVEA_ASSERT(at.has_value());
    words[*at] = word_of(key, first);
  }

  /// `id` must be there; the ids of all others must still be readable.
  template <class IdOf>
  void erase(std::uint64_t id, const IdOf& id_of) {
    const auto key = key_of(id);
    auto& segment = segments_[key.segment];
    auto& words = segment.words;
    const auto found = position(words, key, id, id_of);
    CAVEA_ASSERT(found.has_value());
    auto hole = *found;
    for (auto next = after(words, hole); words[next] != 0; next = after(words, next)) {
      const auto home = home_of(words, key_of(id_of(place_in(words[next]))));
      // A word may move back into the hole unless its home lies behind the hole.
      if (distance(words, home, next) < distance(words, hole, next)) continue;
      words[hole] = words[next];
      hole = next;
    }
    words[hole] = 0;
    --segment.count;
    --count_;
  }

 private:
  using Words = std::vector<std::uint32_t>;
  __extension__ using Wide = unsigned __int128;

  struct Segment {
    Words words;
    std::uint32_t count = 0;

    /// At four fifths an id that is not there takes 13 probes, all of them in one or two cache
    /// lines.
    [[nodiscard]] bool is_full() const noexcept {
      return (std::size_t{count} + 1) * 5 > words.size() * 4;
    }
  };

  /// What the hash of an id says: the segment, where in it (as a fraction), and the six bits.
  struct Key {
    std::size_t segment = 0;
    std::uint64_t fraction = 0;
    std::uint32_t tag = 0;
  };

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

  [[nodiscard]] Key key_of(std::uint64_t id) const noexcept {
    const auto hash = hash_of(id);
    const auto product = static_cast<Wide>(hash) * segments_.size();
    return {
        .segment = static_cast<std::size_t>(product >> 64),
        .fraction = static_cast<std::uint64_t>(product),
        .tag = static_cast<std::uint32_t>(hash) & ~place_mask};
  }

  static std::size_t home_of(const Words& words, const Key& key) noexcept {
    return static_cast<std::size_t>((static_cast<Wide>(key.fraction) * words.size()) >> 64);
  }

  static std::uint32_t word_of(const Key& key, Place place) noexcept {
    return key.tag | (place.value + 1);
  }

  static Place place_in(std::uint32_t word) noexcept { return {(word & place_mask) - 1}; }

  static std::size_t after(const Words& words, std::size_t at) noexcept {
    return at + 1 == words.size() ? 0 : at + 1;
  }

  static std::size_t distance(const Words& words, std::size_t from, std::size_t to) noexcept {
    return to >= from ? to - from : to + words.size() - from;
  }

  static void put(Words& words, const Key& key, std::uint32_t word) noexcept {
    auto at = home_of(words, key);
    while (words[at] != 0) at = after(words, at);
    words[at] = word;
  }

  template <class IdOf>
  static std::optional<std::size_t> position(
      const Words& words, const Key& key, std::uint64_t id, const IdOf& id_of) {
    if (words.empty()) return std::nullopt;
    for (auto at = home_of(words, key); words[at] != 0; at = after(words, at)) {
      const auto word = words[at];
      if ((word & ~place_mask) == key.tag && id_of(place_in(word)) == id) return at;
    }
    return std::nullopt;
  }

  template <class IdOf>
  void grow(Segment& segment, const IdOf& id_of) const {
    Words larger(grown(segment.words.size()));
    for (const auto word : segment.words) {
      if (word != 0) put(larger, key_of(id_of(place_in(word))), word);
    }
    segment.words = std::move(larger);
  }

  static std::size_t segments_for(std::uint32_t count_max) noexcept;
  static std::size_t words_for(std::uint32_t count_max) noexcept;
  [[nodiscard]] std::size_t grown(std::size_t words) const noexcept;

  std::vector<Segment> segments_;
  std::size_t words_full_ =
      0;  ///< Words of a segment when the index is as full as it is meant to get.
  std::uint32_t count_ = 0;
};

}  // namespace cavea::engine
