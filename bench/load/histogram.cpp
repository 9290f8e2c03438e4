#include "bench/load/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace cavea::bench {
namespace {

constexpr std::int64_t parts = std::int64_t{1} << Histogram::parts_bits;

/// Below this every value has a bucket of its own.
constexpr std::int64_t exact_values = 2 * parts;

}  // namespace

void Histogram::record(std::int64_t value) {
  value = std::clamp<std::int64_t>(value, 0, value_max);
  const auto index = index_of(value);
  if (index >= counts_.size()) counts_.resize(index + 1);
  ++counts_[index];
  ++count_;
  sum_ += static_cast<double>(value);
  max_ = std::max(max_, value);
}

void Histogram::merge(const Histogram& other) {
  if (counts_.size() < other.counts_.size()) counts_.resize(other.counts_.size());
  for (std::size_t i = 0; i < other.counts_.size(); ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  sum_ += other.sum_;
  max_ = std::max(max_, other.max_);
}

double Histogram::mean() const noexcept {
  return count_ == 0 ? 0.0 : sum_ / static_cast<double>(count_);
}

std::int64_t Histogram::quantile(double share) const noexcept {
  const auto wanted = std::max<std::uint64_t>(
      1, static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_))));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (seen >= wanted) return std::min(upper_bound_of(i), max_);
  }
  return max_;
}

std::vector<Histogram::Bucket> Histogram::buckets() const {
  std::vector<Bucket> result;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] != 0) result.push_back({.upper_bound = upper_bound_of(i), .count = counts_[i]});
  }
  return result;
}

std::size_t Histogram::index_of(std::int64_t value) noexcept {
  if (value < exact_values) return static_cast<std::size_t>(value);
  // What is left of the value after the shift lies between `parts` and 2 * `parts`.
  const auto shift = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(value)))
                     - static_cast<int>(parts_bits) - 1;
  return static_cast<std::size_t>(exact_values + (shift - 1) * parts + (value >> shift) - parts);
}

std::int64_t Histogram::upper_bound_of(std::size_t index) noexcept {
  const auto position = static_cast<std::int64_t>(index);
  if (position < exact_values) return position;
  const auto shift = (position - exact_values) / parts + 1;
  const auto part = (position - exact_values) % parts + parts;
  return ((part + 1) << shift) - 1;
}

}  // namespace cavea::bench
