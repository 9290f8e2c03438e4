#include "app/metric_families.hpp"

#include <limits>

namespace cavea::app {
namespace {

prometheus::ClientMetric labelled(const Labels& labels) {
  prometheus::ClientMetric metric;
  for (const auto& [name, value] : labels) metric.label.push_back({name, value});
  return metric;
}

double seconds(std::uint64_t us) {
  return static_cast<double>(us) / 1e6;
}

}  // namespace

MetricFamilies::Family& MetricFamilies::Family::add(double value, const Labels& labels) {
  auto metric = labelled(labels);
  if (family_.type == prometheus::MetricType::Counter) {
    metric.counter.value = value;
  } else {
    metric.gauge.value = value;
  }
  family_.metric.push_back(std::move(metric));
  return *this;
}

MetricFamilies::Family& MetricFamilies::Family::add_histogram(
    const std::array<std::uint64_t, engine::Histogram::bucket_count>& counts,
    std::uint64_t sum_us,
    const Labels& labels) {
  auto metric = labelled(labels);
  std::uint64_t cumulative = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    cumulative += counts[i];
    const auto bound = i < engine::Histogram::bounds_us.size()
                           ? seconds(engine::Histogram::bounds_us[i])
                           : std::numeric_limits<double>::infinity();
    metric.histogram.bucket.push_back({cumulative, bound});
  }
  metric.histogram.sample_count = cumulative;
  metric.histogram.sample_sum = seconds(sum_us);
  family_.metric.push_back(std::move(metric));
  return *this;
}

MetricFamilies::Family& MetricFamilies::Family::add_histogram(const engine::Histogram& histogram) {
  std::array<std::uint64_t, engine::Histogram::bucket_count> counts{};
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] = histogram.count(i);
  return add_histogram(counts, histogram.sum_us());
}

MetricFamilies::Family MetricFamilies::counter(std::string name, std::string help) {
  return make(std::move(name), std::move(help), prometheus::MetricType::Counter);
}

MetricFamilies::Family MetricFamilies::gauge(std::string name, std::string help) {
  return make(std::move(name), std::move(help), prometheus::MetricType::Gauge);
}

MetricFamilies::Family MetricFamilies::histogram(std::string name, std::string help) {
  return make(std::move(name), std::move(help), prometheus::MetricType::Histogram);
}

MetricFamilies::Family MetricFamilies::make(
    std::string name, std::string help, prometheus::MetricType type) {
  families_.push_back(
      {.name = std::move(name), .help = std::move(help), .type = type, .metric = {}});
  return Family(families_.back());
}

}  // namespace cavea::app
