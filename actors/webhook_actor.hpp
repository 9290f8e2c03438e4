#pragma once

#include "actors/webhook_book.hpp"
#include "actors/webhook_follower.hpp"

#include <caf/all.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace cavea::actors {

/// The name under which the log is kept for webhooks.
inline constexpr const char* webhook_consumer = "webhooks";

/// What was kept of a webhook in the shard.
struct KeptLane {
  engine::WebhookId id;
  engine::WebhookLane lane;
};

/// Sends webhooks what happened in a shard: has a follower for each, holds the log for them, and
/// clears away what is left of those that were deleted.
class WebhookState {
 public:
  /// Something that goes on for a webhook; token 0: whatever it began anew meanwhile.
  struct Stepped {
    engine::WebhookId id;
    std::uint64_t token = 0;
    WebhookFollower::Step step;
  };

  struct Floor {
    std::uint64_t index = 0;
  };

  /// All that was given away to be kept of a deleted one is kept.
  struct Settled {
    engine::WebhookId id;
  };

  struct Cleared {
    engine::WebhookId id;
    bool is_done = false;
  };

  WebhookState(
      caf::event_based_actor* self,
      std::shared_ptr<const WebhookParts> parts,
      const std::vector<KeptLane>& kept);

  void on_list(const WebhookBook::List& list);
  void on_step(const Stepped& stepped);
  void on_floor(Floor floor);
  void on_settled(const Settled& settled);
  void on_cleared(const Cleared& cleared);
  void on_tick();

 private:
  void clear(const engine::WebhookId& id);
  void look_for_floor();
  void hold();

  caf::event_based_actor* self_;
  std::shared_ptr<const WebhookParts> parts_;
  std::map<engine::WebhookId, engine::WebhookLane> kept_;  ///< As the node found them.
  std::map<engine::WebhookId, std::unique_ptr<WebhookFollower>> followers_;
  std::set<engine::WebhookId> clearing_;      ///< Deleted, and not all of it gone yet.
  std::vector<engine::WebhookId> uncleared_;  ///< Of those, at the next look.
  std::uint64_t floor_ = 0;  ///< Entries up to it are too old to be kept for webhooks.
  std::int64_t next_floor_look_ms_ = 0;
};

/// Holds the log for what the lanes of a shard need as far as the state has them, whoever of them
/// is enabled; before the node opens its shards, which let go of what nobody holds.
void hold_for_webhooks(const WebhookParts& parts);

/// The lanes of a shard, as they are in the state.
[[nodiscard]] std::vector<KeptLane> read_lanes(const WebhookParts& parts);

caf::behavior webhook_actor(
    caf::stateful_actor<std::unique_ptr<WebhookState>>* self,
    std::shared_ptr<const WebhookParts> parts,
    std::shared_ptr<const std::vector<KeptLane>> kept);

}  // namespace cavea::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::shared_ptr<const cavea::actors::WebhookParts>)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::shared_ptr<const std::vector<cavea::actors::KeptLane>>)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::WebhookBook::List)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::WebhookState::Stepped)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::WebhookState::Floor)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::WebhookState::Settled)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::WebhookState::Cleared)
