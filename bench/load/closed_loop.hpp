#pragma once

#include "bench/load/pacing.hpp"

namespace cavea::bench {

/// Every connection begins the next task when the answer to the last one came: it finds out how
/// much a server can do. Its latencies say how long that many patient clients wait, and nothing
/// about clients who do not wait for each other: for these there is the open loop.
class ClosedLoop final : public Pacing {
 public:
  explicit ClosedLoop(TaskStarter& starter) : starter_(starter) {}

  void on_idle(Connection& connection, TimePoint now) override { starter_.begin(connection, now); }

  void stop() override {}

  bool take_unsent(TimePoint, TimePoint&) override { return false; }

 private:
  TaskStarter& starter_;
};

}  // namespace cavea::bench
