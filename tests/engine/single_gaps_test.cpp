#include "engine/single_gaps.hpp"

#include "engine/limits.hpp"
#include "tests/engine/drawn_house.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

using namespace cavea::engine;
using cavea::engine::testing::Drawing;
using cavea::engine::testing::DrawnHouse;
using cavea::engine::testing::random_drawing;

namespace {

/// The house with `*` on the seats that `picks` leaves alone.
Drawing gaps(const Drawing& drawing, const Drawing& picks) {
  const DrawnHouse house(drawing);
  return house.draw(single_gaps(house.map(), house.places(), house.marked(picks)));
}

/// Whether `picks` may be taken.
bool is_legal(const Drawing& drawing, const Drawing& picks) {
  return gaps(drawing, picks) == drawing;
}

/// The house with each alternative to `picks`.
std::vector<Drawing> alternatives(const Drawing& drawing, const Drawing& picks) {
  const DrawnHouse house(drawing);
  std::vector<Drawing> result;
  for (const auto& selection :
       legal_alternatives(house.map(), house.places(), house.marked(picks))) {
    result.push_back(house.draw(selection));
  }
  return result;
}

}  // namespace

TEST_CASE("A seat left alone between picked and taken seats, at an end or an aisle is a gap") {
  CHECK(gaps({"......"}, {".**..."}) == Drawing{"*....."});
  CHECK(gaps({"......"}, {"...**."}) == Drawing{".....*"});
  CHECK(gaps({"X.....X"}, {"X.**..X"}) == Drawing{"X*....X"});
  CHECK(gaps({"......"}, {"*.*..."}) == Drawing{".*...."});
  CHECK(gaps({"...|..."}, {"*.*|..."}) == Drawing{"...|..."});
  CHECK(gaps({"....|..."}, {"..*.|..."}) == Drawing{"...*|..."});
  CHECK(gaps({"....", "...."}, {".*..", "..*."}) == Drawing{"*...", "...*"});
  CHECK(gaps({"....."}, {".***."}) == Drawing{"*...*"});
}

TEST_CASE("What leaves nothing, or at least two seats together, is legal") {
  CHECK(is_legal({"......"}, {"**...."}));
  CHECK(is_legal({"......"}, {"..**.."}));
  CHECK(is_legal({"......"}, {"******"}));
  CHECK(is_legal({"......"}, {"*....*"}));
  CHECK(is_legal({"..|...."}, {"..|**.."}));
  CHECK(is_legal({"....|.."}, {"....|**"}));
}

TEST_CASE("A seat that was alone before is nobody's fault") {
  CHECK(is_legal({".X...."}, {".X**.."}));
  CHECK(is_legal({".|...."}, {".|**.."}));
  CHECK(is_legal({"X.X.X"}, {"X*X.X"}));
}

TEST_CASE("The last seats of a block may leave one, whichever it is") {
  CHECK(is_legal({"X..X"}, {"X*.X"}));
  CHECK(is_legal({"X...X"}, {"X**.X"}));
  CHECK(is_legal({"X...X"}, {"X*.*X"}));
  CHECK(is_legal({"...|...."}, {".**|...."}));
  // One of three could sit at an end and leave two together.
  CHECK(gaps({"X...X"}, {"X.*.X"}) == Drawing{"X*.*X"});
}

TEST_CASE("Accessible and companion seats may stay alone, and who takes one is never refused") {
  CHECK(is_legal({"H....."}, {"H**..."}));
  CHECK(is_legal({"C....."}, {"C**..."}));
  CHECK(is_legal({"..HC.."}, {"..**.."}));
  CHECK(is_legal({".HC..."}, {".**..."}));
  CHECK(is_legal({".HC..."}, {".*...."}));
  CHECK(gaps({".....H"}, {".*...H"}) == Drawing{"*....H"});
  // Only in the block in which it is.
  CHECK(gaps({"HC.", "...."}, {"**.", ".*.."}) == Drawing{"HC.", "*..."});
}

TEST_CASE(
    "A seat on offer to somebody else is a neighbour: other zones count, retired seats do not") {
  CHECK(is_legal({"..oo"}, {"..**"}));
  CHECK(is_legal({"X.ooX"}, {"X..*X"}));
  CHECK(gaps({"oo.."}, {"oo*."}) == Drawing{"oo.*"});
  CHECK(gaps({"...R"}, {".*.R"}) == Drawing{"*.*R"});
}

