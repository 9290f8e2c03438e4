#pragma once

#include "engine/ids.hpp"
#include "engine/point.hpp"
#include "engine/seating.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cavea::engine {

/// What is special about a seat.
struct SeatTraits {
  bool accessible = false;       ///< A wheelchair space or step-free seat.
  bool companion = false;        ///< Kept for who comes with the person on an accessible seat.
  bool restricted_view = false;  ///< Sold with a warning.
  bool aisle_after = false;      ///< An aisle follows: the next seat of the row is not a neighbour.
  bool retired = false;          ///< Was taken out of the map; keeps its index, is never for sale.

  bool operator==(const SeatTraits&) const = default;
};

/// One chair. Its index in `SeatMap::seats()` is its `Place`, for the life of the venue.
struct Seat {
  std::uint32_t row = 0;   ///< Index into `SeatMap::rows()`.
  std::uint16_t zone = 0;  ///< Index into `SeatMap::zones()`.
  std::uint16_t rank =
      0;  ///< Orders the seats of a row from left to right; ties by place. Only maps
          ///< that were changed (`merge_seat_maps`) have ranks other than zero.
  SeatTraits traits;
  Point at;
  std::string number;  ///< As printed on the chair, unique in its row: "12", "12A".

  bool operator==(const Seat&) const = default;
};

/// The seats of a row from left to right as the audience sees them.
struct Row {
  std::uint16_t section = 0;  ///< Index into `SeatMap::sections()`.
  std::string label;          ///< Unique in its section: "A", "12", "Box 3".
  std::vector<Place> seats;   ///< Without retired seats.

  bool operator==(const Row&) const = default;
};

/// A part of the house: stalls, circle, balcony, a box.
struct Section {
  std::string id;    ///< Unique in the map; lower case, used in seat labels: "stalls".
  std::string name;  ///< As people read it: "Stalls".

  bool operator==(const Section&) const = default;
};

/// A price area. The price itself belongs to the performance.
struct Zone {
  ZoneId id;
  std::string name;

  bool operator==(const Zone&) const = default;
};

/// The seats of a venue; immutable once built and shared by all its performances.
class SeatMap {
 public:
  /// The parts of a map before it is checked. `seats` refer to rows, rows to sections by index;
  /// `Row::seats` is filled by `build`, in the order of `Seat::rank`, then of `seats`.
  struct Parts {
    std::vector<Section> sections;
    std::vector<Zone> zones;
    std::vector<Row> rows;
    std::vector<Seat> seats;
    Point focal_point;  ///< Where the eyes go; best seats are nearest to it.

    bool operator==(const Parts&) const = default;
  };

  /// Builds the look-up tables. Asserts that indices are in range and labels are unique
  /// (`check_parts` in `engine/seat_map_rules.hpp` says so politely, for input).
  [[nodiscard]] static std::shared_ptr<const SeatMap> build(Parts parts);

  [[nodiscard]] const std::vector<Section>& sections() const noexcept { return parts_.sections; }

  [[nodiscard]] const std::vector<Zone>& zones() const noexcept { return parts_.zones; }

  [[nodiscard]] const std::vector<Row>& rows() const noexcept { return parts_.rows; }

  [[nodiscard]] const std::vector<Seat>& seats() const noexcept { return parts_.seats; }

  [[nodiscard]] Point focal_point() const noexcept { return parts_.focal_point; }

  [[nodiscard]] const Parts& parts() const noexcept { return parts_; }

  [[nodiscard]] const Seat& seat(Place place) const { return parts_.seats.at(place.value); }

  /// The chairs as searches read them, computed by `build`.
  [[nodiscard]] const Seating& seating() const noexcept { return seating_; }

  [[nodiscard]] std::uint32_t seat_count() const noexcept {
    return static_cast<std::uint32_t>(parts_.seats.size());
  }

  /// "stalls-A-12": section id, row label, seat number. Unique in the map.
  [[nodiscard]] std::string label(Place place) const;

  /// The seat with this label; nothing when there is none or when it is retired.
  [[nodiscard]] std::optional<Place> find(std::string_view label) const;

  [[nodiscard]] std::optional<std::uint16_t> find_zone(std::string_view id) const;
  [[nodiscard]] std::optional<std::uint16_t> find_section(std::string_view id) const;

 private:
  explicit SeatMap(Parts parts) : parts_(std::move(parts)) {}

  void fill_rows();
  void index_labels();
  [[nodiscard]] bool has_label(const Seat& seat, std::string_view label) const;

  Parts parts_;
  Seating seating_;
  // A hash table with open addressing: the index of a seat plus one, zero where there is none. The
  // labels themselves are compared with the parts, so a seat costs at most 16 bytes here.
  std::vector<std::uint32_t> by_label_;
};

using SeatMapRef = std::shared_ptr<const SeatMap>;

}  // namespace cavea::engine
