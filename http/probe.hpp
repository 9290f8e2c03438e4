#pragma once

#include "engine/measure.hpp"
#include "http/exchange.hpp"
#include "http/status.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cavea::http {

/// Requests of one route.
struct RouteProbe {
  Method method = Method::get;
  std::string pattern;  ///< The route template; never an id of a user or an offering.
  std::array<engine::Counter, status_count> by_status;  ///< In the order of `status_lines`.
  engine::Histogram latency;  ///< From the first byte of the request to its answer.
};

/// What one I/O thread counts: each has its own, so that threads do not write to the same memory.
/// Readers add them up (`collect`).
class Probe {
 public:
  /// One entry a route, in the same order, and a last one for requests that no route took.
  explicit Probe(const std::vector<Route>& routes);

  /// `route`: a position in the routes; -1: none.
  void on_answer(std::ptrdiff_t route, unsigned status, std::uint64_t us) noexcept {
    auto& probe = route < 0 ? routes_.back() : routes_[static_cast<std::size_t>(route)];
    probe.by_status[status_index(status)].add();
    probe.latency.record_us(us);
  }

  [[nodiscard]] const std::vector<RouteProbe>& routes() const noexcept { return routes_; }

  engine::Gauge connections;            ///< Open now.
  engine::Gauge in_flight;              ///< Requests that wait for the bus.
  engine::Gauge streams;                ///< Seat feeds being watched.
  engine::Gauge change_streams;         ///< Followers of the event feed.
  engine::Gauge inbox_streams;          ///< People who look at their inboxes.
  engine::Counter connections_total;    ///< Ever accepted.
  engine::Counter connections_refused;  ///< Over the limit.
  engine::Counter client_timeouts;      ///< Clients that sent or read too slowly.
  engine::Counter answer_timeouts;      ///< Requests that the bus did not answer in time.
  engine::Counter answers_unclaimed;    ///< Answers that came after their client had gone.
  engine::Counter feed_snapshots;       ///< Sent to viewers.
  engine::Counter feed_deltas;          ///< Sent to viewers.

 private:
  std::vector<RouteProbe> routes_;
};

/// What became of the notices of the payment provider. One for all threads, since they are few.
struct PaymentNoticeProbe {
  engine::Counter taken;     ///< Handed to their reservation, which answered.
  engine::Counter refused;   ///< Their reservation is unknown or refused them; acknowledged.
  engine::Counter unneeded;  ///< Genuine, and about nothing of ours; acknowledged.
  engine::Counter not_now;   ///< Could not be handed on; the provider sends them again.
  engine::Counter invalid;   ///< Not of the provider, or not readable.
};

/// Requests of one route over all threads.
struct RouteTotals {
  Method method = Method::get;
  std::string_view pattern;  ///< "unmatched" for requests that no route took.
  std::array<std::uint64_t, status_count> by_status{};  ///< In the order of `status_lines`.
  std::array<std::uint64_t, engine::Histogram::bucket_count> latency_counts{};  ///< Not cumulative.
  std::uint64_t latency_sum_us = 0;
};

/// All that the HTTP room counts, over all threads.
struct Totals {
  std::vector<RouteTotals> routes;
  std::int64_t connections = 0;
  std::int64_t in_flight = 0;
  std::int64_t streams = 0;
  std::int64_t change_streams = 0;
  std::int64_t inbox_streams = 0;
  std::uint64_t connections_total = 0;
  std::uint64_t connections_refused = 0;
  std::uint64_t client_timeouts = 0;
  std::uint64_t answer_timeouts = 0;
  std::uint64_t answers_unclaimed = 0;
  std::uint64_t feed_snapshots = 0;
  std::uint64_t feed_deltas = 0;
};

/// From any thread. The probes must have been made of the same routes and outlive the totals.
[[nodiscard]] Totals collect(const std::vector<const Probe*>& probes);

}  // namespace cavea::http