TEST_CASE("Alternatives are the nearest legal selections, shifted, in other blocks or other rows") {
  CHECK(
      alternatives({"......"}, {".**..."})
      == std::vector<Drawing>{{"**...."}, {"..**.."}, {"....**"}});
  CHECK(
      alternatives({"X...X", "X..XX"}, {"X.*.X", "X..XX"})
      == std::vector<Drawing>{{"X*..X", "X..XX"}, {"X..*X", "X..XX"}});
  CHECK(
      alternatives({"....XX", "XXXXXX", "..XXXX"}, {".**.XX", "XXXXXX", "..XXXX"})
      == std::vector<Drawing>{
          {"**..XX", "XXXXXX", "..XXXX"},
          {"..**XX", "XXXXXX", "..XXXX"},
          {"....XX", "XXXXXX", "**XXXX"}});
  CHECK(alternatives({"......"}, {"**...."}).empty());
}

TEST_CASE("Alternatives stay in the price zone and off accessible seats") {
  CHECK(
      alternatives({"oo....", "oooooo"}, {"oo..*.", "oooooo"})
      == std::vector<Drawing>{{"oo.*..", "oooooo"}, {"oo...*", "oooooo"}, {"oo*...", "oooooo"}});
  CHECK(
      alternatives({"oooo..", "......"}, {"o*oo..", "......"})
      == std::vector<Drawing>{{"*ooo..", "......"}, {"oo*o..", "......"}, {"ooo*..", "......"}});
  CHECK(alternatives({"....HC"}, {".**.HC"}) == std::vector<Drawing>{{"**..HC"}, {"..**HC"}});
}

TEST_CASE("What is legal of a selection stays, only the rest moves") {
  CHECK(
      alternatives({"....|....."}, {"**..|.*..."})
      == std::vector<Drawing>{{"**..|*...."}, {"**..|..*.."}, {"**..|....*"}});
}

TEST_CASE("Where the moved seats find no room together, each block's seats move on their own") {
  CHECK(alternatives({"...X", "...X"}, {".*.X", ".*.X"}) == std::vector<Drawing>{{"*..X", "*..X"}});
}

TEST_CASE("Random small houses: gaps are what the rule says, alternatives are legal and free") {
  const std::uint64_t seed = 31;
  MESSAGE("seed " << seed);
  std::mt19937_64 random(seed);
  std::size_t refused = 0;
  std::size_t with_alternatives = 0;
  for (int round = 0; round < 8'000; ++round) {
    const auto drawing = random_drawing(random, random() % 80);
    const DrawnHouse house(drawing);
    const auto& map = house.map();
    std::vector<Place> selection;
    for (std::uint32_t i = 0; i < map.seat_count(); ++i) {
      if (house.places().is_free({i}) && random() % 4 == 0) selection.push_back({i});
    }
    if (selection.empty()) continue;
    INFO("round " << round << drawing << "\npicks" << house.draw(selection));

    auto after = house;
    after.places().take({1, 1}, {1}, selection, {});
    const auto found = single_gaps(map, house.places(), selection);
    for (const auto place : found) {
      REQUIRE(after.places().is_free(place));
      REQUIRE(!map.seat(place).traits.accessible);
      // Whoever takes the seat left alone later leaves nothing behind.
      REQUIRE(single_gaps(map, after.places(), {place}).empty());
    }
    refused += found.empty() ? 0 : 1;

    const auto offers = legal_alternatives(map, house.places(), selection);
    REQUIRE(offers == legal_alternatives(map, house.places(), selection));
    REQUIRE(offers.size() <= limits::alternatives_max);
    if (found.empty()) REQUIRE(offers.empty());
    with_alternatives += offers.empty() ? 0 : 1;
    for (const auto& offer : offers) {
      INFO(house.draw(offer));
      REQUIRE(std::set<Place>(offer.begin(), offer.end()).size() == selection.size());
      REQUIRE(offer.size() == selection.size());
      REQUIRE(std::is_sorted(offer.begin(), offer.end()));
      for (const auto place : offer) REQUIRE(house.places().is_free(place));
      REQUIRE(single_gaps(map, house.places(), offer).empty());
    }
  }
  CHECK(refused > 1'000);
  CHECK(with_alternatives > refused / 2);
}
