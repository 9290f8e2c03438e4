#include "bench/load/worker.hpp"

#include "bench/load/answer_scan.hpp"
#include "bench/load/closed_loop.hpp"
#include "bench/load/open_loop.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace cavea::bench {
namespace {

/// How often time limits are looked at: the error that the length of a closed loop may have.
constexpr std::chrono::milliseconds tick_time{10};

/// Of a body that is shown with a failure.
constexpr std::size_t shown_body_bytes = 300;

template <class Number>
void add(std::atomic<Number>& counter) {
  counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

bool asks_to_come_again(const Answer& answer) {
  if (answer.status == 429 || answer.status == 503) return true;
  // The first request with this key is still being carried out.
  return answer.status == 409 && answer.retry_after_seconds.has_value();
}

/// What kept the server: the problem it named, else its status.
std::string name_of_delay(const Answer& answer) {
  const auto problem = scan_problem(answer.body);
  return problem.empty() ? fmt::format("status_{}", answer.status) : std::string(problem);
}

}  // namespace

Worker::Worker(
    const RunPlan& plan, unsigned number, Workload& workload, const std::atomic<bool>& interrupted)
    : plan_(plan), number_(number), workload_(workload), interrupted_(interrupted) {}

void Worker::run(TimePoint start) {
  from_ = start + plan_.warm_up;
  if (plan_.duration) to_ = from_ + *plan_.duration;
  last_answer_ = from_;
  TaskStarter& starter = *this;
  ConnectionOwner& owner = *this;
  if (plan_.per_second) {
    const Schedule::Rate rate{
        .per_second = *plan_.per_second, .thread = number_, .threads = plan_.threads};
    pacing_ = std::make_unique<OpenLoop>(context_, starter, Schedule(start, rate));
  } else {
    pacing_ = std::make_unique<ClosedLoop>(starter);
  }
  const auto count = plan_.connections_of(number_);
  for (unsigned i = 0; i < count; ++i) {
    connections_.push_back(std::make_unique<Connection>(context_, plan_.server, owner));
  }
  arm_tick();
  for (const auto& connection : connections_) pacing_->on_idle(*connection, Clock::now());
  end_when_done();
  context_.run();
}

// ---- What connections tell ----------------------------------------------------------------------

void Worker::on_answer(Connection& connection, const Answer& answer) {
  const auto now = Clock::now();
  last_answer_ = now;
  auto& task = connection.task();
  if (asks_to_come_again(answer)) {
    count(Outcome::refused, name_of_delay(answer), task.intended, now);
    return connection.submit_after(std::chrono::seconds(answer.retry_after_seconds.value_or(1)));
  }
  const auto verdict = workload_.judge(task, answer);
  if (verdict.outcome != Outcome::failed) return settle(connection, verdict, now);
  fail(
      connection,
      fmt::format("status {}: {}", answer.status, answer.body.substr(0, shown_body_bytes)));
}

void Worker::on_broken(Connection& connection, const std::string& why) {
  fail(connection, why);
}

bool Worker::begin(Connection& connection, TimePoint intended) {
  if (is_stopping_ || is_exhausted_) return false;
  if (!workload_.next(connection.task())) {
    is_exhausted_ = true;
    pacing_->stop();
    return false;
  }
  connection.task().intended = intended;
  ++in_flight_;
  connection.submit();
  return true;
}

void Worker::settle(Connection& connection, const Verdict& verdict, TimePoint now) {
  auto& task = connection.task();
  count(verdict.outcome, verdict.problem, task.intended, now);
  if (verdict.goes_on) {
    // A step belongs to what it leads to, whose latency counts from the first one.
    if (verdict.outcome != Outcome::step) task.intended = now;
    if (verdict.pause > Clock::duration::zero()) return connection.submit_after(verdict.pause);
    return connection.submit();
  }
  --in_flight_;
  if (now >= to_) begin_stop(now, drain_time_max);
  pacing_->on_idle(connection, now);
  end_when_done();
}

void Worker::fail(Connection& connection, std::string why) {
  const auto now = Clock::now();
  measurement_.describe_failure(std::move(why));
  if (++failures_ >= failures_max) begin_stop(now, drain_time_interrupted);
  settle(connection, {.outcome = Outcome::failed, .problem = {}, .goes_on = false}, now);
}

// ---- Counting -----------------------------------------------------------------------------------

bool Worker::is_measured(TimePoint at) const noexcept {
  return at >= from_ && at < to_;
}

void Worker::count(Outcome outcome, std::string_view problem, TimePoint intended, TimePoint now) {
  if (outcome == Outcome::confirmed) add(live_.confirmed);
  if (outcome == Outcome::refused) add(live_.refused);
  if (outcome == Outcome::failed) add(live_.failed);
  // An open loop counts those who came in the measured time, even if they were answered after it;
  // a closed one what was done in it.
  const auto counted_at = plan_.per_second ? intended : now;
  // A failure is never left out.
  if (outcome == Outcome::failed) ++measurement_.failed;
  if (!is_measured(counted_at)) return;

  ++measurement_.requests;
  if (outcome == Outcome::failed || outcome == Outcome::step) return;
  auto& second = measurement_.second_at(counted_at - from_);
  const auto latency = nanoseconds_of(now - intended);
  measurement_.latencies.record(latency);
  second.latencies.record(latency);
  if (outcome == Outcome::confirmed) {
    ++measurement_.confirmed;
    ++second.confirmed;
  } else {
    measurement_.count_refusal(problem);
    ++second.refused;
  }
}

// ---- The end ------------------------------------------------------------------------------------

void Worker::arm_tick() {
  tick_timer_.expires_after(tick_time);
  tick_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) tick();
  });
}

