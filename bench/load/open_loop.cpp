#include "bench/load/open_loop.hpp"

namespace cavea::bench {

OpenLoop::OpenLoop(boost::asio::io_context& context, TaskStarter& starter, Schedule schedule)
    : starter_(starter), schedule_(schedule), timer_(context) {}

void OpenLoop::on_idle(Connection& connection, TimePoint now) {
  if (is_stopped_) return;
  idle_.push_back(&connection);
  begin_what_is_due(now);
}

void OpenLoop::stop() {
  is_stopped_ = true;
  timer_.cancel();
}

bool OpenLoop::take_unsent(TimePoint end, TimePoint& intended) {
  if (schedule_.next() >= end) return false;
  intended = schedule_.next();
  schedule_.take();
  return true;
}

void OpenLoop::begin_what_is_due(TimePoint now) {
  while (!idle_.empty() && schedule_.is_due(now)) {
    auto* connection = idle_.front();
    idle_.pop_front();
    if (!starter_.begin(*connection, schedule_.next())) return;
    schedule_.take();
  }
  // With nobody idle the next answer brings us back here.
  if (!idle_.empty() && !is_armed_) arm();
}

void OpenLoop::arm() {
  is_armed_ = true;
  timer_.expires_at(schedule_.next());
  timer_.async_wait([this](const boost::system::error_code&) {
    is_armed_ = false;
    if (!is_stopped_) begin_what_is_due(Clock::now());
  });
}

}  // namespace cavea::bench
