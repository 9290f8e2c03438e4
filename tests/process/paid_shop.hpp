#pragma once

#include "tests/support/free_port.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/node_process.hpp"
#include "tests/support/process.hpp"
#include "tests/support/raw_connection.hpp"
#include "tests/support/temp_dir.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace cavea::test {

using Json = nlohmann::json;

/// A provider, and a node on a port that stays, so that notices find it after each start. It
/// compares payments when it is asked to, and sells places of a workshop.
class PaidShop {
 public:
  static constexpr int workshop_price = 1'500;

  PaidShop()
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
    const auto line = provider_process_.wait_for_line(lead, std::chrono::seconds(30));
    REQUIRE(line.has_value());
    const auto begin = line->find(lead);
    provider_url_ = line->substr(begin, line->find_first_of(" \n", begin) - begin);
    start();
    const Json venue{{"id", "mill"}, {"name", "Mill"}, {"time_zone", "Europe/Berlin"}};
    REQUIRE(send("POST", "/v1/venues", venue.dump()).status == 201);
    create_class("workshop", 1'000, workshop_price, 600);
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

  /// A class whose holds last so long.
  void create_class(const std::string& id, int capacity, int price, int hold_seconds) {
    const Json offering{
        {"id", id},
        {"title", "Class " + id},
        {"venue", "mill"},
        {"starts_at", "2031-03-01T20:00:00"},
        {"currency", "EUR"},
        {"capacity", capacity},
        {"hold_seconds", hold_seconds},
        {"price", price}};
    const auto answer = send("POST", "/v1/classes", offering.dump());
    INFO(answer.body);
    REQUIRE(answer.status == 201);
  }

  std::string reserve(const std::string& offering, int quantity) {
    const Json wanted{{"items", {{{"offering", offering}, {"quantity", quantity}}}}};
    const auto made = send("POST", "/v1/reservations", wanted.dump());
    INFO(made.body);
    REQUIRE(made.status == 201);
    return Json::parse(made.body).at("id");
  }

  /// The secret with which the customer pays.
  std::string begin_payment(const std::string& id) {
    REQUIRE(send("POST", "/v1/reservations/" + id + "/payment").status == 201);
    Json secret;
    wait_until([&] {
      secret = reservation(id).at("payment").value("client_secret", Json());
      return secret.is_string();
    });
    return secret.get<std::string>();
  }

  /// The customer, at the provider.
  int confirm(const std::string& secret, const std::string& card) {
    HttpClient browser(provider_url_);
    const auto path = "/v1/payment_intents/" + secret.substr(0, secret.find("_secret_"));
    const auto form = "client_secret=" + secret + "&payment_method=" + card;
    return browser.send("POST", path + "/confirm", form).status;
  }

  /// Two places of the workshop that wait for their payment, which the customer has made.
  std::string pay() {
    const auto id = reserve("workshop", 2);
    REQUIRE(confirm(begin_payment(id), "pm_card_visa") == 200);
    return id;
  }

  /// Follows what happens to orders, from now on, until `is_enough` says so of an event.
  void follow_orders(const std::function<bool(const std::string& event)>& is_enough) {
    RawConnection stream(node_->url());
    stream.send(
        "GET /v1/changes?types=cavea.order.*&from=now HTTP/1.1\r\nHost: box\r\n"
        "Accept: text/event-stream\r\nAuthorization: Bearer "
        + admin_ + "\r\n\r\n");
    REQUIRE(stream.read_until("\r\n\r\n").starts_with("HTTP/1.1 200 "));
    while (!is_enough(stream.read_until("\n\n"))) {
    }
  }

  Json reservation(const std::string& id) { return get("/v1/reservations/" + id); }

  static void wait_until(const std::function<bool()>& is_so) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
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

}  // namespace cavea::test
