#pragma once

#include "engine/measure.hpp"

#include <prometheus/metric_family.h>

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace cavea::app {

using Labels = std::vector<std::pair<std::string, std::string>>;

/// Gathers metric families; each function appends one.
class MetricFamilies {
 public:
  /// A family that is filled value by value.
  class Family {
   public:
    explicit Family(prometheus::MetricFamily& family) : family_(family) {}

    Family& add(double value, const Labels& labels = {});

    /// Counts by bucket (not cumulative, the last one without a bound) and their sum, in
    /// microseconds.
    Family& add_histogram(
        const std::array<std::uint64_t, engine::Histogram::bucket_count>& counts,
        std::uint64_t sum_us,
        const Labels& labels = {});

    Family& add_histogram(const engine::Histogram& histogram);

   private:
    prometheus::MetricFamily& family_;
  };

  /// Each is good until the next is made.
  Family counter(std::string name, std::string help);
  Family gauge(std::string name, std::string help);
  Family histogram(std::string name, std::string help);

  [[nodiscard]] std::vector<prometheus::MetricFamily> take() { return std::move(families_); }

 private:
  Family make(std::string name, std::string help, prometheus::MetricType type);

  std::vector<prometheus::MetricFamily> families_;
};

}  // namespace cavea::app
