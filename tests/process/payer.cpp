#include "tests/process/payer.hpp"

#include <chrono>
#include <set>
#include <stdexcept>
#include <utility>

namespace cavea::test {

namespace {

using Json = nlohmann::json;

constexpr auto patience = std::chrono::seconds(60);

/// Nothing is on its way any more.
bool is_at_rest(const Json& reservation) {
  static const std::set<std::string> at_rest{
      "confirmed", "rejected", "expired", "cancelled", "refunded"};
  if (at_rest.count(reservation.at("status")) == 0) return false;
  const auto payment = reservation.value("payment", Json());
  return payment.is_null() || payment.at("refunded") == payment.at("refund_due");
}

bool is_gone(const HttpResponse& answer) {
  return answer.status == 0 || answer.status == 503;
}

}  // namespace

Payer::Payer(std::string name, std::string token, std::uint64_t seed)
    : name_(std::move(name)), token_(std::move(token)), random_(seed) {}

void Payer::shop(const Market& market, Tally& confirmed) {
  HttpClient node(market.node_url);
  node.use_token(token_);
  HttpClient provider(market.provider_url);
  try {
    while (complaints_.empty() && buy(node, provider, market, confirmed)) {
    }
  } catch (const std::exception& failure) {
    complaints_.push_back(name_ + " read an answer that it cannot: " + failure.what());
  }
}

/// False: the node is gone.
bool Payer::buy(HttpClient& node, HttpClient& provider, const Market& market, Tally& confirmed) {
  auto items = Json::array();
  const auto first = static_cast<std::size_t>(random(0, 1));
  for (std::size_t i = 0; i <= first; ++i) {
    items.push_back({{"offering", market.offerings.at(i)}, {"quantity", random(1, 2)}});
  }
  const auto made =
      node.post("/v1/reservations", Json{{"items", std::move(items)}}.dump(), fresh_key());
  if (is_gone(made)) return false;
  if (made.status != 201) return complain("reserving", made), false;
  const std::string id = Json::parse(made.body).at("id");
  const auto path = "/v1/reservations/" + id;
  if (is_gone(node.send("POST", path + "/payment", std::nullopt, fresh_key()))) return false;

  const auto until = std::chrono::steady_clock::now() + patience;
  bool has_paid = false;
  for (;;) {
    const auto answer = node.get(path);
    if (is_gone(answer)) return false;
    if (answer.status != 200) return complain("reading", answer), false;
    const auto now = Json::parse(answer.body);
    if (now.at("status") == "confirmed") break;
    const auto secret = now.at("payment").value("client_secret", Json());
    if (!has_paid && secret.is_string()) {
      const auto text = secret.get<std::string>();
      // Some cards are declined, and another one is taken.
      const auto* const card = random(1, 8) == 1 ? "pm_card_chargeDeclined" : "pm_card_visa";
      const auto paid = provider.send(
          "POST",
          "/v1/payment_intents/" + text.substr(0, text.find("_secret_")) + "/confirm",
          "client_secret=" + text + "&payment_method=" + card);
      has_paid = paid.status == 200;
    }
    if (std::chrono::steady_clock::now() > until) return complain("waiting for", answer), false;
  }
  confirmed.add_one();
  if (random(1, 4) != 1) {
    kept_.push_back(id);
    return true;
  }
  const auto cancelled = node.send("DELETE", path, std::nullopt, fresh_key());
  if (cancelled.status != 200 && !is_gone(cancelled)) complain("cancelling", cancelled);
  return !is_gone(cancelled);
}

std::map<std::string, Json> Payer::settle(const Market& market) {
  HttpClient node(market.node_url);
  node.use_token(token_);
  const auto until = std::chrono::steady_clock::now() + patience;
  for (;;) {
    auto all = all_of(node, "/v1/me/reservations");
    bool is_settled = true;
    for (const auto& [id, reservation] : all) {
      if (is_at_rest(reservation)) continue;
      is_settled = false;
      const std::string status = reservation.at("status");
      if (status == "refund_pending" || status == "confirmed") continue;
      // 409: the provider is being asked.
      const auto answer = node.send("DELETE", "/v1/reservations/" + id, std::nullopt, fresh_key());
      if (answer.status != 200 && answer.status != 409) complain("letting go of", answer);
    }
    if (is_settled) return all;
    if (std::chrono::steady_clock::now() < until) continue;
    for (const auto& [id, reservation] : all) {
      if (!is_at_rest(reservation)) complaints_.push_back("never at rest: " + reservation.dump());
    }
    return all;
  }
}

std::map<std::string, int> Payer::told(const Market& market) {
  HttpClient node(market.node_url);
  node.use_token(token_);
  std::map<std::string, int> told;
  for (const auto& [id, item] : all_of(node, "/v1/me/notifications")) {
    const std::string kind = item.at("kind");
    ++told[kind + " " + item.at("reservation").get<std::string>()];
  }
  return told;
}

std::map<std::string, Json> Payer::all_of(HttpClient& node, const char* list) {
  std::map<std::string, Json> all;
  std::string cursor;
  for (;;) {
    const auto answer = node.get(std::string(list) + "?limit=200" + cursor);
    if (answer.status != 200) throw std::runtime_error(answer.error + answer.body);
    auto page = Json::parse(answer.body);
    for (auto& item : page.at("items")) {
      const std::string id = item.at("id");
      all.emplace(id, std::move(item));
    }
    if (page.at("next").is_null()) return all;
    cursor = "&cursor=" + page.at("next").get<std::string>();
  }
}

void Payer::complain(const std::string& what, const HttpResponse& answer) {
  complaints_.push_back(
      name_ + ", " + what + ": " + std::to_string(answer.status) + " " + answer.body);
}

std::vector<std::string> Payer::fresh_key() {
  return {"Idempotency-Key: \"" + name_ + "-" + std::to_string(++keys_) + "\""};
}

int Payer::random(int from, int to) {
  return std::uniform_int_distribution<int>(from, to)(random_);
}

}  // namespace cavea::test
