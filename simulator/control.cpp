#include "simulator/api.hpp"

#include <nlohmann/json.hpp>

#include <utility>

// The simulator's own API: scripts for people and tests, and what has been counted.

namespace cavea::simulator {

namespace {

using Json = nlohmann::ordered_json;
using Method = ApiRequest::Method;

constexpr std::string_view behaviour_path = "/simulator/behaviour";
constexpr std::string_view statistics_path = "/simulator/statistics";
constexpr std::string_view authenticate_path = "/simulator/authenticate/";

ApiAnswer complaint(int status, const std::string& message) {
  const Json body{{"error", {{"type", "simulator_error"}, {"message", message}}}};
  return {.status = status, .body = body.dump() + '\n'};
}

}  // namespace

ApiAnswer Api::control(const ApiRequest& request, std::int64_t now_ms) {
  if (request.path == behaviour_path) return change_behaviour(request);
  if (request.path == statistics_path && request.method == Method::get) {
    return {.body = statistics_text()};
  }
  if (request.path.starts_with(authenticate_path) && request.method == Method::post) {
    return authenticate(request.path.substr(authenticate_path.size()), request.body, now_ms);
  }
  return complaint(
      404,
      "there are GET, POST and DELETE /simulator/behaviour, GET /simulator/statistics and POST "
      "/simulator/authenticate/{client_secret}");
}

ApiAnswer Api::change_behaviour(const ApiRequest& request) {
  if (request.method == Method::post) {
    if (const auto fault = change(behaviour_, request.body)) return complaint(400, *fault);
  } else if (request.method == Method::remove) {
    behaviour_ = {};
  } else if (request.method != Method::get) {
    return complaint(405, "the methods are GET, POST and DELETE");
  }
  return {.body = to_json(behaviour_)};
}

ApiAnswer Api::authenticate(
    std::string_view client_secret, std::string_view body, std::int64_t now_ms) {
  const auto id = client_secret.substr(0, client_secret.find("_secret_"));
  const auto number = names_.number_of_payment(id);
  if (book_.find(number) == nullptr || names_.client_secret(number) != client_secret) {
    return complaint(404, "there is no payment with this client secret");
  }
  const auto document = Json::parse(body, nullptr, false);
  const auto result = document.is_object() ? document.value("result", Json()) : Json();
  if (result != "succeeded" && result != "failed") {
    return complaint(400, R"(the body must be {"result": "succeeded"} or {"result": "failed"})");
  }
  const auto outcome = book_.authenticate(number, result == "succeeded");
  ApiAnswer answer;
  if (outcome.error) {
    fail(*outcome.error, answer);
    return answer;
  }
  text_.append_payment(answer.body, *outcome.payment, outcome.payment->state, false);
  tell(outcome, now_ms, {});
  return answer;
}

std::string Api::statistics_text() const {
  const auto totals = book_.totals();
  Json document{{"payments", totals.payments}};
  document["by_status"] = totals.by_status;
  document["captured"] = totals.captured;
  document["refunded"] = totals.refunded;
  for (std::size_t i = 0; i < operation_count; ++i) {
    document["requests"][std::string(name_of(Operation(i)))] = statistics_.requests[i];
  }
  document["replays"] = statistics_.replays;
  document["errors"] = statistics_.errors;
  document["unanswered"] = statistics_.unanswered;
  document["saved_keys"] = saved_.size();
  if (webhooks_ != nullptr) {
    const auto counts = webhooks_->counts();
    document["webhooks"] = {
        {"made", counts.made},
        {"delivered", counts.delivered},
        {"failed_tries", counts.failed_tries},
        {"waiting", counts.waiting},
        {"lost", counts.lost}};
  }
  return document.dump(2) + '\n';
}

}  // namespace cavea::simulator