void Worker::tick() {
  const auto now = Clock::now();
  for (const auto& connection : connections_) connection->tick(now);
  if (interrupted_.load(std::memory_order_relaxed) && !measurement_.is_interrupted) {
    measurement_.is_interrupted = true;
    begin_stop(now, drain_time_interrupted);
  }
  if (now >= to_) begin_stop(now, drain_time_max);
  if (now >= from_ && !std::exchange(is_measuring_, true)) workload_.begin_measuring();

  // The second before the running one is whole.
  const auto whole = now - std::chrono::seconds(1) - from_;
  if (whole >= Clock::duration::zero()) {
    live_.p99_ns.store(
        measurement_.second_at(whole).latencies.quantile(0.99), std::memory_order_relaxed);
  }
  if (now >= drained_by_) return finish(now);
  end_when_done();
  if (!context_.stopped()) arm_tick();
}

void Worker::begin_stop(TimePoint now, Clock::duration drain_time) {
  to_ = std::min(to_, now);
  drained_by_ = std::min(drained_by_, now + drain_time);
  if (std::exchange(is_stopping_, true)) return;
  pacing_->stop();
}

void Worker::end_when_done() {
  if ((is_stopping_ || is_exhausted_) && in_flight_ == 0) finish(Clock::now());
}

void Worker::finish(TimePoint now) {
  if (context_.stopped()) return;
  for (const auto& connection : connections_) connection->close();
  if (in_flight_ != 0 && !measurement_.is_interrupted) {
    measurement_.failed += in_flight_;
    measurement_.describe_failure(fmt::format("{} requests were never answered", in_flight_));
  }
  const auto end = is_stopping_ ? std::min(to_, now) : last_answer_;
  if (is_stopping_) count_unsent(end);
  measurement_.time = std::max(end - from_, Clock::duration::zero());
  context_.stop();
}

void Worker::count_unsent(TimePoint end) {
  TimePoint intended;
  while (pacing_->take_unsent(end, intended)) {
    if (!is_measured(intended)) continue;
    // It has waited at least this long.
    const auto waited = nanoseconds_of(end - intended);
    ++measurement_.unsent;
    measurement_.latencies.record(waited);
    measurement_.second_at(intended - from_).latencies.record(waited);
  }
}

}  // namespace cavea::bench
