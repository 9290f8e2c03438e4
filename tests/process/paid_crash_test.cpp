#include "tests/process/crash_load.hpp"
#include "tests/process/payer.hpp"
#include "tests/support/free_port.hpp"
#include "tests/support/node_process.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

// Sagas with money, over real sockets to a payment provider that plays tricks, on a node that is
// killed again and again.

namespace cavea::test {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;

constexpr int payer_count = 4;
constexpr int kills_while_paying = 12;

/// A provider, and a node on a port that stays, so that notices find it after each start.
class Shop {
 public:
  explicit Shop(std::uint64_t seed)
      : port_(std::to_string(free_port())),
        key_(folder_.write("payment.key", "sk_test_cavea\n").string()),
        secret_(folder_.write("notice.secret", "whsec_cavea\n").string()),
        provider_(
            {CAVEA_BINARY,
             "payment-simulator",
             "--port",
             "0",
             "--webhook-url",
             "http://127.0.0.1:" + port_ + "/v1/payments/notices"}) {
    const std::string lead = "http://";
    const auto line = provider_.wait_for_line(lead, 30s);
    REQUIRE(line.has_value());
    const auto begin = line->find(lead);
    market_.provider_url = line->substr(begin, line->find_first_of(" \n", begin) - begin);
    market_.offerings = {"workshop", "lesson"};
    script({{"duplicate_webhooks", 1}, {"reorder_webhooks_ms", 20}});
    start();
    create();
    for (int i = 0; i < payer_count; ++i) {
      const auto name = "payer-" + std::to_string(i);
      payers_.emplace_back(name, node_->token("user", name), seed + static_cast<unsigned>(i));
    }
  }

  void start() {
    const std::vector<std::string> options{
        "--port",
        port_,
        "--log-level",
        "error",
        "--payment-url",
        market_.provider_url,
        "--payment-key-file",
        key_,
        "--payment-notice-secret-file",
        secret_};
    node_ = std::make_unique<NodeProcess>(CAVEA_BINARY, folder_ / "data", options);
    market_.node_url = node_->url();
  }

  /// All payers at work until so many payments were confirmed; then the node is killed.
  void shop_and_kill(int confirmed) {
    Tally tally;
    std::vector<std::thread> threads;
    for (auto& payer : payers_) threads.emplace_back([&] { payer.shop(market_, tally); });
    const bool was_reached = tally.wait_for(confirmed, load_time_max);
    node_->kill();
    for (auto& thread : threads) thread.join();
    CHECK_MESSAGE(was_reached, "too slow: " << confirmed << " payments were not confirmed");
    for (const auto& payer : payers_) {
      for (const auto& complaint : payer.complaints()) FAIL_CHECK(complaint);
    }
  }

  /// The provider, from now on.
  void script(const Json& behaviour) {
    HttpClient provider(market_.provider_url);
    REQUIRE(provider.post("/simulator/behaviour", behaviour.dump()).status == 200);
  }

  /// Everything has come to rest: the money is where the places are, and everybody knows.
  void check_all();

  /// What there was at the last check.
  [[nodiscard]] std::string story() const {
    std::string text;
    for (const auto& [status, count] : by_status_) {
      text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + status;
    }
    return text;
  }

 private:
  void create();
  [[nodiscard]] Json get(const std::string& path);
  [[nodiscard]] Json changes(const std::string& from);
  void follow_orders();
  void check_orders(const std::map<std::string, Json>& reservations);
  void check_orders_from_beginning();
  void check_told(Payer& payer, const std::map<std::string, Json>& reservations);

