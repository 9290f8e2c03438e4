#pragma once

#include "engine/ids.hpp"
#include "engine/rejection.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace cavea::engine {

/// How a place stands and, when it is taken, which place of the same reservation comes next.
/// One 32-bit word: three bits of kind, 29 bits of the next place.
class PlaceLink {
 public:
  enum class Kind : std::uint32_t {
    free = 0,
    blocked = 1,
    retired = 2,
    held_first = 3,
    held_next = 4,
    sold_first = 5,
    sold_next = 6,
  };

  constexpr PlaceLink() = default;

  constexpr explicit PlaceLink(std::uint32_t word) : word_(word) {}

  constexpr explicit PlaceLink(Kind kind, std::uint32_t next = no_next)
      : word_((static_cast<std::uint32_t>(kind) << next_bits) | next) {
    if (kind == Kind::free) word_ = 0;
  }

  [[nodiscard]] constexpr std::uint32_t word() const { return word_; }

  [[nodiscard]] constexpr Kind kind() const { return static_cast<Kind>(word_ >> next_bits); }

  [[nodiscard]] constexpr bool is_first() const {
    return kind() == Kind::held_first || kind() == Kind::sold_first;
  }

  [[nodiscard]] constexpr bool is_taken() const { return kind() >= Kind::held_first; }

  /// The place that the same reservation took after this one.
  [[nodiscard]] constexpr std::optional<Place> next() const {
    const auto next = word_ & no_next;
    if (!is_taken() || next == no_next) return std::nullopt;
    return Place{next};
  }

  [[nodiscard]] constexpr PlaceLink with_next(std::optional<Place> next) const {
    return PlaceLink(kind(), next ? next->value : no_next);
  }

  [[nodiscard]] constexpr PlaceLink with_kind(Kind kind) const {
    return PlaceLink(kind, word_ & no_next);
  }

  [[nodiscard]] constexpr PlaceState state() const {
    switch (kind()) {
      case Kind::free:
        return PlaceState::free;
      case Kind::blocked:
        return PlaceState::blocked;
      case Kind::retired:
        return PlaceState::retired;
      case Kind::held_first:
      case Kind::held_next:
        return PlaceState::held;
      case Kind::sold_first:
      case Kind::sold_next:
        return PlaceState::sold;
    }
    return PlaceState::free;
  }

  bool operator==(const PlaceLink&) const = default;

 private:
  static constexpr std::uint32_t next_bits = 29;
  static constexpr std::uint32_t no_next = (1U << next_bits) - 1;

  std::uint32_t word_ = 0;
};

/// The slots of up to 4,096 neighbouring places, an array for each field. It has slots up to the
/// last place that was used: those behind are free.
struct PlaceChunk {
  static constexpr std::uint32_t bits = 12;
  static constexpr std::uint32_t length_max = 1U << bits;

  std::vector<std::uint32_t> links;      ///< `PlaceLink` words.
  std::vector<std::uint32_t> deadlines;  ///< Seconds since the epoch; zero when sold or free.
  std::vector<std::uint64_t> ids;        ///< The low half; only meaningful when taken.
  std::vector<std::uint64_t> persons;    ///< Zero unless taken, so that counting is one loop.
  std::vector<std::uint64_t> free_bits;  ///< A bit for each place that is free.
  std::uint32_t free = 0;                ///< How many bits are set.

  [[nodiscard]] std::uint32_t length() const noexcept {
    return static_cast<std::uint32_t>(links.size());
  }

  /// Gives the chunk `length` slots; slots that are new are free. Never fewer than before.
  void grow(std::uint32_t length);

  /// Fewer slots; those that vanish must be free.
  void shrink(std::uint32_t length);

  /// The lowest free slot at or after `from`, the highest at or before `from`.
  [[nodiscard]] std::optional<std::uint32_t> next_free(std::uint32_t from) const;
  [[nodiscard]] std::optional<std::uint32_t> previous_free(std::uint32_t from) const;

  [[nodiscard]] std::size_t memory_bytes() const noexcept;
};

}  // namespace cavea::engine
