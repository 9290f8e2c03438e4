#pragma once

#include "actors/change_page.hpp"
#include "actors/probe.hpp"
#include "actors/reads.hpp"
#include "actors/record_table.hpp"
#include "actors/shard_changes.hpp"
#include "actors/swept_reservations.hpp"
#include "actors/turn_feed.hpp"
#include "engine/change_sink.hpp"
#include "engine/changes.hpp"

#include <caf/all.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cavea::actors {

/// What those who send to the sink work with. Everything outlives them.
struct SinkParts {
  ShardOfData of;
  /// The last entry that the sink has, as it was kept; nothing: it begins with the oldest there is.
  std::optional<std::uint64_t> position;
  engine::ChangeSink* sink = nullptr;
  std::function<void(std::string& out, const engine::ChangeEvent& event)> write;
  const persistence::StateReader* reader = nullptr;
  Reads* reads = nullptr;
  SweptReservations* swept = nullptr;
  TurnFeed* feed = nullptr;
  ActorsProbe* probe = nullptr;
  std::atomic<std::int64_t>* waiting = nullptr;  ///< Works of the shard on their way.
  std::function<void(KeepRecords)> keep;         ///< In its shard.
};

/// The name under which the actor's position is kept.
inline constexpr const char* sink_consumer = "sink";

/// Sends all that happened in one shard to the sink, one batch after the other: what follows in the
/// log is read when the sink has what came before, so that events keep their order. How far it is
/// is kept in the log now and then; after a crash what was sent since is sent again.
///
///   log --read (reader thread)--> batch --ChangeSink--> taken: position --keep--> shard
///                                                       else the same batch again, after a pause
class SinkState {
 public:
  SinkState(caf::event_based_actor* self, std::shared_ptr<const SinkParts> parts);
  ~SinkState();
  SinkState(const SinkState&) = delete;
  SinkState& operator=(const SinkState&) = delete;

  /// What was read of the log.
  struct Page {
    std::vector<engine::SinkEvent> events;
    engine::ChangesPosition next;
    bool has_more = false;
    bool is_cut = false;  ///< Older events were not kept.
  };

  struct Sent {
    engine::SinkResult result;
  };

  struct PlaceKept {
    std::uint64_t index = 0;
    bool is_kept = false;
  };

  void go_on();
  void on_page(Page page);
  void send();
  void on_sent(const Sent& sent);
  void on_more();
  void on_kept(PlaceKept kept);
  void on_tick();

 private:
  enum class Doing : std::uint8_t { nothing, reading, sending, waiting };

  [[nodiscard]] static Page read_page(
      const SinkParts& parts,
      const persistence::StateReader& reader,
      const engine::ChangesPosition& after);
  void wait_for_more();
  void keep_place();
  void show();

  [[nodiscard]] std::uint64_t done() const { return place_in(place_, parts_->of.shard).index; }

  caf::event_based_actor* self_;
  std::shared_ptr<const SinkParts> parts_;
  Doing doing_ = Doing::nothing;
  engine::ChangesPosition place_;  ///< All before it was taken.
  Page page_;                      ///< On its way.
  unsigned tries_ = 0;             ///< Of it, that failed.
  std::int64_t next_log_ms_ = 0;
  std::int64_t last_read_ms_ = INT64_MIN / 2;
  bool is_new_;              ///< It has not read anything, ever.
  bool has_sent_ = false;    ///< Since the place was kept.
  bool is_keeping_ = false;  ///< The place.
  std::uint64_t kept_;
  std::int64_t last_kept_ms_;
  std::int64_t shown_ = 0;
};

caf::behavior sink_actor(
    caf::stateful_actor<std::unique_ptr<SinkState>>* self, std::shared_ptr<const SinkParts> parts);

}  // namespace cavea::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::SinkState::Page)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::SinkState::Sent)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::SinkState::PlaceKept)
