#pragma once

#include "bench/load/clock.hpp"

#include <cstdint>

namespace cavea::bench {

class Connection;

/// Who lets a task begin.
class TaskStarter {
 public:
  /// Lets the connection begin the next task, whose latency counts from `intended`. False: the run
  /// is over, or nothing is left to do.
  virtual bool begin(Connection& connection, TimePoint intended) = 0;

 protected:
  ~TaskStarter() = default;
};

/// Decides when tasks begin: the difference between a closed and an open loop.
class Pacing {
 public:
  virtual ~Pacing() = default;

  /// The connection has nothing to do.
  virtual void on_idle(Connection& connection, TimePoint now) = 0;

  /// No task may begin any more.
  virtual void stop() = 0;

  /// A task that was due before the end but found no free connection: when it was meant to start.
  /// False: there is none left.
  [[nodiscard]] virtual bool take_unsent(TimePoint end, TimePoint& intended) = 0;
};

}  // namespace cavea::bench
