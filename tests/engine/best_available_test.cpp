#include "engine/best_available.hpp"

#include "engine/seating.hpp"
#include "engine/single_gaps.hpp"
#include "tests/engine/drawn_house.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <set>
#include <tuple>

using namespace cavea::engine;
using cavea::engine::testing::Drawing;
using cavea::engine::testing::DrawnHouse;
using cavea::engine::testing::random_drawing;

namespace {

/// What the party gets, drawn; "nothing" for nothing.
Drawing best(const Drawing& drawing, std::uint32_t party_size, const SeatFilter& filter = {}) {
  const DrawnHouse house(drawing);
  const auto found = best_available(house.map(), house.places(), party_size, filter);
  return found ? house.draw(*found) : Drawing{"nothing"};
}

const SeatFilter accessible{.zones = {}, .sections = {}, .accessible = true};

}  // namespace

TEST_CASE("A party gets neighbours in one row, as near to the focal point as possible") {
  CHECK(best({"........."}, 1) == Drawing{"....*...."});
  CHECK(best({"........."}, 3) == Drawing{"...***..."});
  CHECK(best({".........", "........."}, 5) == Drawing{"..*****..", "........."});
  CHECK(best({"..XXX..", "......."}, 3) == Drawing{"..XXX..", "..***.."});
  CHECK(best({"XXXX", "...X", "X...", "XXXX"}, 3) == Drawing{"XXXX", "***X", "X...", "XXXX"});
}

TEST_CASE("Ties go to the lower place") {
  CHECK(best({"........"}, 1) == Drawing{"...*...."});
  CHECK(best({"........"}, 3) == Drawing{"..***..."});
  CHECK(best({"..XXXX.."}, 2) == Drawing{"**XXXX.."});
}

TEST_CASE("Nobody is left alone where that can be helped") {
  // The middle would leave one at each end.
  CHECK(best({"...."}, 2) == Drawing{"**.."});
  CHECK(best({"....."}, 3) == Drawing{"***.."});
  CHECK(best({"X....X"}, 1) == Drawing{"X*...X"});
  // Rather a farther row than one seat left alone.
  CHECK(best({"X...X", "XXXXX", "X..XX"}, 2) == Drawing{"X...X", "XXXXX", "X**XX"});
  // A seat that was alone before does not matter.
  CHECK(best({".X..X.", "......"}, 2) == Drawing{".X**X.", "......"});
}

TEST_CASE("Neighbours with a single seat left beside them come before a split") {
  CHECK(best({"X...X", "XX.XX"}, 2) == Drawing{"X**.X", "XX.XX"});
  CHECK(best({"X...X", "..X.."}, 3) == Drawing{"X***X", "..X.."});
  CHECK(best({"...|..", "...|..", "....X."}, 4) == Drawing{"...|..", "...|..", "****X."});
}

TEST_CASE("An aisle parts a row and a retired seat is never given") {
  CHECK(best({"...|..."}, 2) == Drawing{".**|..."});
  CHECK(best({"..|..|.."}, 2) == Drawing{"..|**|.."});
  CHECK(best({"XX|.RX"}, 1) == Drawing{"XX|*RX"});
  CHECK(best({"RR"}, 1) == Drawing{"nothing"});
}

TEST_CASE("Zones and sections limit the choice") {
  const SeatFilter second_zone{.zones = {false, true}, .sections = {}, .accessible = false};
  CHECK(best({"....", "oooo"}, 2, second_zone) == Drawing{"....", "**oo"});
  CHECK(best({"..oo"}, 3, second_zone) == Drawing{"nothing"});
  // A free seat of another zone is company all the same.
  CHECK(best({"X.ooX"}, 1, second_zone) == Drawing{"X.o*X"});
  CHECK(best({"X..oo.X"}, 2, second_zone) == Drawing{"X..**.X"});

  const SeatFilter second_section{.zones = {}, .sections = {false, true}, .accessible = false};
  CHECK(best({"....", "----", "...."}, 2, second_section) == Drawing{"....", "----", "**.."});
}

