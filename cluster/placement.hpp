#pragma once

#include "cluster/types.hpp"
#include "engine/ids.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace cavea::cluster {

/// Servers that hold a copy of a shard, where there are that many.
inline constexpr std::size_t replicas_per_shard = 3;

/// The shard on which an offering, a venue or a user's page lives for life:
/// `engine::stable_hash(id) mod shard_count`, FNV-1a with 64 bits finished by MurmurHash3's
/// `fmix64`. Data on disk lies where this function said, so it must never change. `shard_count` is
/// fixed when a cluster is created and at least 1.
[[nodiscard]] engine::ShardId shard_of(std::string_view id, std::uint16_t shard_count);

/// The servers that hold `shard`, at most `count`, the one that should lead first. Rendezvous
/// hashing (Thaler and Ravishankar, "Using Name-Based Mappings to Increase Hit Rates", 1998): every
/// voter gets a score for the shard and the highest win, so that a voter that comes or goes moves
/// only the copies it takes or held. The order of `voters` does not matter; they are distinct.
[[nodiscard]] std::vector<ServerId> servers_of(
    engine::ShardId shard,
    std::span<const ServerId> voters,
    std::size_t count = replicas_per_shard);

}  // namespace cavea::cluster
