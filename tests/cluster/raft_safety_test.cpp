#include "tests/cluster/raft_safety_cases.h"

#include <doctest/doctest.h>

namespace cavea::cluster {

TEST_CASE("the linked library does not commit entries of earlier terms by counting copies") {
  const auto verdict = raft_safety_figure8();
  CHECK(verdict.was_played);
  CHECK_FALSE(verdict.was_violated);
}

TEST_CASE("the linked library does not acknowledge entries that the leader never compared") {
  const auto verdict = raft_safety_stale_acknowledgement();
  CHECK(verdict.was_played);
  CHECK_FALSE(verdict.was_violated);
}

}  // namespace cavea::cluster
