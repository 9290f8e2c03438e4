#pragma once

#include "actors/messages.hpp"
#include "actors/shard_parts.hpp"

#include <caf/all.hpp>

#include <cstdint>
#include <optional>

namespace cavea::actors {

/// Keeps the turns of a shard's log for readers, and lets go of those that are old enough.
class TurnKeeper {
 public:
  TurnKeeper(caf::event_based_actor* self, const ShardParts& parts, ShardLog& log)
      : self_(self), parts_(parts), log_(log) {}

  ~TurnKeeper();
  TurnKeeper(const TurnKeeper&) = delete;
  TurnKeeper& operator=(const TurnKeeper&) = delete;

  /// Looks for turns that were kept for long enough, now and then; what is found comes to the actor
  /// as a `KeptSince`. They are let go of in parts.
  void on_tick(engine::Timestamp time, std::int64_t steady);

  void on_found(const KeptSince& kept);

 private:
  void show_kept();
  void show_turns_from(std::uint64_t first, std::optional<engine::Timestamp> oldest);

  caf::event_based_actor* self_;
  const ShardParts& parts_;
  ShardLog& log_;
  bool is_looking_ = false;
  std::int64_t next_look_ms_ = 0;
  engine::Timestamp look_time_;              ///< Wall time of the last look.
  std::optional<engine::Timestamp> oldest_;  ///< As far as it is known.
  std::int64_t shown_ = 0;
};

}  // namespace cavea::actors
