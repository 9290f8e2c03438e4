#include "bench/load/offering_creation.hpp"
#include "bench/load/rush_buyers.hpp"
#include "bench/load/scenario.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace cavea::bench {
namespace {

/// The first minutes of a great sale: far more people than seats, and all want the same ones. It
/// ends when everybody has an answer.
class RushScenario final : public Scenario {
 public:
  explicit RushScenario(const Stage& stage)
      : stage_(stage),
        requests_(stage.requests()),
        house_(static_cast<std::uint32_t>(*stage.options.seats)),
        offering_(stage.prefix + "-show"),
        plan_{
            .requests = requests_,
            .house = house_,
            .offering = offering_,
            .buyers = *stage.options.buyers,
            .seed = stage.options.seed} {}

  std::optional<Trouble> prepare() override {
    stage_.progress.say(fmt::format("creating a house of {} seats", house_.seat_count()));
    const auto venue = stage_.prefix + "-hall";
    if (auto trouble = create_venue(stage_, venue, house_.seat_map())) return trouble;
    return create_offerings(stage_, "/v1/performances", {performance_body(offering_, venue)});
  }

  std::unique_ptr<Workload> workload(unsigned) override {
    if (buyers_.empty()) started_at_ = Clock::now();
    auto workload = std::make_unique<RushBuyers>(plan_);
    buyers_.push_back(workload.get());
    return workload;
  }

  std::optional<Trouble> verify(Report& report) override {
    std::vector<engine::ReservationId> acknowledged;
    std::vector<std::uint32_t> seats;
    for (const auto* buyers : buyers_) {
      const auto& ids = buyers->acknowledged();
      acknowledged.insert(acknowledged.end(), ids.begin(), ids.end());
      seats.insert(seats.end(), buyers->seats().begin(), buyers->seats().end());
    }
    auto& rush = report.rush.emplace();
    rush.seats = house_.seat_count();
    rush.buyers = plan_.buyers;
    rush.buyers_served = acknowledged.size();
    rush.seats_confirmed = seats.size();
    rush.seats_sold_twice = count_repeated(seats);
    if (const auto sold_out_at = plan_.sold_out_at.load(); sold_out_at != TimePoint()) {
      rush.sold_out_seconds = seconds_of(sold_out_at - started_at_);
    }
    if (auto trouble = count_sold(rush)) return trouble;
    auto result = read_back(stage_.api, {offering_}, std::move(acknowledged), stage_.progress);
    if (!result) return result.error();
    report.read_back = result.value();
    return std::nullopt;
  }

 private:
  static std::uint64_t count_repeated(std::vector<std::uint32_t>& seats) {
    std::ranges::sort(seats);
    return std::ranges::unique(seats).size();
  }

  std::optional<Trouble> count_sold(RushReport& rush) {
    const auto path = "/v1/performances/" + offering_ + "/seats?map=false";
    const auto answer = stage_.api.get(path);
    if (!answer) return answer.error();
    const auto seats = nlohmann::json::parse(answer->body, nullptr, false);
    if (answer->status != 200 || !seats.is_object() || !seats.contains("states")) {
      return unexpected_answer("GET " + path, answer.value());
    }
    for (const auto& state : seats["states"]) rush.seats_sold += state == "sold" ? 1 : 0;
    return std::nullopt;
  }

  Stage stage_;
  ReservationRequests requests_;
  House house_;
  std::string offering_;
  RushPlan plan_;
  std::vector<const RushBuyers*> buyers_;
  TimePoint started_at_;
};

}  // namespace

std::unique_ptr<Scenario> make_rush(const Stage& stage) {
  return std::make_unique<RushScenario>(stage);
}

}  // namespace cavea::bench
