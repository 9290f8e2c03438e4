#include "bench/load/report.hpp"

#include <fmt/format.h>

#include <iterator>

namespace cavea::bench {
namespace {

using Json = nlohmann::ordered_json;

double ms_of(double ns) {
  return ns / 1e6;
}

double ms_of(std::int64_t ns) {
  return static_cast<double>(ns) / 1e6;
}

Json latency_json(const Histogram& latencies) {
  return {
      {"mean", ms_of(latencies.mean())},
      {"p50", ms_of(latencies.quantile(0.5))},
      {"p90", ms_of(latencies.quantile(0.9))},
      {"p99", ms_of(latencies.quantile(0.99))},
      {"p999", ms_of(latencies.quantile(0.999))},
      {"max", ms_of(latencies.max())}};
}

Json histogram_json(const Histogram& latencies) {
  auto buckets = Json::array();
  for (const auto& bucket : latencies.buckets()) {
    buckets.push_back(Json::array({ms_of(bucket.upper_bound), bucket.count}));
  }
  return buckets;
}

Json timeline_json(const std::vector<Second>& timeline) {
  auto seconds = Json::array();
  for (const auto& second : timeline) {
    seconds.push_back(
        {{"second", seconds.size() + 1},
         {"confirmed", second.confirmed},
         {"refused", second.refused},
         {"p99_ms", ms_of(second.latencies.quantile(0.99))}});
  }
  return seconds;
}

void add_rush(Json& json, const RushReport& rush) {
  json["sold_out_seconds"] = rush.sold_out_seconds ? Json(*rush.sold_out_seconds) : Json();
  json["seats"] = rush.seats;
  json["buyers"] = rush.buyers;
  json["buyers_served"] = rush.buyers_served;
  json["seats_confirmed"] = rush.seats_confirmed;
  json["seats_sold"] = rush.seats_sold;
  json["seats_sold_twice"] = rush.seats_sold_twice;
}

void add_saga(Json& json, const SagaReport& saga, double seconds) {
  json["price"] = saga.price;
  json["pages_read_per_second"] = static_cast<double>(saga.pages_read) / seconds;
  json["page_visible_ms"] = latency_json(saga.page_visible);
  json["offers"] = saga.offer_visible.count();
  json["offer_visible_ms"] = latency_json(saga.offer_visible);
  json["holds_ended"] = saga.hold_end_to_feed.count();
  json["hold_end_to_feed_ms"] = latency_json(saga.hold_end_to_feed);
}

std::string latency_text(const Histogram& latencies) {
  return fmt::format(
      "mean {:.3f}  p50 {:.3f}  p90 {:.3f}  p99 {:.3f}  p99.9 {:.3f}  max {:.3f} ms",
      ms_of(latencies.mean()),
      ms_of(latencies.quantile(0.5)),
      ms_of(latencies.quantile(0.9)),
      ms_of(latencies.quantile(0.99)),
      ms_of(latencies.quantile(0.999)),
      ms_of(latencies.max()));
}

}  // namespace

double Report::confirmed_per_second() const {
  const auto seconds = seconds_of(measured.time);
  return seconds <= 0 ? 0.0 : static_cast<double>(measured.confirmed) / seconds;
}

void Report::find_faults() {
  if (measured.failed != 0) {
    faults.push_back(fmt::format("{} requests failed", measured.failed));
    for (const auto& text : measured.failures) faults.push_back("  such as: " + text);
  }
  if (read_back && read_back->missing != 0) {
    faults.push_back(
        fmt::format("{} acknowledged reservations cannot be read back", read_back->missing));
  }
  if (read_back && read_back->repeated != 0) {
    faults.push_back(
        fmt::format("{} requests got the id of another reservation", read_back->repeated));
  }
  // After an interruption or a failure some requests had no answer, and may well have been done.
  const bool knows_all = measured.failed == 0 && !measured.is_interrupted && options.prefix.empty();
  if (read_back && read_back->unexpected != 0 && knows_all) {
    faults.push_back(
        fmt::format("{} reservations are there that nobody made", read_back->unexpected));
  }
  if (saga) faults.insert(faults.end(), saga->faults.begin(), saga->faults.end());
  if (rush && rush->seats_sold_twice != 0) {
    faults.push_back(fmt::format("{} seats were sold twice", rush->seats_sold_twice));
  }
  if (rush && rush->seats_sold != rush->seats_confirmed && knows_all) {
    faults.push_back(fmt::format(
        "{} seats were confirmed, but the seat map has {} sold",
        rush->seats_confirmed,
        rush->seats_sold));
  }
}

Json Report::json() const {
  Json json{
      {"scenario", options.scenario},
      {"url", options.url},
      {"connections", options.connections},
      {"threads", options.threads},
      {"rate", options.rate ? Json(*options.rate) : Json()},
      {"seconds", seconds_of(measured.time)},
      {"requests", measured.requests},
      {"confirmed", measured.confirmed},
      {"acknowledged", read_back ? read_back->acknowledged : 0},
      {"verified", read_back ? read_back->verified : 0},
      {"missing", read_back ? read_back->missing : 0},
      {"unexpected", read_back ? read_back->unexpected : 0},
      {"refused", measured.refused},
      {"failed", measured.failed},
      {"unsent", measured.unsent},
      {"interrupted", measured.is_interrupted},
      {"per_second", confirmed_per_second()},
      {"latency_ms", latency_json(measured.latencies)},
      {"histogram", histogram_json(measured.latencies)},
      {"timeline", timeline_json(measured.timeline)}};
  if (rush) add_rush(json, *rush);
  if (saga) add_saga(json, *saga, seconds_of(measured.time));
  json["faults"] = faults;
  return json;
}

std::string Report::table() const {
  std::string text;
  const auto row = [&text](std::string_view name, const std::string& value) {
    fmt::format_to(std::back_inserter(text), "{:<16}{}\n", name, value);
  };
  row("scenario", fmt::format("{} on {}", options.scenario, options.url));
  row("load",
      options.rate ? fmt::format("open loop, {} a second", *options.rate)
                   : fmt::format("closed loop, {} connections", options.connections));
  row("measured", fmt::format("{:.3f} s", seconds_of(measured.time)));
  row("confirmed", fmt::format("{} ({:.0f} a second)", measured.confirmed, confirmed_per_second()));
  for (const auto& [problem, count] : measured.refused)
    row("refused", fmt::format("{} {}", count, problem));
  row("failed", std::to_string(measured.failed));
  if (measured.unsent != 0) row("never sent", std::to_string(measured.unsent));
  if (read_back) {
    row("read back", fmt::format("{} of {}", read_back->verified, read_back->acknowledged));
  }
  const auto& latencies = measured.latencies;
  row("latency", latency_text(latencies));
  if (saga) {
    row("my page", latency_text(saga->page_visible));
    row("offers", latency_text(saga->offer_visible));
    row("ends of holds", latency_text(saga->hold_end_to_feed));
  }
  if (rush) {
    row("buyers", fmt::format("{}, {} got seats", rush->buyers, rush->buyers_served));
    row("seats", fmt::format("{}, {} sold", rush->seats, rush->seats_sold));
    row("sold out",
        rush->sold_out_seconds ? fmt::format("after {:.3f} s", *rush->sold_out_seconds) : "no");
    row("sold twice", std::to_string(rush->seats_sold_twice));
  }
  if (measured.is_interrupted) row("interrupted", "the run was ended early");
  for (const auto& fault : faults) row("WRONG", fault);
  return text;
}

}  // namespace cavea::bench