TEST_CASE("A split takes as few groups as possible, near to each other, and leaves nobody alone") {
  CHECK(best({"..X..", "XXXXX", "..X.."}, 4) == Drawing{"**X**", "XXXXX", "..X.."});
  CHECK(best({"...|..X", "XXXXXXX"}, 5) == Drawing{"***|**X", "XXXXXXX"});
  // Three and two, not three times two; the pair behind, not the one far away.
  CHECK(best({"X...XXXXXXX..", "X..XXXXXXXXXX"}, 5) == Drawing{"X***XXXXXXX..", "X**XXXXXXXXXX"});
  // Four of five people do not fit beside each other: three and two rather than four and one.
  CHECK(best({"....|X.|.."}, 5) == Drawing{".***|X.|**"});
  // The rest of the party stays in the section.
  CHECK(
      best({"XX..XX", "XXXXXX", "XX..XX", "------", "X...XX"}, 4)
      == Drawing{"XX**XX", "XXXXXX", "XX**XX", "------", "X...XX"});
}

TEST_CASE("When somebody must sit alone, as few as possible do") {
  CHECK(best({"..X..X.X"}, 3) == Drawing{".*X**X.X"});
  CHECK(best({".X..X."}, 4) == Drawing{"*X**X*"});
  CHECK(best({".X.X."}, 2) == Drawing{"*X*X."});
  CHECK(best({"..X..X.."}, 5) == Drawing{"**X**X*."});
  CHECK(best({".X.X."}, 4) == Drawing{"nothing"});
}

TEST_CASE("Accessible and companion seats are kept while ordinary seats suffice") {
  CHECK(best({"..HC..", "......"}, 2) == Drawing{"..HC..", "..**.."});
  CHECK(best({"HHCC", "X.X."}, 2) == Drawing{"HHCC", "X*X*"});
  CHECK(best({"XHCX", "XX.X"}, 2) == Drawing{"X**X", "XX.X"});
  CHECK(best({"HHCC"}, 2) == Drawing{"HH**"});
}

TEST_CASE("A party that needs an accessible seat sits around one, with a companion seat") {
  CHECK(best({"......", "..HC.."}, 1, accessible) == Drawing{"......", "..*C.."});
  CHECK(best({"......", "..HC.."}, 2, accessible) == Drawing{"......", "..**.."});
  CHECK(best({"......", "..H..."}, 2, accessible) == Drawing{"......", "..**.."});
  CHECK(best({"HHCC", "XXXX"}, 2, accessible) == Drawing{"H**C", "XXXX"});
  CHECK(best({"HHCC", "XXXX"}, 3, accessible) == Drawing{"H***", "XXXX"});
  CHECK(best({"HH.X", "XHCX"}, 2, accessible) == Drawing{"HH.X", "X**X"});
  CHECK(best({"....", "hC.."}, 2, accessible) == Drawing{"nothing"});
}

TEST_CASE("A party around an accessible seat is split and scattered around it") {
  CHECK(best({"......", "X..HXX"}, 4, accessible) == Drawing{"..**..", "X.**XX"});
  CHECK(
      best({"XXX..X", "XXXHCX", ".....X"}, 4, accessible) == Drawing{"XXX**X", "XXX**X", ".....X"});
  CHECK(best({"X.XXX", "XXHXX"}, 2, accessible) == Drawing{"X*XXX", "XX*XX"});
}

TEST_CASE("On a map that is not drawn the lowest places are the best") {
  const DrawnHouse house({"X..X..", "X...X."}, 0, 0);
  const auto place_values = [&](std::uint32_t party_size) {
    std::vector<std::uint32_t> values;
    const auto found = best_available(house.map(), house.places(), party_size, {});
    for (const auto place : found.value()) values.push_back(place.value);
    return values;
  };
  CHECK(place_values(2) == std::vector<std::uint32_t>{1, 2});
  CHECK(place_values(3) == std::vector<std::uint32_t>{7, 8, 9});
  CHECK(place_values(4) == std::vector<std::uint32_t>{1, 2, 4, 5});
}

TEST_CASE("Coordinates at the ends of their range do not overflow") {
  CHECK(squared_distance({INT32_MIN, INT32_MIN}, {INT32_MAX, INT32_MAX}) == std::uint64_t{1} << 55);
  CHECK(squared_distance({-3, 4}, {0, 0}) == 25);

  const DrawnHouse house({"..........", "XXXXXXXXXX", "..X..X..X."}, 5, 200'000'000);
  CHECK(best_available(house.map(), house.places(), 10, {}).has_value());
  CHECK(best_available(house.map(), house.places(), 14, {}).has_value());
  CHECK(legal_alternatives(house.map(), house.places(), {{1}, {2}}).size() == 3);
}

namespace {

/// Neighbours as the definition has them, tried one after the other.
struct Tried {
  bool leaves_single = false;
  std::uint64_t distance = 0;
  Place first;
  std::vector<Place> seats;

