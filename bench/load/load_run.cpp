#include "bench/load/load_run.hpp"

#include "bench/load/worker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

namespace cavea::bench {
namespace {

using Workers = std::vector<std::unique_ptr<Worker>>;

/// From the threads being made to the first request, so that all begin together.
constexpr std::chrono::milliseconds head_start{5};

/// Waits for threads to end.
class Countdown {
 public:
  explicit Countdown(std::size_t count) : left_(count) {}

  void one_ended() {
    const std::lock_guard lock(mutex_);
    --left_;
    changed_.notify_one();
  }

  /// Whether all ended before `until`.
  [[nodiscard]] bool wait_until(TimePoint until) {
    std::unique_lock lock(mutex_);
    return changed_.wait_until(lock, until, [this] { return left_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t left_ = 0;
};

struct Totals {
  std::uint64_t confirmed = 0;
  std::uint64_t refused = 0;
  std::uint64_t failed = 0;
  std::int64_t p99_ns = 0;
};

Totals totals_of(const Workers& workers) {
  Totals totals;
  for (const auto& worker : workers) {
    const auto& live = worker->live();
    totals.confirmed += live.confirmed.load(std::memory_order_relaxed);
    totals.refused += live.refused.load(std::memory_order_relaxed);
    totals.failed += live.failed.load(std::memory_order_relaxed);
    totals.p99_ns = std::max(totals.p99_ns, live.p99_ns.load(std::memory_order_relaxed));
  }
  return totals;
}

/// A dash for a second without answers.
std::string p99_text(std::int64_t ns) {
  return ns == 0 ? "-" : fmt::format("{:.3f} ms", static_cast<double>(ns) / 1e6);
}

/// Says what the last second brought, until all ended.
void watch(const Workers& workers, TimePoint start, Countdown& running, const Progress& progress) {
  Totals before;
  for (int second = 1; !running.wait_until(start + std::chrono::seconds(second)); ++second) {
    const auto now = totals_of(workers);
    progress.say(fmt::format(
        "{:>5} s  confirmed {:>8}/s  refused {:>8}/s  failed {:>4}  p99 {}",
        second,
        now.confirmed - before.confirmed,
        now.refused - before.refused,
        now.failed,
        p99_text(now.p99_ns)));
    before = now;
  }
}

}  // namespace

Measurement run_load(
    const RunPlan& plan,
    const std::vector<std::unique_ptr<Workload>>& workloads,
    const std::atomic<bool>& interrupted,
    const Progress& progress) {
  Workers workers;
  for (const auto& workload : workloads) {
    const auto number = static_cast<unsigned>(workers.size());
    workers.push_back(std::make_unique<Worker>(plan, number, *workload, interrupted));
  }
  const auto start = Clock::now() + head_start;
  Countdown running(workers.size());
  std::vector<std::thread> threads;
  for (const auto& worker : workers) {
    threads.emplace_back([&worker = *worker, &running, start] {
      std::this_thread::sleep_until(start);
      worker.run(start);
      running.one_ended();
    });
  }
  watch(workers, start, running, progress);
  for (auto& thread : threads) thread.join();

  Measurement total;
  for (const auto& worker : workers) total.merge(worker->measurement());
  return total;
}

}  // namespace cavea::bench
