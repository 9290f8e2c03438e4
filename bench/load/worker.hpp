#pragma once

#include "bench/load/connection.hpp"
#include "bench/load/measurement.hpp"
#include "bench/load/pacing.hpp"
#include "bench/load/run_plan.hpp"
#include "bench/load/workload.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

namespace cavea::bench {

/// What a worker tells others while it runs; each value is written by the worker only.
struct alignas(64) LiveCounts {
  std::atomic<std::uint64_t> confirmed{0};
  std::atomic<std::uint64_t> refused{0};
  std::atomic<std::uint64_t> failed{0};
  std::atomic<std::int64_t> p99_ns{0};  ///< Of the last whole second.
};

/// One thread of the load: its connections, its pacing, what it measured.
class Worker final : private ConnectionOwner, private TaskStarter {
 public:
  /// A run that fails this often is over: more of the same says nothing new.
  static constexpr std::uint64_t failures_max = 100;

  /// How long answers are waited for after the end, and after an interruption.
  static constexpr std::chrono::seconds drain_time_max{35};
  static constexpr std::chrono::seconds drain_time_interrupted{2};

  /// `interrupted` is set to end the run early. All three must outlive the worker.
  Worker(
      const RunPlan& plan,
      unsigned number,
      Workload& workload,
      const std::atomic<bool>& interrupted);

  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Makes load from `start` on and returns when all is over.
  void run(TimePoint start);

  [[nodiscard]] const LiveCounts& live() const noexcept { return live_; }

  /// After `run`.
  [[nodiscard]] const Measurement& measurement() const noexcept { return measurement_; }

 private:
  void on_answer(Connection& connection, const Answer& answer) override;
  void on_broken(Connection& connection, const std::string& why) override;
  bool begin(Connection& connection, TimePoint intended) override;

  void tick();
  void arm_tick();
  void begin_stop(TimePoint now, Clock::duration drain_time);
  void end_when_done();
  void finish(TimePoint now);
  void count_unsent(TimePoint end);
  void settle(Connection& connection, const Verdict& verdict, TimePoint now);
  void fail(Connection& connection, std::string why);
  void count(Outcome outcome, std::string_view problem, TimePoint intended, TimePoint now);
  [[nodiscard]] bool is_measured(TimePoint at) const noexcept;

  const RunPlan& plan_;
  unsigned number_;
  Workload& workload_;
  const std::atomic<bool>& interrupted_;

  boost::asio::io_context context_{1};
  boost::asio::steady_timer tick_timer_{context_};
  std::unique_ptr<Pacing> pacing_;
  std::vector<std::unique_ptr<Connection>> connections_;

  TimePoint from_;                   ///< Measuring begins,
  TimePoint to_ = TimePoint::max();  ///< and ends.
  TimePoint drained_by_ = TimePoint::max();
  TimePoint last_answer_;
  std::uint64_t in_flight_ = 0;
  std::uint64_t failures_ = 0;
  bool is_measuring_ = false;  ///< The workload was told so.
  bool is_stopping_ = false;   ///< Nothing new begins.
  bool is_exhausted_ = false;  ///< The workload has nothing left.

  Measurement measurement_;
  LiveCounts live_;
};

}  // namespace cavea::bench
