#include "tests/process/crash_load.hpp"
#include "tests/process/paid_shop.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <random>
#include <string>
#include <thread>
#include <vector>

// Payments are compared with the provider over real sockets, and what differs is repaired, also by
// a node that is killed while it does so.

namespace cavea::test {
namespace {

constexpr int price = PaidShop::workshop_price;

TEST_CASE("a payment of which every notice was lost is found by comparing, and its places sold") {
  PaidShop till;
  till.behave({{"lose_webhooks", true}});
  const auto id = till.pay();
  CHECK(till.reservation(id).at("status") == "awaiting_payment");
  const auto report = till.reconcile();
  INFO(report.dump());
  CHECK(report.at("differences") == Json{{"authorised_unknown", 1}});
  REQUIRE(report.at("items").size() == 1);
  const auto& item = report.at("items").front();
  CHECK(item.at("reservation") == id);
  CHECK(item.at("repair") == "told");
  CHECK(item.at("ours").at("status") == "open");
  CHECK(item.at("theirs").at("status") == "requires_capture");
  till.wait_for(id, "confirmed");
  CHECK(till.reconcile().at("different") == 0);
  // A provider that is down lets no run come to its end, and the node says so.
  till.behave({{"down", true}});
  const auto began = till.begin();
  till.wait_until([&] {
    const auto last = till.get("/v1/admin/reconciliation").at("last");
    return last.at("started_at") == began && last.at("error").is_string();
  });
}

/// Reservations of two places, of which one was given back.
std::vector<std::string> half_refunded(PaidShop& till, int count) {
  std::vector<std::string> ids;
  for (int i = 0; i < count; ++i) ids.push_back(till.pay());
  for (const auto& id : ids) till.wait_for(id, "confirmed");
  till.behave({{"fail_refunds_later", count}});
  for (const auto& id : ids) {
    const auto path = "/v1/reservations/" + id + "/cancellation";
    REQUIRE(till.send("POST", path, Json{{"item", 0}, {"quantity", 1}}.dump()).status == 200);
  }
  for (const auto& id : ids) {
    till.wait_until([&] { return till.reservation(id).at("payment").at("refunded") == price; });
  }
  // And now none of it has gone back.
  till.wait_until(
      [&] { return till.ask("/simulator/statistics").at("refunded").value("eur", 0) == 0; });
  return ids;
}

TEST_CASE("a node that is killed while it repairs refunds all that is due, and nothing twice") {
  const auto seed = choose_seed();
  MESSAGE("CRASH_SEED=" << seed);
  std::mt19937_64 random(seed);
  constexpr int count = 12;
  PaidShop till;
  const auto ids = half_refunded(till, count);
  std::vector<std::string> paid;
  std::vector<std::string> unpaid;
  for (int i = 0; i < count; ++i) {
    paid.push_back(till.add_payment(ids[static_cast<std::size_t>(i)], true));
    if (i % 3 == 0) unpaid.push_back(till.add_payment(ids[static_cast<std::size_t>(i)], false));
  }
  const auto foreign = till.add_payment("", true);
  // More than a page of payments that others made.
  constexpr int others = 120;
  for (int i = 0; i < others; ++i) till.add_payment("", false);
  const auto of_others = till.add_payment("01JD3V7Z3N0R2M5Q8T9W4X6Y7Z", true);

  till.behave({{"delay_ms", 60}, {"operations", {"refund", "cancel", "retrieve"}}});
  for (int kills = 0; kills < 6; ++kills) {
    till.begin();
    const auto until = std::chrono::steady_clock::now()
                       + std::chrono::milliseconds(std::uniform_int_distribution(20, 900)(random));
    while (std::chrono::steady_clock::now() < until) {
      CHECK(till.send("GET", "/v1/admin/reconciliation").status == 200);
    }
    till.kill();
    till.start();
  }
  till.behave({{"delay_ms", 0}});
  Json report;
  till.wait_until([&] {
    report = till.reconcile();
    return report.at("different") == 0 && report.at("moving") == 0;
  });
  INFO(report.dump());
  for (const auto& id : ids) {
    const auto now = till.reservation(id);
    INFO(now.dump());
    CHECK(now.at("status") == "confirmed");
    CHECK(now.at("payment").at("captured") == 2 * price);
    CHECK(now.at("payment").at("refunded") == price);
  }
  for (const auto& id : paid) CHECK(till.refunded(id) == 2'222);
  for (const auto& id : unpaid) CHECK(till.payment(id).at("status") == "canceled");
  for (const auto& id : {foreign, of_others}) CHECK(till.refunded(id) == 0);
  CHECK(report.at("foreign") == 2 + others);
  // Two places were paid by each, and one went back, once; and all of what nobody holds.
  const auto figures = till.ask("/simulator/statistics");
  CHECK(figures.at("refunded").at("eur") == count * (price + 2'222));

  // The first count after a start finds the money where it belongs.
  till.stop();
  till.start();
  till.wait_until([&] {
    return till.metrics().find(
               "cavea_money_minor_units{currency=\"EUR\",where=\"refunded\"} "
               + std::to_string(count * price))
           != std::string::npos;
  });
  const auto metrics = till.metrics();
  CHECK(
      metrics.find("cavea_money_unbalanced_minor_units{currency=\"EUR\"} 0\n")
      != std::string::npos);
  CHECK(metrics.find("cavea_reconciliation_unrepaired 0\n") != std::string::npos);
  CHECK(till.get("/v1/admin/reconciliation").at("last") == report);
}

}  // namespace
}  // namespace cavea::test
