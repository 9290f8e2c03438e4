#pragma once

#include "engine/command_bus.hpp"
#include "persistence/state_reader.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace cavea::actors {

/// What a read does, on a thread of its lane.
using ReadJob = std::function<void(const persistence::StateReader&)>;

/// Threads that carry out reads of one kind, first come, first served.
class ReadLane {
 public:
  ReadLane(const persistence::StateReader& reader, unsigned threads);

  /// Calls `stop`.
  ~ReadLane();

  /// Ends the threads. Of the jobs that were pushed, those that somebody waits for are answered
  /// `not_ready`, the others are carried out; what is pushed from now on is not.
  void stop();

  /// From any thread. `back` is who waits, for the end of the lane; may be empty.
  void push(ReadJob job, engine::ReturnAddress back);

 private:
  struct Queued {
    ReadJob job;
    engine::ReturnAddress back;
  };

  void work();

  const persistence::StateReader& reader_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Queued> jobs_;
  bool is_stopping_ = false;
  std::vector<std::thread> threads_;
};

/// Delivers one answer on its own.
void deliver(engine::ReturnAddress back, engine::Answer answer);

}  // namespace cavea::actors
