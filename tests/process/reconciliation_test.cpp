#include "tests/process/crash_load.hpp"
#include "tests/support/free_port.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/node_process.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

// Payments are compared with the provider over real sockets, and what differs is repaired, also by
// a node that is killed while it does so.

namespace cavea::test {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;

constexpr int price = 1'500;

/// A provider, and a node that compares when it is asked to.
class Till {
 public:
  Till()
      : port_(std::to_string(free_port())),
        key_(folder_.write("payment.key", "sk_test_cavea\n").string()),
        secret_(folder_.write("notice.secret", "whsec_cavea\n").string()),
        provider_process_(
            {CAVEA_BINARY,
             "payment-simulator",
             "--port",
             "0",
             "--webhook-url",
             "http://127.0.0.1:" + port_ + "/v1/payments/notices"}) {
    const std::string lead = "http://";
    const auto line = provider_process_.wait_for_line(lead, 30s);
    REQUIRE(line.has_value());
    const auto begin = line->find(lead);
    provider_url_ = line->substr(begin, line->find_first_of(" \n", begin) - begin);
    start();
    const Json venue{{"id", "mill"}, {"name", "Mill"}, {"time_zone", "Europe/Berlin"}};
    REQUIRE(send("POST", "/v1/venues", venue.dump()).status == 201);
    const Json offering{
        {"id", "workshop"},
        {"title", "Workshop"},
        {"venue", "mill"},
        {"starts_at", "2031-03-01T20:00:00"},
        {"currency", "EUR"},
        {"capacity", 1'000},
        {"price", price}};
    REQUIRE(send("POST", "/v1/classes", offering.dump()).status == 201);
  }

  void start() {
    const std::vector<std::string> options{
        "--port",
        port_,
        "--log-level",
        "error",
        "--payment-url",
        provider_url_,
        "--payment-key-file",
        key_,
        "--payment-notice-secret-file",
        secret_,
        "--reconcile-every-minutes",
        "0",
        "--reconcile-rest-seconds",
        "0"};
    node_ = std::make_unique<NodeProcess>(CAVEA_BINARY, folder_ / "data", options);
    admin_ = node_->token("admin", "box-office");
  }

  void kill() { node_->kill(); }

  void stop() { node_->stop(); }

  HttpResponse send(
      const std::string& method, const std::string& path, const std::string& body = {}) {
    HttpClient client(node_->url());
    client.use_token(admin_);
    std::optional<std::string> content;
    if (!body.empty()) content = body;
    return client.send(
        method, path, content, {"Idempotency-Key: \"k" + std::to_string(++keys_) + "\""});
  }

  Json get(const std::string& path) {
    const auto answer = send("GET", path);
    INFO(path << ": " << answer.body << answer.error);
    REQUIRE(answer.status == 200);
    return Json::parse(answer.body);
  }

  /// Of the provider.
  Json ask(const std::string& path) {
    HttpClient client(provider_url_);
    client.use_token("sk_test_cavea");
    const auto answer = client.get(path);
    REQUIRE(answer.status == 200);
    return Json::parse(answer.body);
  }

  Json tell(const std::string& path, const std::string& form) {
    HttpClient client(provider_url_);
    client.use_token("sk_test_cavea");
    const auto answer = client.send("POST", path, form);
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    return Json::parse(answer.body);
  }

  void behave(const Json& behaviour) { tell("/simulator/behaviour", behaviour.dump()); }

  /// Two places that wait for their payment, which the customer has made.
  std::string pay() {
    const Json wanted{{"items", {{{"offering", "workshop"}, {"quantity", 2}}}}};
    const auto made = send("POST", "/v1/reservations", wanted.dump());
    INFO(made.body);
    REQUIRE(made.status == 201);
    const std::string id = Json::parse(made.body).at("id");
    REQUIRE(send("POST", "/v1/reservations/" + id + "/payment").status == 201);
    Json secret;
    wait_until([&] {
      secret = reservation(id).at("payment").value("client_secret", Json());
      return secret.is_string();
    });
    const auto text = secret.get<std::string>();
    tell(
        "/v1/payment_intents/" + text.substr(0, text.find("_secret_")) + "/confirm",
        "client_secret=" + text + "&payment_method=pm_card_visa");
    return id;
  }

  Json reservation(const std::string& id) { return get("/v1/reservations/" + id); }

  static void wait_until(const std::function<bool()>& is_so) {
    const auto end = std::chrono::steady_clock::now() + 60s;
    while (!is_so()) {
      if (std::chrono::steady_clock::now() > end) FAIL("it did not come about within a minute");
      std::this_thread::yield();
    }
  }

  void wait_for(const std::string& id, const std::string& status) {
    wait_until([&] { return reservation(id).at("status") == status; });
  }

  /// Asks for a run.
  std::string begin() {
    const auto answer = send("POST", "/v1/admin/reconciliation");
    INFO(answer.body);
    REQUIRE(answer.status == 202);
    return Json::parse(answer.body).at("running").at("started_at");
  }

  /// A run to its end.
  Json reconcile() {
    const auto began = begin();
    Json last;
    wait_until([&] {
      last = get("/v1/admin/reconciliation").at("last");
      return !last.is_null() && last.at("started_at") == began;
    });
    INFO(last.dump());
    CHECK(last.at("error").is_null());
    return last;
  }

  /// A payment beside all reservations, for one of ours or for none.
  std::string add_payment(const std::string& reservation, bool is_paid) {
    auto form = std::string("amount=2222&currency=eur");
    if (!reservation.empty()) form += "&metadata[reservation]=" + reservation;
    const std::string id = tell("/v1/payment_intents", form).at("id");
    if (is_paid) tell("/v1/payment_intents/" + id + "/confirm", "payment_method=pm_card_visa");
    return id;
  }

  Json payment(const std::string& id) {
    return ask("/v1/payment_intents/" + id + "?expand[]=latest_charge");
  }

  int refunded(const std::string& id) {
    return payment(id).at("latest_charge").at("amount_refunded").get<int>();
  }

  std::string metrics() { return send("GET", "/metrics").body; }

 private:
  TempDir folder_;
  std::string port_;
  std::string key_;
  std::string secret_;
  Process provider_process_;
  std::string provider_url_;
  std::unique_ptr<NodeProcess> node_;
  std::string admin_;
  int keys_ = 0;
};

TEST_CASE("a payment of which every notice was lost is found by comparing, and its places sold") {
  Till till;
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
std::vector<std::string> half_refunded(Till& till, int count) {
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
  Till till;
  const auto ids = half_refunded(till, count);
  std::vector<std::string> paid;
  std::vector<std::string> unpaid;
  for (int i = 0; i < count; ++i) {
    paid.push_back(till.add_payment(ids[static_cast<std::size_t>(i)], true));
    if (i % 3 == 0) unpaid.push_back(till.add_payment(ids[static_cast<std::size_t>(i)], false));
  }
  const auto foreign = till.add_payment("", true);
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
  CHECK(report.at("foreign") == 2);
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
