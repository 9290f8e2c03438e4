#pragma once

#include "engine/command_bus.hpp"
#include "http/limits.hpp"
#include "http/probe.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace cavea::http {

class SeatFeed;

/// Somebody who watches the seats of a performance. Told that there is news, it pulls as much as it
/// can write, when it can write: nothing is queued for it. Whoever falls too far behind gets a
/// snapshot.
class FeedViewer {
 public:
  virtual ~FeedViewer() = default;

  /// There is something to pull (or nothing new, but the feed is alive). Must not join or leave for
  /// another viewer.
  virtual void on_feed_news() = 0;

  /// There is no such feed; the viewer is not part of it any more. Comes before any news or never.
  virtual void on_feed_refused(const engine::Refusal& refusal) = 0;

 protected:
  FeedViewer() = default;
  FeedViewer(const FeedViewer&) = default;
  FeedViewer& operator=(const FeedViewer&) = default;

 private:
  friend class SeatFeed;
  friend class SeatFeeds;

  SeatFeed* feed_ = nullptr;
  std::size_t position_in_feed_ = 0;
  std::uint64_t next_delta_ = 0;  ///< Number of the delta to pull next.
  engine::Version last_seen_;     ///< What it had when it joined.
  bool needs_snapshot_ = false;
  bool must_fetch_map_ = false;
};

/// What a viewer is to write.
struct FeedNews {
  /// To be written after `text` was; null: nothing. Shared by all viewers of that version.
  std::shared_ptr<const std::string> snapshot;
  bool has_ended = false;  ///< Nothing will follow: close.
};

/// The current states of one performance and its recent deltas, as text.
class SeatFeed {
 public:
  explicit SeatFeed(const engine::OfferingId& offering) : offering_(offering) {}

  enum class State : std::uint8_t {
    waiting = 0,  ///< Subscribed, the first snapshot has not come.
    live = 1,
    lost = 2,     ///< The subscription ended, it has to be made again.
    refused = 3,  ///< There is no such feed; it goes with the next tick.
    ended = 4,    ///< The performance is gone.
  };

  [[nodiscard]] State state() const noexcept { return state_; }

  void add(FeedViewer& viewer, engine::Version last_seen);
  void remove(FeedViewer& viewer) noexcept;

  /// Appends what the viewer has to be told to `text`, up to a bound.
  [[nodiscard]] FeedNews pull(FeedViewer& viewer, std::string& text, Probe& probe);

  /// These return true when the subscription has to be made anew.
  [[nodiscard]] bool on_snapshot(const engine::SeatsView& view);
  [[nodiscard]] bool on_delta(const engine::SeatDelta& delta);
  void on_refusal(const engine::Refusal& refusal);

  /// A subscription was asked for.
  void on_subscribed() noexcept;

 private:
  friend class SeatFeeds;

  struct Delta {
    engine::Version previous;
    std::string text;
  };

  void place(FeedViewer& viewer);
  void tell_all();
  void forget_deltas();

  [[nodiscard]] std::uint64_t end_of_deltas() const noexcept {
    return first_delta_ + deltas_.size();
  }

  engine::OfferingId offering_;
  State state_ = State::waiting;
  engine::Version version_;
  engine::DefinitionRef definition_;  ///< Null: no snapshot ever came.
  std::vector<engine::PlaceState> states_;
  std::deque<Delta> deltas_;
  std::uint64_t first_delta_ = 0;  ///< Number of the oldest delta that is kept.
  std::size_t delta_bytes_ = 0;
  std::shared_ptr<const std::string> snapshot_text_;  ///< Of `version_`; made when first needed.
  std::string end_reason_;
  std::vector<FeedViewer*> viewers_;
  std::chrono::steady_clock::time_point empty_since_;
  bool map_has_changed_ = false;
};

/// All feeds of one I/O thread: one subscription of the bus for each, however many viewers there
/// are. Not thread-safe.
class SeatFeeds {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// `sink` is what the bus publishes to; whoever owns it hands items to `publish`.
  SeatFeeds(
      engine::CommandBus& bus,
      engine::AnswerSink& sink,
      Probe& probe,
      std::chrono::milliseconds linger_time)
      : bus_(bus), sink_(sink), probe_(probe), linger_time_(linger_time) {}

  /// The viewer must leave before it dies. May tell it news or a refusal at once.
  void join(FeedViewer& viewer, const engine::OfferingId& offering, engine::Version last_seen);

  /// Does nothing when it is in no feed.
  void leave(FeedViewer& viewer, TimePoint now);

  [[nodiscard]] FeedNews pull(FeedViewer& viewer, std::string& text);

  void publish(const engine::OfferingId& offering, const engine::FeedItem& item);

  /// Drops feeds that nobody watches, subscribes again where a subscription was lost.
  void tick(TimePoint now);

  /// Ends every subscription; there must be no viewers.
  void clear();

  [[nodiscard]] std::size_t feed_count() const noexcept { return feeds_.size(); }

 private:
  void subscribe(SeatFeed& feed);
  void subscribe_anew(SeatFeed& feed);

  engine::CommandBus& bus_;
  engine::AnswerSink& sink_;
  Probe& probe_;
  std::chrono::milliseconds linger_time_;
  std::unordered_map<engine::OfferingId, std::unique_ptr<SeatFeed>> feeds_;
};

}  // namespace cavea::http
