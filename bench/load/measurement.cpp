#include "bench/load/measurement.hpp"

#include <algorithm>
#include <utility>

namespace cavea::bench {

void Measurement::count_refusal(std::string_view problem) {
  const auto found = refused.find(problem);
  if (found != refused.end()) {
    ++found->second;
  } else {
    refused.emplace(problem, 1);
  }
}

void Measurement::describe_failure(std::string text) {
  const bool is_known = std::ranges::find(failures, text) != failures.end();
  if (!is_known && failures.size() < failures_described_max) failures.push_back(std::move(text));
}

std::uint64_t Measurement::refused_total() const {
  std::uint64_t total = 0;
  for (const auto& [problem, count] : refused) total += count;
  return total;
}

Second& Measurement::second_at(Clock::duration since_start) {
  const auto index = static_cast<std::size_t>(
      std::max<std::int64_t>(0, std::chrono::floor<std::chrono::seconds>(since_start).count()));
  if (index >= timeline.size()) timeline.resize(index + 1);
  return timeline[index];
}

void Measurement::merge(const Measurement& other) {
  time = std::max(time, other.time);
  requests += other.requests;
  confirmed += other.confirmed;
  for (const auto& [problem, count] : other.refused) refused[problem] += count;
  failed += other.failed;
  unsent += other.unsent;
  latencies.merge(other.latencies);
  if (timeline.size() < other.timeline.size()) timeline.resize(other.timeline.size());
  for (std::size_t i = 0; i < other.timeline.size(); ++i) {
    timeline[i].confirmed += other.timeline[i].confirmed;
    timeline[i].refused += other.timeline[i].refused;
    timeline[i].latencies.merge(other.timeline[i].latencies);
  }
  for (const auto& text : other.failures) describe_failure(text);
  is_interrupted = is_interrupted || other.is_interrupted;
}

}  // namespace cavea::bench
