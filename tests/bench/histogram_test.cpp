#include "bench/load/histogram.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <random>
#include <vector>

namespace cavea::bench {
namespace {

TEST_CASE("An empty histogram has no figures") {
  const Histogram histogram;
  CHECK(histogram.count() == 0);
  CHECK(histogram.max() == 0);
  CHECK(histogram.mean() == 0.0);
  CHECK(histogram.quantile(0.99) == 0);
  CHECK(histogram.buckets().empty());
}

TEST_CASE("Small values are exact") {
  Histogram histogram;
  for (int value = 1; value <= 200; ++value) histogram.record(value);
  CHECK(histogram.quantile(0.5) == 100);
  CHECK(histogram.quantile(0.99) == 198);
  CHECK(histogram.quantile(1.0) == 200);
  CHECK(histogram.quantile(0.0) == 1);
  CHECK(histogram.mean() == doctest::Approx(100.5));
}

TEST_CASE("A bucket ends at most 0.8 % above each of its values, and no two overlap") {
  std::mt19937_64 random(7);
  std::vector<std::int64_t> values{0, 255, 256, 257, 511, 512, 1023, 1024, Histogram::value_max};
  for (int i = 0; i < 10'000; ++i) {
    values.push_back(static_cast<std::int64_t>(random() >> (24 + random() % 40)));
  }
  for (const auto value : values) {
    CAPTURE(value);
    Histogram histogram;
    histogram.record(value);
    const auto bucket = histogram.buckets().front();
    CHECK(bucket.upper_bound >= value);
    CHECK(static_cast<double>(bucket.upper_bound - value) <= static_cast<double>(value) / 128);
    Histogram next;
    next.record(bucket.upper_bound);
    CHECK(next.buckets().front().upper_bound == bucket.upper_bound);
    if (bucket.upper_bound == Histogram::value_max) continue;
    next.record(bucket.upper_bound + 1);
    CHECK(next.buckets().size() == 2);
  }
}

TEST_CASE("A quantile is never more than the largest value") {
  Histogram histogram;
  histogram.record(1'000'003);
  CHECK(histogram.quantile(0.5) == 1'000'003);
  CHECK(histogram.max() == 1'000'003);
}

TEST_CASE("Values out of range count at its ends") {
  Histogram histogram;
  histogram.record(-5);
  histogram.record(INT64_MAX);
  CHECK(histogram.count() == 2);
  CHECK(histogram.buckets().front().upper_bound == 0);
  CHECK(histogram.max() == Histogram::value_max);
}

TEST_CASE("Merged histograms are as if one had seen everything") {
  Histogram all;
  Histogram odd;
  Histogram even;
  for (std::int64_t value = 0; value < 100'000; ++value) {
    all.record(value * 37);
    (value % 2 == 0 ? even : odd).record(value * 37);
  }
  even.merge(odd);
  CHECK(even.count() == all.count());
  CHECK(even.max() == all.max());
  CHECK(even.mean() == doctest::Approx(all.mean()));
  for (const double share : {0.01, 0.5, 0.9, 0.99, 0.999}) {
    CHECK(even.quantile(share) == all.quantile(share));
  }
}

}  // namespace
}  // namespace cavea::bench
