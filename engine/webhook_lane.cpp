#include "engine/webhook_lane.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace cavea::engine {

namespace {

constexpr std::int64_t second = 1'000;
constexpr std::int64_t minute = 60 * second;
constexpr std::int64_t hour = 60 * minute;

constexpr std::array<std::int64_t, 8> waits{
    5 * second, 30 * second, 2 * minute, 10 * minute, 30 * minute, hour, 2 * hour, 4 * hour};

auto position_of(std::vector<ParkedEvent>& parked, const WebhookEvent& event) {
  return std::lower_bound(
      parked.begin(), parked.end(), event, [](const ParkedEvent& one, const WebhookEvent& wanted) {
        return one.event < wanted;
      });
}

}  // namespace

Duration webhook_wait(std::uint32_t failures, double spread) {
  const auto step = std::clamp<std::size_t>(failures, 1, waits.size()) - 1;
  const auto wait = static_cast<double>(waits.at(step));
  return {static_cast<std::int64_t>(wait + wait / 5 * std::clamp(spread, -1.0, 1.0))};
}

bool WebhookLane::is_parked(std::uint64_t subject) const {
  return std::any_of(
      parked.begin(), parked.end(), [&](const auto& one) { return one.subject == subject; });
}

const ParkedEvent* WebhookLane::due(Timestamp now, const std::set<WebhookEvent>& under_way) const {
  for (auto one = parked.begin(); one != parked.end(); ++one) {
    const bool is_behind = std::any_of(
        parked.begin(), one, [&](const auto& earlier) { return earlier.subject == one->subject; });
    if (!is_behind && one->next_at <= now && !under_way.contains(one->event)) return &*one;
  }
  return nullptr;
}

std::optional<Timestamp> WebhookLane::next_due() const {
  std::optional<Timestamp> next;
  for (auto one = parked.begin(); one != parked.end(); ++one) {
    const bool is_behind = std::any_of(
        parked.begin(), one, [&](const auto& earlier) { return earlier.subject == one->subject; });
    if (!is_behind) next = std::min(next.value_or(one->next_at), one->next_at);
  }
  if (failures > 0) next = std::max(next.value_or(next_at), next_at);
  return next;
}

void WebhookLane::park(ParkedEvent event) {
  const auto at = position_of(parked, event.event);
  if (at != parked.end() && at->event == event.event) {
    *at = std::move(event);
  } else {
    parked.insert(at, std::move(event));
  }
}

void WebhookLane::forget(const WebhookEvent& event) {
  const auto at = position_of(parked, event);
  if (at != parked.end() && at->event == event) parked.erase(at);
}

void WebhookLane::succeed(const WebhookEvent& event, Timestamp now) {
  forget(event);
  // It was down and is back: what failed meanwhile need not wait for its own time.
  if (failures > 1) return try_at_once(now);
  failures = 0;
  next_at = {};
  failing_since = {};
}

void WebhookLane::try_at_once(Timestamp now) {
  failures = 0;
  next_at = {};
  failing_since = {};
  for (auto& one : parked) one.next_at = std::min(one.next_at, now);
}

void WebhookLane::begin_again(Timestamp now) {
  try_at_once(now);
  for (auto& one : parked) one.attempts = 0;
}

WebhookLane::Failed WebhookLane::fail(
    ParkedEvent event, Timestamp now, double spread, std::optional<Duration> retry_after) {
  const Duration asked =
      std::min(retry_after.value_or(Duration{}), limits::webhook_retry_after_max);
  ++failures;
  if (failing_since == Timestamp{}) failing_since = now;
  next_at = now + std::max(webhook_wait(failures, spread), asked);

  if (event.attempts == 0) event.first_at = now;
  ++event.attempts;
  event.next_at = now + std::max(webhook_wait(event.attempts, spread), asked);
  Failed failed{false, event.attempts, event.next_at};
  if (now - event.first_at < limits::webhook_tried_for) {
    park(std::move(event));
    return failed;
  }
  forget(event.event);
  failed.is_given_up = true;
  failed.next_at = {};
  return failed;
}

bool WebhookLane::has_failed_too_long(Timestamp now) const {
  return failing_since != Timestamp{} && now - failing_since >= limits::webhook_tried_for;
}

}  // namespace cavea::engine
