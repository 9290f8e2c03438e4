#include "cluster/raft_version.hpp"

#include <doctest/doctest.h>

namespace cavea::cluster {

TEST_CASE("the consensus library that runs is fit") {
  CHECK(raft_version_number() >= 2200);
  CHECK_FALSE(raft_version_fault().has_value());
}

TEST_CASE("a version that loses acknowledged entries is refused with what to do") {
  const auto fault = raft_version_fault(1500);
  REQUIRE(fault.has_value());
  CHECK(fault->find("0.15.0") != std::string::npos);
  CHECK(fault->find("bookworm-backports") != std::string::npos);
  CHECK(raft_version_fault(2199).has_value());
  CHECK_FALSE(raft_version_fault(2200).has_value());
}

TEST_CASE("a version whose memory rules nobody checked is refused") {
  CHECK_FALSE(raft_version_fault(2299).has_value());
  CHECK(raft_version_fault(2300).has_value());
  CHECK(raft_version_fault(10000)->find("1.0.0") != std::string::npos);
}

}  // namespace cavea::cluster
