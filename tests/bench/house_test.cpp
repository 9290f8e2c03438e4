#include "bench/load/house.hpp"

#include <doctest/doctest.h>

namespace cavea::bench {
namespace {

TEST_CASE("A house has the seats that were asked for, each with a label of its own") {
  const House house(120);
  CHECK(house.seat_count() == 120);
  CHECK(house.label(0) == "stalls-1-1");
  CHECK(house.label(119) == "stalls-3-20");
  CHECK(house.seat_of("stalls-2-1") == 50);
  CHECK(house.seat_of("stalls-9-1") == house.seat_count());
  CHECK(house.seat_map()["sections"][0]["rows"].size() == 3);
  CHECK(house.seat_map()["sections"][0]["rows"][2]["seats"].size() == 20);
  CHECK(house.seat_map()["zones"][0]["id"] == "all");
}

TEST_CASE("Parties sit in one row, near the focal point mostly") {
  const House house(10'000);
  Random random(11);
  int in_front = 0;
  constexpr int picks = 10'000;
  for (int i = 0; i < picks; ++i) {
    const auto party = 1 + static_cast<std::uint32_t>(random.below(4));
    const auto first = house.pick(party, random);
    REQUIRE(first + party <= house.seat_count());
    CHECK(first / House::row_length == (first + party - 1) / House::row_length);
    if (first < 20 * House::row_length) ++in_front;
  }
  CHECK(in_front > picks * 8 / 10);
}

TEST_CASE("The same seed picks the same seats") {
  const House house(500);
  Random one(5);
  Random two(5);
  for (int i = 0; i < 100; ++i) CHECK(house.pick(2, one) == house.pick(2, two));
}

TEST_CASE("A house with fewer seats than a party has does not make it look outside") {
  const House house(2);
  Random random(1);
  CHECK(house.pick(4, random) == 0);
}

}  // namespace
}  // namespace cavea::bench
