#pragma once

#include "bench/load/pacing.hpp"
#include "bench/load/schedule.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <deque>

namespace cavea::bench {

/// Tasks begin when their time has come, however slow the answers are, and every latency is counted
/// from the time a task was meant to begin: the time it waited for a free connection, or for us, is
/// part of it. A server that stops for a second is so charged with all who came in that second, not
/// only with those whose request was on its way. Leaving them out is "coordinated omission" (Gil
/// Tene, "How NOT to Measure Latency", 2013; done this way in wrk2,
/// https://github.com/giltene/wrk2).
class OpenLoop final : public Pacing {
 public:
  OpenLoop(boost::asio::io_context& context, TaskStarter& starter, Schedule schedule);

  void on_idle(Connection& connection, TimePoint now) override;
  void stop() override;
  bool take_unsent(TimePoint end, TimePoint& intended) override;

 private:
  void begin_what_is_due(TimePoint now);
  void arm();

  TaskStarter& starter_;
  Schedule schedule_;
  boost::asio::steady_timer timer_;

  /// Taken from the front: used in turn, none stays idle until the server closes it.
  std::deque<Connection*> idle_;
  bool is_armed_ = false;
  bool is_stopped_ = false;
};

}  // namespace cavea::bench
