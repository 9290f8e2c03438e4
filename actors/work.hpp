#pragma once

#include "actors/diary_turn.hpp"
#include "actors/probe.hpp"
#include "actors/record_table.hpp"
#include "engine/command_bus.hpp"
#include "engine/decide.hpp"
#include "persistence/turn.hpp"

#include <caf/intrusive_ptr.hpp>
#include <caf/ref_counted.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

namespace cavea::actors {

/// A shard's own wish to an offering: nobody waits for an answer.
struct InternalRequest {
  engine::OfferingId offering;
  engine::OfferingCommand command;
};

/// A saga's own: something was answered or a deadline came.
struct SagaHeard {
  engine::ReservationId saga;
};

/// Everything that can travel through a shard to an offering and back.
using WorkItem = std::variant<
    engine::CommandRequest,
    InternalRequest,
    SagaHeard,
    KeepRecords,
    engine::GetSeats,
    engine::Subscribe,
    engine::Unsubscribe>;

/// What is read once the change is in the state, to answer with it.
struct ReadReservation {
  engine::ReservationId id;
  bool replayed = false;
  bool as_leg = false;  ///< For the saga that carries it: not the saga, but what it carries.
};

/// The same for a wish for places.
struct ReadWaiting {
  engine::WaitingId id;
};

/// One request on its way: io thread, shard, offering, shard, journal, io thread. Exactly one actor
/// holds it at a time. If it is dropped (its actor died), its destructor answers `outcome_unknown`,
/// so that nobody waits for ever.
struct Work : caf::ref_counted {
  Work(WorkItem what, engine::ReturnAddress to, std::atomic<std::int64_t>& waiting_count);
  ~Work() override;

  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

  WorkItem item;
  engine::ReturnAddress back;
  std::optional<engine::ShardId> home;  ///< Another shard looks for its key first; then here.
  std::uint64_t key_new_at_us = 0;      ///< When its key was new to the node; 0: it may not be.
  engine::AnswerSink* subscriber = nullptr;  ///< Of `Subscribe` and `Unsubscribe`.
  engine::Timestamp at;  ///< Stamped by the shard; once more when a diary was asked.
  DiaryTurnPtr turn;     ///< Of the person whose diary was asked.

  // What the offering decided.
  std::optional<persistence::Change> change;
  std::variant<std::monostate, engine::Answer, ReadReservation, ReadWaiting, engine::AskDiary>
      outcome;
  std::vector<engine::AcceptOffer> to_accept;      ///< With `change`: asked for its people.
  std::optional<engine::WaitingTimes> wakes;       ///< When to look at those who wait now.
  std::shared_ptr<const engine::SeatDelta> delta;  ///< For the feed; null when nobody listens.
  std::shared_ptr<const engine::SeatsView> view;   ///< For a new subscriber.
  engine::PlaceCounts counts_before;               ///< With `change`: for the totals of the node.
  engine::Timestamp deadline;                      ///< Of an internal request: when it was due.
  std::uint64_t incarnation = 0;                   ///< Which actor of its offering decided.

  /// The answer is on its way by other means.
  void mark_answered() noexcept { back.sink = nullptr; }

  [[nodiscard]] const engine::IdempotencyKey* idempotency_key() const;

  Work* next_in_inbox = nullptr;  ///< For `WorkInbox` alone.

 private:
  std::atomic<std::int64_t>& waiting_count_;
};

using WorkPtr = caf::intrusive_ptr<Work>;

}  // namespace cavea::actors
