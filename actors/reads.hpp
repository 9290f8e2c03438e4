#pragma once

#include "actors/probe.hpp"
#include "engine/assert.hpp"
#include "engine/command_bus.hpp"
#include "persistence/journal.hpp"
#include "persistence/state_reader.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace cavea::actors {

/// Answers queries from the store on threads of its own, so that no actor and no I/O thread waits
/// for a disk. A read starts after everything handed to the journal before it is in the store:
/// who was told of a change, reads it.
class Reads {
 public:
  /// `on_failure` must not return: see `value_or_fail`.
  Reads(
      const persistence::StateReader& reader,
      persistence::Journal& journal,
      ActorsProbe& probe,
      persistence::Journal::FailureHandler on_failure,
      unsigned threads);

  /// Answers what is queued, then stops.
  ~Reads();

  using Job = std::function<void(const persistence::StateReader&)>;

  /// Runs a job on a reader thread after everything handed to the journal before is in the store.
  /// At a full queue `back` gets a refusal instead (without a sink: the job is taken all the same).
  void run(Job job, engine::ReturnAddress back);

  /// The value, or the end of the process: a store that cannot be read cannot be trusted.
  template <class T>
  T value_or_fail(persistence::Read<T> read) const {
    if (!read) {
      on_failure_(read.error());
      engine::assertion_failed("the failure handler returned", __FILE__, __LINE__);
    }
    return std::move(read).value();
  }

  /// Any query but `GetSeats`, which is live.
  void answer(engine::Query query, std::uint16_t shard_count, engine::ReturnAddress back);

  /// Answers with a reservation as it is in the store. With `as_made`, as the outcome says it was
  /// when it was made (the answer to a key seen before).
  void answer_reservation(
      engine::ReservationId id,
      std::optional<persistence::Outcome> as_made,
      bool replayed,
      engine::ReturnAddress back);

  /// Answers an idempotency key seen before with what its command came to.
  void answer_replay(
      persistence::Outcome outcome, std::uint16_t shard_count, engine::ReturnAddress back);

 private:
  void work();
  engine::Answer answer_of(const engine::GetOffering& query, std::uint16_t shard_count);
  engine::Answer answer_of(const engine::ListOfferings& query, std::uint16_t shard_count);
  engine::Answer answer_of(const engine::GetSeats& query, std::uint16_t shard_count);
  engine::Answer answer_of(const engine::GetReservation& query, std::uint16_t shard_count);
  engine::Answer answer_of(const engine::ListReservations& query, std::uint16_t shard_count);
  engine::Answer answer_of(const engine::GetVenue& query, std::uint16_t shard_count);
  engine::Answer answer_of(const engine::ListVenues& query, std::uint16_t shard_count);

  const persistence::StateReader& reader_;
  persistence::Journal& journal_;
  ActorsProbe& probe_;
  persistence::Journal::FailureHandler on_failure_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> jobs_;
  bool stopping_ = false;
  std::atomic<std::size_t> waiting_{0};
  std::vector<std::thread> threads_;
};

/// Delivers one answer on its own.
void deliver(engine::ReturnAddress back, engine::Answer answer);

}  // namespace cavea::actors
