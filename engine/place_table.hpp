#pragma once

#include "engine/ids.hpp"
#include "engine/place_chunk.hpp"
#include "engine/rejection.hpp"
#include "engine/reservation.hpp"
#include "engine/reservation_index.hpp"

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
  bool is_held = false;       ///< False: sold.
  Timestamp held_until;       ///< A whole second; zero when sold.
  std::vector<Place> places;  ///< In the order in which they were taken.
};

/// A reservation as it is found by walking over places.
struct FirstPlace {
  Place place;            ///< The first place that the reservation took and still has.
  std::uint64_t low = 0;  ///< The low half of its id.
};

/// Who has which place of one offering: the state that all claims fight for.
///
/// A reservation lives at its first place: that place's slot holds the reservation's id, person and
/// deadline, and links to the second place, whose slot links to the third, and so on. So the table
/// never grows with reservations, whatever their number, and needs about 30.2 bytes a place:
/// link 4, deadline 4, id 8, person 8, an index over ids 6, a bitmap of free places 0.125.
///
/// Only the low half of a reservation's id is kept; reservations are found by it, and the high half
/// of an argument is ignored.
///
/// Memory is taken in chunks of 4,096 places when a place in them is first used, and within a chunk
/// as its places are used (a class of 50 million places of which ten are taken is small, and
/// growing never copies more than a chunk); `reserve_all` takes all of it, which a performance
/// does. Not thread-safe; every operation is deterministic.
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

  /// The highest free place at or before `from`; nothing when there is none.
  [[nodiscard]] std::optional<Place> previous_free(Place from) const;

  /// The highest place that is held or sold; nothing when there is none.
  [[nodiscard]] std::optional<Place> last_taken() const;

  [[nodiscard]] bool has(ReservationId reservation) const;

  /// Whose the reservation is; nothing when it has no places. Cheaper than `find`.
  [[nodiscard]] std::optional<PersonKey> person_of(ReservationId reservation) const;

  /// The low half of the id of the reservation that has `place`; nothing when it is not held or
  /// sold.
  [[nodiscard]] std::optional<std::uint64_t> reservation_at(Place place) const;

  [[nodiscard]] std::optional<Holder> find(ReservationId reservation) const;

  /// Places of `person`, held and sold. Looks at every place: call it only where a limit asks for
  /// it.
  [[nodiscard]] std::uint32_t places_of(PersonKey person) const;

  /// The reservation whose first place is the lowest at or after `from`; nothing when there is
  /// none. Asked again from behind `FirstPlace::place` it visits every reservation once.
  [[nodiscard]] std::optional<FirstPlace> next_reservation(Place from = {}) const;

  /// The low half of the id that `next_reservation` gives.
  [[nodiscard]] std::optional<std::uint64_t> first_reservation(Place from = {}) const;

  // Changes. They assert what `decide` has checked.

  /// Takes free places for a reservation that has none. `until` zero: sold; else a whole second.
  void take(
      ReservationId reservation,
      PersonKey person,
      const std::vector<Place>& places,
      Timestamp until);

  /// The same for the places of `lines` (all of them, given back or not).
  void take(
      ReservationId reservation,
      PersonKey person,
      const std::vector<ReservationLine>& lines,
      Timestamp until);

  /// Held becomes sold.
  void confirm(ReservationId reservation);

  /// Gives a hold another deadline, a whole second.
  void hold_until(ReservationId reservation, Timestamp until);

  /// Frees all places of a reservation.
  void release(ReservationId reservation);

  /// Frees some places of a reservation that has more of them.
  void release(ReservationId reservation, const std::vector<Place>& places);

  void block(Place place);
  void unblock(Place place);

  /// A free place that will never be taken again (a retired seat); `restore` undoes it.
  void retire(Place place);
  void restore(Place place);

  /// More or fewer places; those that vanish must be free. Memory that was reserved for all places
  /// has to be reserved again.
  void resize(std::uint32_t count);

  /// Bytes of memory that the table holds, for the figures.
  [[nodiscard]] std::size_t memory_bytes() const noexcept;

  /// Checks every link, count and index; asserts. For tests and `cavea check`.
  void check_invariants() const;

  /// Whether every place stands the same in both: state, reservation, person, deadline and order.
  /// How much memory they took, and the layout of the index, do not matter.
  friend bool operator==(const PlaceTable& a, const PlaceTable& b);

 private:
  // Where a place is: its chunk and its slot in there.
  static std::uint32_t chunk_of(Place place) { return place.value >> PlaceChunk::bits; }

  static std::uint32_t slot_of(Place place) { return place.value & (PlaceChunk::length_max - 1); }

  [[nodiscard]] std::uint32_t chunk_length(std::uint32_t chunk) const;
  [[nodiscard]] const PlaceChunk* used_chunk(Place place) const;
  PlaceChunk& chunk_for(Place place);
  [[nodiscard]] PlaceLink link(Place place) const;
  void set_link(Place place, PlaceLink link);
  [[nodiscard]] std::uint64_t id_at(Place place) const;
  [[nodiscard]] std::uint32_t* count_of(PlaceState state);

  [[nodiscard]] std::optional<Place> first_place(ReservationId reservation) const;
  void mark_taken(Place place);
  void mark_free(Place place);
  void free_slot(Place place);
  void cut_index();

  template <class Items, class PlaceOf>
  void take_chain(
      ReservationId reservation,
      PersonKey person,
      const Items& items,
      const PlaceOf& place_of,
      Timestamp until);

  void check_chunk(std::uint32_t chunk, PlaceCounts& seen) const;
  std::uint32_t check_chain(Place first) const;

  std::uint32_t size_ = 0;
  std::uint32_t lowest_free_ = 0;  ///< No place below it is free.
  PlaceCounts counts_;
  std::vector<PlaceChunk> chunks_;  ///< As many as were needed so far; unused ones are empty.
  ReservationIndex index_;
};

}  // namespace cavea::engine