  [[nodiscard]] auto key() const { return std::tie(leaves_single, distance, first); }
};

bool may_get(const SeatMap& map, Place place, const SeatFilter& filter) {
  const auto& seat = map.seat(place);
  if (seat.traits.accessible || seat.traits.companion || seat.traits.retired) return false;
  if (!filter.sections.empty() && !filter.sections[map.rows()[seat.row].section]) return false;
  return filter.zones.empty() || filter.zones[seat.zone];
}

/// Ordinary free seats of `row` without a free neighbour once `taken` are gone.
std::size_t singles_in(
    const SeatMap& map, const PlaceTable& places, const Row& row, const std::set<Place>& taken) {
  const auto is_open = [&](std::size_t i) {
    return places.is_free(row.seats[i]) && !taken.contains(row.seats[i]);
  };
  std::size_t singles = 0;
  for (std::size_t i = 0; i < row.seats.size(); ++i) {
    const auto& traits = map.seat(row.seats[i]).traits;
    if (!is_open(i) || traits.accessible || traits.companion) continue;
    const bool has_left = i > 0 && is_open(i - 1) && !map.seat(row.seats[i - 1]).traits.aisle_after;
    const bool has_right = i + 1 < row.seats.size() && is_open(i + 1) && !traits.aisle_after;
    if (!has_left && !has_right) ++singles;
  }
  return singles;
}

/// Steps 1 and 2 for a party that needs no accessible seat, by looking at everything.
std::optional<Tried> try_all(
    const DrawnHouse& house, std::uint32_t party_size, const SeatFilter& filter) {
  const auto& map = house.map();
  std::optional<Tried> best;
  for (const auto& row : map.rows()) {
    const auto singles_before = singles_in(map, house.places(), row, {});
    for (std::size_t first = 0; first + party_size <= row.seats.size(); ++first) {
      Tried tried{.leaves_single = false, .distance = 0, .first = row.seats[first], .seats = {}};
      bool is_possible = true;
      for (std::size_t i = first; i < first + party_size; ++i) {
        const auto place = row.seats[i];
        const auto& seat = map.seat(place);
        is_possible &= house.places().is_free(place) && may_get(map, place, filter);
        is_possible &= i + 1 == first + party_size || !seat.traits.aisle_after;
        tried.distance += squared_distance(seat.at, map.focal_point());
        tried.seats.push_back(place);
      }
      if (!is_possible) continue;
      const std::set<Place> taken(tried.seats.begin(), tried.seats.end());
      // A single seat that the party takes is not one that it leaves.
      std::size_t singles_taken = 0;
      if (party_size == 1) {
        const auto others = singles_in(map, house.places(), row, taken);
        singles_taken = others < singles_before ? 1 : 0;
      }
      tried.leaves_single =
          singles_in(map, house.places(), row, taken) + singles_taken > singles_before;
      if (!best || tried.key() < best->key()) best = tried;
    }
  }
  return best;
}

SeatFilter random_filter(std::mt19937_64& random, const SeatMap& map) {
  SeatFilter filter;
  if (random() % 2 == 0) filter.zones = {random() % 2 == 0, random() % 2 == 0};
  if (random() % 3 == 0) {
    for (std::size_t i = 0; i < map.sections().size(); ++i) {
      filter.sections.push_back(random() % 2 == 0);
    }
  }
  return filter;
}

/// People of the party who sit next to nobody of it.
std::size_t people_alone(const SeatMap& map, const std::vector<Place>& party) {
  const std::set<Place> seats(party.begin(), party.end());
  std::size_t alone = 0;
  for (const auto& row : map.rows()) {
    for (std::size_t i = 0; i < row.seats.size(); ++i) {
      if (!seats.contains(row.seats[i])) continue;
      const bool has_left = i > 0 && seats.contains(row.seats[i - 1])
                            && !map.seat(row.seats[i - 1]).traits.aisle_after;
      const bool has_right = i + 1 < row.seats.size() && seats.contains(row.seats[i + 1])
                             && !map.seat(row.seats[i]).traits.aisle_after;
      if (!has_left && !has_right) ++alone;
    }
  }
  return alone;
}

}  // namespace

