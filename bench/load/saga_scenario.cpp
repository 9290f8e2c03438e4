#include "bench/load/hold_probe.hpp"
#include "bench/load/offer_probe.hpp"
#include "bench/load/offering_creation.hpp"
#include "bench/load/purchases.hpp"
#include "bench/load/scenario.hpp"

#include <fmt/format.h>

#include <utility>

namespace cavea::bench {
namespace {

/// Of each place, in cents.
constexpr Price price = 1500;

/// Enough for hours; unsold places cost nothing.
constexpr std::uint64_t capacity = 1'000'000;

/// Places that are paid for, over a number of classes; beside it, places that are cancelled while
/// somebody waits for them, and holds that end unpaid.
class SagaScenario final : public Scenario {
 public:
  explicit SagaScenario(const Stage& stage)
      : stage_(stage),
        reservations_(stage.requests()),
        requests_({.host = stage.host, .run_id = stage.run_id}, stage.credentials.users),
        plan_{.reservations = reservations_, .requests = requests_, .claims = claims_},
        offers_(stage),
        holds_(stage) {
    for (std::uint64_t i = 0; i < *stage.options.classes; ++i) {
      classes_.push_back(fmt::format("{}-{:05}", stage.prefix, i));
      claims_.emplace_back(
          fmt::format(R"({{"items":[{{"offering":"{}","quantity":1}}]}})", classes_.back()));
    }
  }

  std::optional<Trouble> prepare() override {
    const auto venue = stage_.prefix + "-hall";
    if (auto trouble = create_venue(stage_, venue, nlohmann::json())) return trouble;
    std::vector<std::string> bodies;
    for (const auto& id : classes_) bodies.push_back(class_body(id, venue, capacity, price));
    if (auto trouble = create_offerings(stage_, "/v1/classes", bodies)) return trouble;
    if (auto trouble = offers_.prepare()) return trouble;
    return holds_.prepare();
  }

  std::unique_ptr<Workload> workload(unsigned) override {
    if (buyers_.empty()) {
      offers_.start();
      holds_.start();
    }
    auto workload = std::make_unique<Purchases>(plan_);
    buyers_.push_back(workload.get());
    return workload;
  }

  std::optional<Trouble> verify(Report& report) override {
    auto& saga = report.saga.emplace();
    for (const auto& trouble : {offers_.stop(), holds_.stop()}) {
      if (trouble) saga.faults.push_back(trouble->text);
    }
    saga.price = price;
    saga.offer_visible = offers_.visible();
    saga.hold_end_to_feed = holds_.seen();
    std::vector<engine::ReservationId> acknowledged;
    for (const auto* buyers : buyers_) {
      const auto& ids = buyers->acknowledged();
      acknowledged.insert(acknowledged.end(), ids.begin(), ids.end());
      saga.page_visible.merge(buyers->page_visible());
      saga.pages_read += buyers->pages_read();
    }
    auto result = read_back(stage_.api, classes_, std::move(acknowledged), stage_.progress);
    if (!result) return result.error();
    report.read_back = result.value();
    return std::nullopt;
  }

 private:
  Stage stage_;
  ReservationRequests reservations_;
  PurchaseRequests requests_;
  std::vector<std::string> classes_;
  std::vector<ReservationRequests::Claim> claims_;
  PurchasePlan plan_;
  std::vector<const Purchases*> buyers_;
  OfferProbe offers_;
  HoldProbe holds_;
};

}  // namespace

std::unique_ptr<Scenario> make_saga(const Stage& stage) {
  return std::make_unique<SagaScenario>(stage);
}

}  // namespace cavea::bench
