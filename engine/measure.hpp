#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

namespace cavea::engine {

/// Counts events from any thread; read by whoever exports metrics.
class Counter {
 public:
  void add(std::uint64_t n = 1) noexcept { value_.fetch_add(n, std::memory_order_relaxed); }

  [[nodiscard]] std::uint64_t value() const noexcept {
    return value_.load(std::memory_order_relaxed);
  }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// A number that goes up and down.
class Gauge {
 public:
  void set(std::int64_t value) noexcept { value_.store(value, std::memory_order_relaxed); }

  void add(std::int64_t n) noexcept { value_.fetch_add(n, std::memory_order_relaxed); }

  [[nodiscard]] std::int64_t value() const noexcept {
    return value_.load(std::memory_order_relaxed);
  }

 private:
  std::atomic<std::int64_t> value_{0};
};

/// Latencies in classic Prometheus buckets around our goals (microseconds, upper bounds inclusive).
class Histogram {
 public:
  static constexpr std::array<std::uint64_t, 15> bounds_us{
      100,
      250,
      500,
      1'000,
      2'000,
      3'000,
      5'000,
      10'000,
      20'000,
      50'000,
      100'000,
      250'000,
      1'000'000,
      5'000'000,
      10'000'000};

  void record_us(std::uint64_t us) noexcept {
    std::size_t bucket = 0;
    while (bucket < bounds_us.size() && us > bounds_us[bucket]) ++bucket;
    counts_[bucket].fetch_add(1, std::memory_order_relaxed);
    sum_us_.fetch_add(us, std::memory_order_relaxed);
  }

  /// How many fell into bucket `i` alone (not cumulative); the last one is above all bounds.
  [[nodiscard]] std::uint64_t count(std::size_t i) const noexcept {
    return counts_[i].load(std::memory_order_relaxed);
  }

  [[nodiscard]] std::uint64_t sum_us() const noexcept {
    return sum_us_.load(std::memory_order_relaxed);
  }

  static constexpr std::size_t bucket_count = bounds_us.size() + 1;

 private:
  std::array<std::atomic<std::uint64_t>, bucket_count> counts_{};
  std::atomic<std::uint64_t> sum_us_{0};
};

}  // namespace cavea::engine
