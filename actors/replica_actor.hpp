#pragma once

#include "actors/messages.hpp"
#include "actors/shard_parts.hpp"
#include "actors/turn_keeper.hpp"

#include <caf/all.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace cavea::actors {

/// A shard on this node while it does not lead there: takes in what the leader sends, and brings
/// the state up to it. Once it is elected, and the state has all that the log had then, the log
/// goes to an actor that leads (`ShardState`), which gives it back when the lead is lost. Whatever
/// one term's leader had in memory is gone with its actor: crash is the only rollback.
class ReplicaState {
 public:
  ReplicaState(
      caf::event_based_actor* self, const ShardParts& parts, std::shared_ptr<ShardLog> log);

  /// `is_new`: the log is to be opened from the store first.
  void on_open(bool is_new);
  void on_inbox();
  void on_peer(const cluster::Message& message);
  void on_persisted(std::uint64_t number);
  void on_settled(std::uint64_t number);
  void on_kept_since(const KeptSince& kept);
  void on_copy_came(CopyCame came);
  void on_copy_stored(const CopyStored& stored);
  void on_tick();

  /// True: this actor leads from now on.
  [[nodiscard]] bool on_recovered(std::uint64_t term);

  [[nodiscard]] std::shared_ptr<ShardLog> log() const { return log_; }

 private:
  void refuse(Work& work);
  void look_for_copy();
  void fetch(std::string from);
  void end_message();
  void fail(const std::string& reason) const;

  caf::event_based_actor* self_;
  const ShardParts& parts_;
  std::shared_ptr<ShardLog> log_;
  TurnKeeper keeper_;
  std::optional<cluster::ServerId> copies_from_;  ///< While a copy of the state is fetched.
  std::uint64_t copy_ = 0;                        ///< Its number.
  bool is_copying_ = false;  ///< What is there of the state is from a copy that has not ended.
  std::int64_t copy_fails_at_ms_ = 0;  ///< Nothing came of it until then.
  std::int64_t next_copy_ms_ = 0;
  std::optional<std::uint64_t> opens_term_;  ///< The state is on its way to what is led from.
};

/// Follows who leads the shard, with its log; `is_new`: that is still to be opened.
caf::behavior replica_actor(
    caf::stateful_actor<std::unique_ptr<ReplicaState>>* self,
    std::shared_ptr<const ShardParts> parts,
    std::shared_ptr<ShardLog> log,
    bool is_new);

/// What an actor does that gave the log away: the journal and other nodes may still speak to it.
[[nodiscard]] caf::behavior hands_on(ShardHolder* holder);

}  // namespace cavea::actors
