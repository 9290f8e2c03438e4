#pragma once

#include "actors/probe.hpp"
#include "engine/ids.hpp"
#include "engine/money_books.hpp"
#include "http/probe.hpp"
#include "persistence/journal.hpp"

#include <prometheus/collectable.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace cavea::app {

/// Where the numbers come from. All of it must outlive the metrics and may be read by any thread.
struct MetricSources {
  const actors::ActorsProbe& actors;
  const persistence::JournalProbe& journal;
  std::function<http::Totals()> http;
  const http::PaymentNoticeProbe& notices;
  std::function<bool()> is_ready;
  std::function<std::uint64_t()> store_bytes;
  std::function<std::uint64_t()> log_bytes;
  std::function<std::optional<engine::Timestamp>()> oldest_change;
  std::function<engine::BooksByCurrency()> money;
  std::uint16_t shard_count = 0;
};

/// Shows what the rooms count as Prometheus metrics. Names and units follow
/// https://prometheus.io/docs/practices/naming/; labels are route templates, codes and names of our
/// own lists, never ids of users or offerings.
class Metrics final : public prometheus::Collectable {
 public:
  explicit Metrics(MetricSources sources);

  [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override;

  /// The text that `/metrics` answers with (exposition format 0.0.4).
  [[nodiscard]] std::string text() const;

 private:
  MetricSources sources_;
  double started_at_ = 0;  ///< Seconds since the epoch.
};

}  // namespace cavea::app
