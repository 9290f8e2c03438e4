#include "cluster/placement.hpp"

#include "engine/assert.hpp"

#include <algorithm>
#include <utility>

namespace cavea::cluster {
namespace {

/// The output function of SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number
/// Generators", 2014): a one-to-one mapping of 64 bits in which every bit depends on all.
std::uint64_t mixed(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

std::uint64_t score(engine::ShardId shard, ServerId voter) {
  return mixed(mixed(voter.value) ^ shard.value);
}

}  // namespace

engine::ShardId shard_of(std::string_view id, std::uint16_t shard_count) {
  CAVEA_ASSERT(shard_count > 0);
  return {static_cast<std::uint16_t>(engine::stable_hash(id) % shard_count)};
}

std::vector<ServerId> servers_of(
    engine::ShardId shard, std::span<const ServerId> voters, std::size_t count) {
  std::vector<std::pair<std::uint64_t, ServerId>> scored;
  scored.reserve(voters.size());
  for (const auto voter : voters) scored.emplace_back(score(shard, voter), voter);
  const auto wanted = std::min(count, scored.size());
  // Equal scores are as good as impossible, but the order must not depend on the input then either.
  std::partial_sort(
      scored.begin(),
      scored.begin() + static_cast<std::ptrdiff_t>(wanted),
      scored.end(),
      [](const auto& a, const auto& b) { return a > b; });
  std::vector<ServerId> chosen;
  chosen.reserve(wanted);
  for (std::size_t i = 0; i < wanted; ++i) chosen.push_back(scored[i].second);
  return chosen;
}

}  // namespace cavea::cluster
