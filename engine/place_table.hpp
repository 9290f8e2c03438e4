#pragma once

#include "engine/ids.hpp"
#include "engine/rejection.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace cavea::engine {

/// How many places of an offering are in each state. `free` excludes retired seats.
struct PlaceCounts {
  std::uint32_t free = 0;
  std::uint32_t held = 0;
  std::uint32_t sold = 0;
  std::uint32_t blocked = 0;

  bool operator==(const PlaceCounts&) const = default;
};

/// What the table knows of a reservation that has places.
struct Holder {
  PersonKey person;
  bool is_held = false;   ///< False: sold.
  Timestamp held_until;   ///< A whole second; zero when sold.
  std::vector<Place> places;  ///< In the order in which they were taken.
};

/// Who has which place of one offering: the state that all claims fight for.
///
/// A reservation lives at its first place: that place's slot holds the reservation's id, person and
/// deadline, and links to the second place, whose slot links to the third, and so on. So the table
/// never grows with reservations, whatever their number, and needs at most 29 bytes a place:
/// link 4, deadline 4, id 8, person 8, an index over ids 4.5, a bitmap of free places 0.125.
///
/// Memory is taken up to the highest place used so far (a class of 50 million places of which ten
/// are taken is small); `reserve_all` takes all of it, which a performance does.
/// Not thread-safe; every operation is deterministic.
class PlaceTable {
 public:
  /// `count` places, all free.
  explicit PlaceTable(std::uint32_t count = 0);

  void reserve_all();

  [[nodiscard]] std::uint32_t size() const noexcept { return size_; }

  [[nodiscard]] const PlaceCounts& counts() const noexcept { return counts_; }

  [[nodiscard]] PlaceState state(Place place) const;
  [[nodiscard]] bool is_free(Place place) const;

  /// The lowest free place at or after `from`; nothing when there is none.
  [[nodiscard]] std::optional<Place> next_free(Place from = {}) const;

  [[nodiscard]] bool has(ReservationId reservation) const;
  [[nodiscard]] std::optional<Holder> find(ReservationId reservation) const;

  /// Places of `person`, held and sold. Looks at every place: call it only where a limit asks for it.
  [[nodiscard]] std::uint32_t places_of(PersonKey person) const;

  /// Any reservation that has places; nothing when there is none. Lowest first place first.
  /// Gives only the low half of the id.
  [[nodiscard]] std::optional<std::uint64_t> first_reservation(Place from = {}) const;

  // Changes. They assert what `decide` has checked.

  /// Takes free places for a reservation that has none. `until` zero: sold; else a whole second.
  void take(ReservationId reservation, PersonKey person, const std::vector<Place>& places, Timestamp until);

  /// Held becomes sold.
  void confirm(ReservationId reservation);

  /// Frees all places of a reservation.
  void release(ReservationId reservation);

  /// Frees some places of a reservation that has more of them.
  void release(ReservationId reservation, const std::vector<Place>& places);

  void block(Place place);
  void unblock(Place place);

  /// A free place that will never be taken again (a retired seat); `restore` undoes it.
  void retire(Place place);
  void restore(Place place);

  /// More or fewer places; those that vanish must be free.
  void resize(std::uint32_t count);

  /// Bytes of memory that the table holds, for the figures.
  [[nodiscard]] std::size_t memory_bytes() const noexcept;

  /// Checks every link, count and index; asserts. For tests and `cavea check`.
  void check_invariants() const;
};

}  // namespace cavea::engine