TEST_CASE("Random small houses: neighbours are the best that trying everything finds") {
  const std::uint64_t seed = 20261120;
  MESSAGE("seed " << seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 4'000; ++round) {
    const auto drawing = random_drawing(random, random() % 90);
    const DrawnHouse house(drawing, static_cast<int>(random() % 12));
    const auto party_size = static_cast<std::uint32_t>(1 + random() % 5);
    const auto filter = random_filter(random, house.map());
    const auto expected = try_all(house, party_size, filter);
    if (!expected) continue;
    INFO("round " << round << ", party of " << party_size << drawing);
    const auto found = best_available(house.map(), house.places(), party_size, filter);
    REQUIRE(found.has_value());
    REQUIRE(house.draw(*found) == house.draw(expected->seats));
    // The rule for hand-picked seats has nothing against what the house picks itself.
    if (!expected->leaves_single) {
      REQUIRE(single_gaps(house.map(), house.places(), *found).empty());
    }
  }
}

TEST_CASE(
    "Random small houses: what is given is free, of the right size, allowed and the same again") {
  const std::uint64_t seed = 77;
  MESSAGE("seed " << seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 6'000; ++round) {
    const auto drawing = random_drawing(random, random() % 95);
    const DrawnHouse house(drawing, static_cast<int>(random() % 12));
    const auto& map = house.map();
    const auto party_size = static_cast<std::uint32_t>(1 + random() % 9);
    auto filter = random_filter(random, map);
    filter.accessible = random() % 3 == 0;
    INFO("round " << round << ", party of " << party_size << drawing);

    const auto found = best_available(map, house.places(), party_size, filter);
    REQUIRE(found.has_value() == (count_matching(map, house.places(), filter) >= party_size));
    REQUIRE(found == best_available(map, house.places(), party_size, filter));
    if (!found) continue;

    REQUIRE(std::set<Place>(found->begin(), found->end()).size() == party_size);
    std::size_t ordinary = 0;
    std::size_t accessible_count = 0;
    for (const auto place : *found) {
      const auto& seat = map.seat(place);
      REQUIRE(house.places().is_free(place));
      REQUIRE(!seat.traits.retired);
      REQUIRE((filter.zones.empty() || filter.zones[seat.zone]));
      REQUIRE((filter.sections.empty() || filter.sections[map.rows()[seat.row].section]));
      ordinary += may_get(map, place, filter) ? 1 : 0;
      accessible_count += seat.traits.accessible ? 1 : 0;
    }
    if (filter.accessible) {
      REQUIRE(accessible_count > 0);
      continue;
    }
    std::size_t ordinary_free = 0;
    for (std::uint32_t i = 0; i < map.seat_count(); ++i) {
      const Place place{i};
      if (house.places().is_free(place) && may_get(map, place, filter)) ++ordinary_free;
    }
    if (ordinary_free >= party_size) REQUIRE(ordinary == party_size);
  }
}

TEST_CASE("Random houses: nobody sits alone while enough seats have a neighbour") {
  const std::uint64_t seed = 4242;
  MESSAGE("seed " << seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 3'000; ++round) {
    auto drawing = random_drawing(random, 40 + random() % 50);
    for (auto& line : drawing) {
      for (auto& drawn : line) {
        if (drawn == 'H' || drawn == 'C') drawn = '.';
      }
    }
    const DrawnHouse house(drawing);
    std::vector<Place> everything;
    for (std::uint32_t i = 0; i < house.map().seat_count(); ++i) {
      if (house.places().is_free({i})) everything.push_back({i});
    }
    const auto with_neighbour = everything.size() - people_alone(house.map(), everything);
    const auto party_size = static_cast<std::uint32_t>(2 + random() % 9);
    INFO("round " << round << ", party of " << party_size << drawing);
    const auto found = best_available(house.map(), house.places(), party_size, {});
    if (!found) continue;
    INFO(house.draw(*found));
    const auto alone = people_alone(house.map(), *found);
    if (with_neighbour < party_size) {
      REQUIRE(alone == party_size - with_neighbour);
    } else {
      REQUIRE(alone <= party_size % 2);
    }
  }
}

TEST_CASE("A party of a hundred is split over a house with gaps, nobody alone") {
  const std::uint64_t seed = 9;
  MESSAGE("seed " << seed);
  std::mt19937_64 random(seed);
  Drawing drawing(60, std::string(80, '.'));
  for (auto& line : drawing) {
    for (auto& drawn : line) {
      if (random() % 3 == 0) drawn = 'X';
    }
  }
  const DrawnHouse house(drawing);
  const auto found = best_available(house.map(), house.places(), 100, {});
  REQUIRE(found.has_value());
  CHECK(found->size() == 100);
  CHECK(people_alone(house.map(), *found) == 0);
}
