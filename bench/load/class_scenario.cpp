#include "bench/load/class_scenario.hpp"

#include "bench/load/house.hpp"
#include "bench/load/offering_creation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace cavea::bench {
namespace {

/// As many places as the API lets a class have: enough for hours, and unsold ones cost nothing.
constexpr std::uint64_t capacity_of_all = 50'000'000;
constexpr std::uint64_t capacity_min = 100'000;

/// Where it is known how many reservations come, classes are as large as a studio has them.
constexpr std::uint64_t capacity_of_studio = 30;

std::uint64_t capacity_of_each(const ClassScenario::Terms& terms) {
  if (terms.reservations == UINT64_MAX) {
    return std::max(capacity_min, capacity_of_all / terms.offerings);
  }
  // The order is drawn, so that some get more than others.
  return capacity_of_studio + 2 * (terms.reservations / terms.offerings);
}

}  // namespace

ClassScenario::ClassScenario(const Stage& stage, const Terms& terms)
    : stage_(stage),
      terms_(terms),
      requests_(stage.requests()),
      plan_{
          .requests = requests_,
          .claims = claims_,
          .order = terms.order,
          .count_max = terms.reservations,
          .keeps_ids = !terms.is_pretence} {
  const auto* const claim =
      terms.seats == 0 ? R"("quantity":1)" : R"("best_available":{"party_size":1})";
  for (std::uint64_t i = 0; i < terms.offerings; ++i) {
    offerings_.push_back(fmt::format("{}-{:05}", stage.prefix, i));
    claims_.emplace_back(
        fmt::format(R"({{"items":[{{"offering":"{}",{}}}]}})", offerings_.back(), claim));
  }
}

std::optional<Trouble> ClassScenario::prepare() {
  if (terms_.is_pretence) return std::nullopt;
  stage_.progress.say(fmt::format("offerings to create: {}", offerings_.size()));
  const auto venue = stage_.prefix + "-hall";
  const bool has_seats = terms_.seats != 0;
  const auto seat_map =
      has_seats ? House(static_cast<std::uint32_t>(terms_.seats)).seat_map() : nlohmann::json();
  if (auto trouble = create_venue(stage_, venue, seat_map)) return trouble;
  const auto capacity = capacity_of_each(terms_);
  std::vector<std::string> bodies;
  for (const auto& id : offerings_) {
    bodies.push_back(has_seats ? performance_body(id, venue) : class_body(id, venue, capacity));
  }
  return create_offerings(stage_, has_seats ? "/v1/performances" : "/v1/classes", bodies);
}

std::unique_ptr<Workload> ClassScenario::workload(unsigned thread) {
  auto workload = std::make_unique<ClassClaims>(plan_, stage_.options.seed + thread);
  workloads_.push_back(workload.get());
  return workload;
}

std::optional<Trouble> ClassScenario::verify(Report& report) {
  if (terms_.is_pretence) return std::nullopt;
  std::vector<engine::ReservationId> acknowledged;
  for (const auto* workload : workloads_) {
    const auto& ids = workload->acknowledged();
    acknowledged.insert(acknowledged.end(), ids.begin(), ids.end());
  }
  auto result = read_back(stage_.api, offerings_, std::move(acknowledged), stage_.progress);
  if (!result) return result.error();
  report.read_back = result.value();
  return std::nullopt;
}

}  // namespace cavea::bench
