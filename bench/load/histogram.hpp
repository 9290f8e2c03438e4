#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cavea::bench {

/// Counts latencies in buckets whose width grows with the value, so that every figure is right to
/// 0.8 % from a nanosecond to minutes, in a few kilobytes and without keeping the values: the
/// layout of HdrHistogram (Gil Tene, http://hdrhistogram.org). Not thread-safe: one a thread, then
/// `merge`.
class Histogram {
 public:
  /// Every power of two is parted into this many buckets: 1/128 is the 0.8 %.
  static constexpr unsigned parts_bits = 7;

  /// Values are nanoseconds; above this (18 minutes) they count as this.
  static constexpr std::int64_t value_max = (std::int64_t{1} << 40) - 1;

  struct Bucket {
    std::int64_t upper_bound = 0;  ///< The largest value that is counted in it.
    std::uint64_t count = 0;
  };

  /// Negative values, which only a broken clock gives, count as 0.
  void record(std::int64_t value);

  void merge(const Histogram& other);

  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

  /// The largest value itself, not its bucket; 0 when nothing was recorded.
  [[nodiscard]] std::int64_t max() const noexcept { return max_; }

  /// The true mean of the values; 0 when nothing was recorded.
  [[nodiscard]] double mean() const noexcept;

  /// The value that at least `share` (0 to 1) of all values do not exceed: the upper bound of its
  /// bucket, never more than `max`. 0 when nothing was recorded.
  [[nodiscard]] std::int64_t quantile(double share) const noexcept;

  /// Those that are not empty, from the smallest on.
  [[nodiscard]] std::vector<Bucket> buckets() const;

 private:
  [[nodiscard]] static std::size_t index_of(std::int64_t value) noexcept;
  [[nodiscard]] static std::int64_t upper_bound_of(std::size_t index) noexcept;

  std::vector<std::uint64_t> counts_;  ///< As long as the largest value needs.
  std::uint64_t count_ = 0;
  std::int64_t max_ = 0;
  double sum_ = 0;
};

}  // namespace cavea::bench