  TempDir folder_;
  std::string port_;
  std::string key_;
  std::string secret_;
  Process provider_;
  Market market_;
  std::unique_ptr<NodeProcess> node_;
  std::vector<Payer> payers_;
  std::map<std::string, int> by_status_;  ///< At the last check.
  std::string orders_cursor_;
  std::map<std::string, std::vector<Json>> orders_;  ///< Their events so far, by reservation.
};

void Shop::create() {
  HttpClient admin(market_.node_url);
  admin.use_token(node_->token("admin", "box-office"));
  const Json venue{{"id", "mill"}, {"name", "Mill"}, {"time_zone", "Europe/Berlin"}};
  REQUIRE(admin.post("/v1/venues", venue.dump()).status == 201);
  for (const auto& id : market_.offerings) {
    const Json offering{
        {"id", id},
        {"title", "Sold under " + id},
        {"venue", "mill"},
        {"starts_at", "2031-03-01T20:00:00"},
        {"currency", "EUR"},
        {"capacity", 100'000},
        {"price", id == "lesson" ? 2'000 : 1'500}};
    const auto answer = admin.post("/v1/classes", offering.dump());
    INFO(answer.body);
    REQUIRE(answer.status == 201);
  }
}

Json Shop::get(const std::string& path) {
  HttpClient client(path.starts_with("/v1/") ? market_.node_url : market_.provider_url);
  const auto answer = client.get(path);
  REQUIRE(answer.status == 200);
  return Json::parse(answer.body);
}

void Shop::check_all() {
  std::int64_t captured = 0;
  std::int64_t refunded = 0;
  std::map<std::string, int> sold;
  by_status_.clear();
  for (auto& payer : payers_) {
    const auto reservations = payer.settle(market_);
    for (const auto& [id, reservation] : reservations) {
      INFO(reservation.dump());
      const bool is_confirmed = reservation.at("status") == "confirmed";
      const auto payment = reservation.value("payment", Json());
      const auto came = payment.is_null() ? 0 : payment.at("captured").get<std::int64_t>();
      const auto went = payment.is_null() ? 0 : payment.at("refunded").get<std::int64_t>();
      const std::int64_t total = reservation.at("total").at("amount");
      CHECK(came - went == (is_confirmed ? total : 0));
      ++by_status_[reservation.at("status")];
      captured += came;
      refunded += went;
      if (!is_confirmed) continue;
      for (const auto& item : reservation.at("items")) {
        sold[item.at("offering")] += item.at("quantity").get<int>();
      }
    }
    for (const auto& id : payer.kept()) {
      const auto found = reservations.find(id);
      INFO(payer.name() << " was told that it is confirmed: " << id);
      REQUIRE(found != reservations.end());
      CHECK(found->second.at("status") == "confirmed");
    }
    check_told(payer, reservations);
    check_orders(reservations);
    for (const auto& complaint : payer.complaints()) FAIL_CHECK(complaint);
  }
  for (const auto& id : market_.offerings) {
    const auto is_right = [&] {
      const auto places = get("/v1/classes/" + id).at("places");
      return places.at("sold") == sold[id] && places.at("held") == 0;
    };
    // Money may be quicker than a place.
    const auto until = std::chrono::steady_clock::now() + 30s;
    while (!is_right() && std::chrono::steady_clock::now() < until) std::this_thread::yield();
    INFO(id << " sold " << sold[id] << " but says " << get("/v1/classes/" + id).dump());
    CHECK(is_right());
  }
  const auto figures = get("/simulator/statistics");
  INFO(figures.dump());
  CHECK(figures.at("captured").value("eur", std::int64_t{0}) == captured);
  CHECK(figures.at("refunded").value("eur", std::int64_t{0}) == refunded);
  check_orders_from_beginning();
  // Nothing is left reserved on anybody's card.
  CHECK(figures.at("by_status").value("requires_capture", 0) == 0);
}

/// A page of what happened to orders.
Json Shop::changes(const std::string& from) {
  HttpClient admin(market_.node_url);
  admin.use_token(node_->token("admin", "box-office"));
  const auto answer = admin.get("/v1/changes?types=cavea.order.*&limit=1000&" + from);
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  return Json::parse(answer.body);
}

/// Goes on where it was before the node was killed.
void Shop::follow_orders() {
  for (;;) {
    const auto page =
        changes(orders_cursor_.empty() ? "from=beginning" : "cursor=" + orders_cursor_);
    for (const auto& event : page.at("items")) orders_[event.at("subject")].push_back(event);
    orders_cursor_ = page.at("next");
    if (!page.at("more").get<bool>()) return;
  }
}

/// Whoever followed the events of orders knows of each how it went, and what became of the money.
void Shop::check_orders(const std::map<std::string, Json>& reservations) {
  follow_orders();
  for (const auto& [id, reservation] : reservations) {
    // One that was never paid for is none.
    if (!reservation.contains("payment")) continue;
    std::string story;
    std::map<std::string, int> count;
    std::string last;
    for (const auto& event : orders_[id]) {
      const auto type = event.at("type").get<std::string>();
      story += type + " ";
      ++count[type];
      CHECK(event.at("sequence").get<std::string>() > last);
      last = event.at("sequence");
    }
    INFO(story << "is told of " << reservation.dump());
    REQUIRE_FALSE(orders_[id].empty());
    const auto& newest = orders_[id].back().at("data").at("order");
    CHECK(newest.at("status") == reservation.at("status"));
    CHECK(count["cavea.order.confirmed"] <= 1);
    CHECK(count["cavea.order.paid"] <= 1);
    if (reservation.at("status") == "confirmed") {
      CHECK(count["cavea.order.confirmed"] == 1);
      CHECK(count["cavea.order.paid"] == 1);
    }
    if (reservation.at("payment").is_null()) continue;
    for (const auto* sum : {"captured", "refund_due", "refunded"}) {
      CHECK(newest.at("payment").at(sum) == reservation.at("payment").at(sum));
    }
  }
}

/// Who begins anew is told the same, under the same names.
void Shop::check_orders_from_beginning() {
  std::set<std::string> followed;
  for (const auto& [id, events] : orders_) {
    for (const auto& event : events) {
      INFO(event.dump());
      CHECK(followed.insert(event.at("id")).second);
    }
  }
  std::set<std::string> read;
  std::string from = "from=beginning";
  for (bool is_more = true; is_more;) {
    const auto page = changes(from);
    for (const auto& event : page.at("items")) read.insert(event.at("id"));
    from = "cursor=" + page.at("next").get<std::string>();
    is_more = page.at("more");
  }
  CHECK(followed == read);
}

void Shop::check_told(Payer& payer, const std::map<std::string, Json>& reservations) {
  const auto faults_of = [&] {
    std::vector<std::string> faults;
    auto told = payer.told(market_);
    for (const auto& [id, reservation] : reservations) {
      const bool is_confirmed = reservation.at("status") == "confirmed";
      const auto confirmed = told["reservation_confirmed " + id];
      const auto refunds = told["reservation_refunded " + id];
      const bool is_refunded = reservation.at("status") == "refunded";
      if (is_confirmed ? confirmed == 1 : confirmed <= 1 && (refunds >= 1) == is_refunded) continue;
      faults.push_back(
          payer.name() + " was told " + std::to_string(confirmed) + " times of the sale and "
          + std::to_string(refunds) + " times of a refund of " + reservation.dump());
    }
    return faults;
  };
  const auto until = std::chrono::steady_clock::now() + 30s;
  auto faults = faults_of();
  while (!faults.empty() && std::chrono::steady_clock::now() < until) faults = faults_of();
  for (const auto& fault : faults) FAIL_CHECK(fault);
}

TEST_CASE("a node that is killed while people pay loses no money and no place, and tells of all") {
  const auto seed = choose_seed();
  MESSAGE("CRASH_SEED=" << seed);
  std::mt19937_64 random(seed);
  Shop shop(seed);
  for (int round = 1; round <= kills_while_paying; ++round) {
    INFO("seed " << seed << ", kill " << round);
    // Every fourth time it dies almost at once, when it goes on with what it found.
    const int most = round % 4 == 0 ? 3 : 60;
    shop.shop_and_kill(std::uniform_int_distribution<int>(1, most)(random));
    shop.start();
    if (round % 4 == 0) shop.check_all();
  }
  MESSAGE(shop.story());
}

}  // namespace
}  // namespace cavea::test
