#include "http/probe.hpp"

#include <algorithm>

namespace cavea::http {

Probe::Probe(const std::vector<Route>& routes) : routes_(routes.size() + 1) {
  for (std::size_t i = 0; i < routes.size(); ++i) {
    routes_[i].method = routes[i].method;
    routes_[i].pattern = routes[i].pattern;
  }
  routes_.back().pattern = "unmatched";
}

Totals collect(const std::vector<const Probe*>& probes) {
  Totals totals;
  for (const auto* probe : probes) {
    totals.routes.resize(std::max(totals.routes.size(), probe->routes().size()));
    for (std::size_t i = 0; i < probe->routes().size(); ++i) {
      const auto& from = probe->routes()[i];
      auto& to = totals.routes[i];
      to.method = from.method;
      to.pattern = from.pattern;
      for (std::size_t s = 0; s < status_count; ++s) to.by_status[s] += from.by_status[s].value();
      for (std::size_t b = 0; b < engine::Histogram::bucket_count; ++b) {
        to.latency_counts[b] += from.latency.count(b);
      }
      to.latency_sum_us += from.latency.sum_us();
    }
    totals.connections += probe->connections.value();
    totals.in_flight += probe->in_flight.value();
    totals.streams += probe->streams.value();
    totals.change_streams += probe->change_streams.value();
    totals.inbox_streams += probe->inbox_streams.value();
    totals.connections_total += probe->connections_total.value();
    totals.connections_refused += probe->connections_refused.value();
    totals.client_timeouts += probe->client_timeouts.value();
    totals.answer_timeouts += probe->answer_timeouts.value();
    totals.answers_unclaimed += probe->answers_unclaimed.value();
    totals.feed_snapshots += probe->feed_snapshots.value();
    totals.feed_deltas += probe->feed_deltas.value();
  }
  return totals;
}

}  // namespace cavea::http
