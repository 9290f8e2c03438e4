#include "cluster/raft_version.hpp"

#include "cluster/raft_shim.h"

namespace cavea::cluster {
namespace {

constexpr int version_min = 22'00;
constexpr int version_end = 23'00;

}  // namespace

int raft_version_number() {
  return cavea_raft_version_number();
}

std::string raft_version_text(int number) {
  return std::to_string(number / 10'000) + '.' + std::to_string(number / 100 % 100) + '.'
         + std::to_string(number % 100);
}

std::optional<std::string> raft_version_fault(int number) {
  const auto found = "libraft (cowsql raft) is version " + raft_version_text(number);
  if (number < version_min) {
    return found
           + ", which can lose reservations that were acknowledged; build with libraft-dev 0.22.1 "
             "from bookworm-backports or Debian 13";
  }
  if (number >= version_end) {
    return found
           + ", with which Cavea was not tested: its memory rules changed after 0.22.1; build with "
             "libraft-dev 0.22.1";
  }
  return std::nullopt;
}

}  // namespace cavea::cluster
