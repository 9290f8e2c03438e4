#pragma once

#include "simulator/server.hpp"
#include "tests/support/http_client.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace cavea::simulator {

/// A simulator on a free port and a client of it.
class Fixture {
 public:
  using Json = nlohmann::json;

  struct Answer {
    int status = 0;
    Json body;
    test::HttpResponse response;
  };

  explicit Fixture(Server::Settings settings = {})
      : server_(started(std::move(settings))), client_(server_->url()) {
    client_.use_token("sk_test_cavea");
  }

  [[nodiscard]] const Server& server() const { return *server_; }

  [[nodiscard]] test::HttpClient& client() { return client_; }

  Answer post(
      const std::string& path,
      const std::string& form,
      const std::optional<std::string>& key = std::nullopt) {
    test::HttpClient::Headers headers;
    if (key) headers.push_back("Idempotency-Key: " + *key);
    return answer_of(client_.post(path, form, headers));
  }

  Answer get(const std::string& path) { return answer_of(client_.get(path)); }

  void behave(const std::string& json) {
    const auto answer = client_.post("/simulator/behaviour", json);
    if (answer.status != 200) throw std::runtime_error(answer.body);
  }

  /// Makes a payment of EUR for manual capture.
  Json create(const std::string& amount = "4200", const std::string& more = "") {
    return post(
               "/v1/payment_intents",
               "amount=" + amount + "&currency=eur&capture_method=manual" + more)
        .body;
  }

  /// As a customer's browser does, without any key.
  Answer pay(const Json& payment, const std::string& method = "pm_card_visa") {
    test::HttpClient browser(server_->url());
    return answer_of(browser.post(
        "/v1/payment_intents/" + payment["id"].get<std::string>() + "/confirm",
        "client_secret=" + payment["client_secret"].get<std::string>()
            + "&payment_method=" + method));
  }

  Answer act(
      const Json& payment,
      const std::string& action,
      const std::string& form = "",
      const std::optional<std::string>& key = std::nullopt) {
    return post(
        "/v1/payment_intents/" + payment["id"].get<std::string>() + "/" + action, form, key);
  }

  Json look_up(const Json& payment) {
    return get("/v1/payment_intents/" + payment["id"].get<std::string>()).body;
  }

 private:
  static std::unique_ptr<Server> started(Server::Settings settings) {
    auto server = Server::open(std::move(settings));
    if (!server) throw std::runtime_error(server.error());
    return std::move(server).value();
  }

  static Answer answer_of(test::HttpResponse response) {
    Answer answer{.status = response.status, .body = {}, .response = std::move(response)};
    answer.body = Json::parse(answer.response.body, nullptr, false);
    return answer;
  }

  std::unique_ptr<Server> server_;
  test::HttpClient client_;
};

}  // namespace cavea::simulator
