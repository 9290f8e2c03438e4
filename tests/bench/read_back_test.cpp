#include "bench/load/read_back.hpp"

#include <doctest/doctest.h>

namespace cavea::bench {
namespace {

engine::ReservationId id(std::uint64_t number) {
  return {.high = 1, .low = number};
}

TEST_CASE("All that was acknowledged is there, and nothing else") {
  const auto result = compare({id(3), id(1), id(2)}, {id(2), id(3), id(1)});
  CHECK(result.acknowledged == 3);
  CHECK(result.verified == 3);
  CHECK(result.is_right());
}

TEST_CASE("A lost, an unknown and a repeated reservation are each noticed") {
  CHECK(compare({id(1), id(2)}, {id(1)}).missing == 1);
  CHECK(compare({id(1)}, {id(1), id(2)}).unexpected == 1);
  const auto repeated = compare({id(1), id(1)}, {id(1)});
  CHECK(repeated.repeated == 1);
  CHECK(repeated.missing == 0);
  CHECK_FALSE(repeated.is_right());
}

}  // namespace
}  // namespace cavea::bench
