#pragma once

#include "engine/ids.hpp"
#include "engine/webhook.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

namespace cavea::engine {

namespace limits {

/// Events of a lane that wait for a repetition; when there are more, nothing new is tried.
inline constexpr std::size_t webhook_parked_max = 64;

/// How long an event is tried, from its first attempt on, before it is given up.
inline constexpr Duration webhook_tried_for{24 * 3'600'000LL};

/// How long an answer that says when to come again is believed.
inline constexpr Duration webhook_retry_after_max{4 * 3'600'000LL};

}  // namespace limits

/// How long the repetition after so many failures in a row waits: 5 s, 30 s, 2 min, 10 min, 30 min,
/// 1 h, 2 h, then every 4 h. `spread`, -1 to 1, moves it by up to a fifth, so that what failed
/// together does not come back together.
[[nodiscard]] Duration webhook_wait(std::uint32_t failures, double spread);

/// An event that failed and is tried again, or that must not be sent before one that did.
struct ParkedEvent {
  WebhookEvent event;
  Timestamp at;               ///< When it happened.
  std::uint64_t subject = 0;  ///< Stands for the offering or venue.
  std::uint32_t attempts = 0;
  Timestamp first_at;  ///< Of the attempts; meaningless without any.
  Timestamp next_at;

  bool operator==(const ParkedEvent&) const = default;
};

/// How far a log was read: all entries up to `index`, and of the next one some events.
struct WebhookPlace {
  std::uint64_t index = 0;
  std::uint32_t events = 0;

  auto operator<=>(const WebhookPlace&) const = default;
};

/// How far one webhook was told what happened in one shard. Kept as one record together with what
/// became of each event, so that after a crash at any moment nothing is missing.
///
/// Events of one offering go out in their order: while one is parked, later ones of the same
/// offering are parked behind it, and others go on. While the last attempts failed, whichever, one
/// event at a time is tried, with growing pauses: a server that is down is not stormed.
struct WebhookLane {
  std::uint64_t replays = 0;        ///< Of the webhook, as it was followed here.
  std::uint64_t runs = 0;           ///< The same.
  WebhookPlace place;               ///< Events before it are delivered, given up or parked.
  std::vector<ParkedEvent> parked;  ///< In the order of the log.
  std::uint32_t failures = 0;       ///< In a row, of the lane.
  Timestamp next_at;                ///< While there are: not before is anything tried.
  Timestamp failing_since;          ///< While there are: the first of them.

  bool operator==(const WebhookLane&) const = default;

  [[nodiscard]] bool is_parked(std::uint64_t subject) const;

  [[nodiscard]] bool is_full() const { return parked.size() >= limits::webhook_parked_max; }

  /// The first parked event whose repetition is due and that none of its offering is in front of;
  /// null: none. Those of `under_way` are not due, and others of their offerings behind them.
  [[nodiscard]] const ParkedEvent* due(
      Timestamp now, const std::set<WebhookEvent>& under_way = {}) const;

  /// When `due` or a new event may be tried; nothing: at once, as far as the lane knows.
  [[nodiscard]] std::optional<Timestamp> next_due() const;

  /// Puts an event behind one of its offering that failed.
  void park(ParkedEvent event);

  void succeed(const WebhookEvent& event, Timestamp now);

  /// What becomes of an event after an attempt that failed; it is parked, or given up.
  struct Failed {
    bool is_given_up = false;
    std::uint32_t attempts = 0;
    Timestamp next_at;  ///< Of one that is not.
  };

  /// `retry_after`: as the other side asked. An event that is not parked yet is.
  Failed fail(ParkedEvent event, Timestamp now, double spread, std::optional<Duration> retry_after);

  /// A parked event that nobody can read any more.
  void forget(const WebhookEvent& event);

  /// Everything that is parked is due, and nothing failed so far.
  void try_at_once(Timestamp now);

  /// The same, and the day in which each is tried begins anew.
  void begin_again(Timestamp now);

  /// Whether every attempt failed for so long that the webhook is given up.
  [[nodiscard]] bool has_failed_too_long(Timestamp now) const;
};

}  // namespace cavea::engine
