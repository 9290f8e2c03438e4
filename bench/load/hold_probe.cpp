#include "bench/load/hold_probe.hpp"

#include "bench/load/event_feed.hpp"
#include "bench/load/offering_creation.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <ctime>
#include <iomanip>
#include <sstream>
#include <thread>

namespace cavea::bench {
namespace {

using Json = nlohmann::json;

/// More than are held at once: a seat is free again long before its next turn.
constexpr std::uint32_t seat_count = 400;

/// Between two holds, so that they are no load themselves.
constexpr std::chrono::milliseconds pause{20};

/// The shortest that an offering may have.
constexpr std::int64_t hold_seconds = 1;

constexpr Price price = 1500;

/// "2026-11-20T12:00:01.250+00:00": the venue has no offset.
std::optional<HoldProbe::WallTime> time_in(const std::string& text) {
  std::istringstream in(text);
  std::tm time{};
  in >> std::get_time(&time, "%Y-%m-%dT%H:%M:%S");
  std::int64_t ms = 0;
  if (in.peek() == '.') in.ignore() >> ms;
  if (in.fail()) return std::nullopt;
  return HoldProbe::WallTime(std::chrono::seconds(timegm(&time)) + std::chrono::milliseconds(ms));
}

}  // namespace

HoldProbe::HoldProbe(const Stage& stage)
    : stage_(stage),
      house_(seat_count),
      performance_(stage.prefix + "-held"),
      buyer_(stage.client_of(2, "never-pays")) {}

std::optional<Trouble> HoldProbe::prepare() {
  const auto venue = stage_.prefix + "-house";
  if (auto trouble = create_venue(stage_, venue, house_.seat_map())) return trouble;
  return create_offerings(
      stage_, "/v1/performances", {performance_body(performance_, venue, price, hold_seconds)});
}

void HoldProbe::start() {
  watching_.start([this] { return watch(); });
  holding_.start([this] { return hold_one(); });
}

std::optional<Trouble> HoldProbe::stop() {
  is_stopping_ = true;
  auto trouble = holding_.stop();
  auto other = watching_.stop();
  return trouble ? trouble : other;
}

std::optional<Trouble> HoldProbe::hold_one() {
  std::this_thread::sleep_for(pause);
  const auto& seat = house_.label(next_seat_++ % seat_count);
  const Json item{{"offering", performance_}, {"seats", {seat}}};
  const auto answer = buyer_.post("/v1/reservations", {{"items", {item}}});
  if (!answer) return answer.error();
  const auto body = Json::parse(answer->body, nullptr, false);
  if (answer->status != 201 || !body.is_object() || !body["held_until"].is_string()) {
    return unexpected_answer("holding a seat", answer.value());
  }
  const auto until = time_in(body["held_until"].get<std::string>());
  if (!until) return unexpected_answer("holding a seat", answer.value());
  const std::lock_guard lock(mutex_);
  held_until_[seat] = *until;
  return std::nullopt;
}

std::optional<Trouble> HoldProbe::watch() {
  const auto path = fmt::format("/v1/performances/{}/seats/stream", performance_);
  EventFeed feed(stage_.plan.server, stage_.host, path);
  while (!is_stopping_) {
    auto data = feed.next();
    if (!data) return data.error();
    if (!data->empty()) on_event(*data);
  }
  return std::nullopt;
}

void HoldProbe::on_event(std::string_view data) {
  const auto now = std::chrono::system_clock::now();
  const auto event = Json::parse(data, nullptr, false);
  if (!event.is_object() || !event.contains("states")) return;
  const std::lock_guard lock(mutex_);
  for (const auto& [seat, state] : event["states"].items()) {
    const auto held = held_until_.find(seat);
    if (state != "free" || held == held_until_.end()) continue;
    const auto late = now - held->second;
    seen_.record(std::chrono::duration_cast<std::chrono::nanoseconds>(late).count());
    held_until_.erase(held);
  }
}

}  // namespace cavea::bench
