#pragma once

#include "engine/ids.hpp"

#include <cstdint>
#include <vector>

namespace cavea::engine {

/// What a node is for a shard just now.
enum class ShardRole : std::uint8_t {
  follower = 1,
  candidate = 2,  ///< Wants to be elected.
  leader = 3,     ///< Elected; commands are taken once `is_open`.
};

/// What a member of a shard may do: a spare only keeps the log, a standby is brought all of it, and
/// a voter counts for what is committed.
enum class MemberRole : std::uint8_t { standby = 0, voter = 1, spare = 2 };

/// A node that has a copy of a shard, or is to get one.
struct ShardMember {
  std::uint64_t server = 0;
  MemberRole role = MemberRole::spare;
  std::uint64_t match = 0;  ///< As the leader knows: up to there its log is on its disk; else 0.

  bool operator==(const ShardMember&) const = default;
};

/// How one node sees a shard.
struct ShardStatus {
  ShardId shard;
  ShardRole role = ShardRole::follower;
  bool is_open = false;      ///< Takes commands.
  std::uint64_t leader = 0;  ///< Server; 0: not known.
  std::uint64_t term = 0;
  std::uint64_t last = 0;     ///< Index of the newest entry of the log.
  std::uint64_t commit = 0;   ///< Of the newest that is committed, as far as is known here.
  std::uint64_t applied = 0;  ///< Of the newest of which the changes are in the state.
  std::vector<ShardMember> members;

  bool operator==(const ShardStatus&) const = default;
};

}  // namespace cavea::engine
