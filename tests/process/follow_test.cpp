#include "tests/process/audit.hpp"
#include "tests/process/crash_load.hpp"
#include "tests/process/follower.hpp"
#include "tests/process/sale.hpp"
#include "tests/process/shopper.hpp"
#include "tests/process/tally.hpp"
#include "tests/support/node_process.hpp"
#include "tests/support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace cavea::test {
namespace {

using namespace std::chrono_literals;

constexpr int followed_shoppers = 4;
constexpr int followed_kills = 12;

/// What the events say became of a reservation.
std::string status_after(const std::vector<std::string>& types) {
  std::string status;
  for (const auto& type : types) {
    if (type == "cavea.reservation.held") status = "held";
    if (type == "cavea.reservation.sold" || type == "cavea.reservation.confirmed") {
      status = "confirmed";
    }
    if (type == "cavea.reservation.cancelled") status = "cancelled";
    if (type == "cavea.reservation.expired") status = "expired";
  }
  return status;
}

class FollowedSale {
 public:
  explicit FollowedSale(std::uint64_t seed) : random_(seed) {
    start();
    admin_token_ = node_->token("admin", "box-office");
    sale_.create(node_->url(), admin_token_);
    for (int i = 1; i <= followed_shoppers; ++i) {
      const auto name = "shopper-" + std::to_string(i);
      shoppers_.emplace_back(
          name, random_(), Tokens{node_->token("user", name), admin_token_}, sale_);
    }
    followers_.emplace_back(Follower::Manner::by_pages, admin_token_);
    followers_.emplace_back(Follower::Manner::by_stream, admin_token_);
  }

  void start() {
    const std::vector<std::string> options{"--log-level", "warning"};
    node_ = std::make_unique<NodeProcess>(CAVEA_BINARY, folder_.path(), options);
  }

  [[nodiscard]] NodeProcess& node() { return *node_; }

  /// Shoppers and followers at work until the node is killed.
  void shop_and_kill(int acknowledged) {
    Tally tally;
    std::vector<std::thread> threads;
    for (auto& shopper : shoppers_) {
      threads.emplace_back([&] { shopper.shop(node_->url(), tally); });
    }
    const auto never = [] { return false; };
    for (auto& follower : followers_) {
      threads.emplace_back([&] { follower.follow(node_->url(), never); });
    }
    const bool was_reached = tally.wait_for(acknowledged, load_time_max);
    node_->kill();
    for (auto& thread : threads) thread.join();
    CHECK_MESSAGE(was_reached, "the node was too slow: " << acknowledged << " were not reached");
  }

  /// What is lost to the shoppers is settled, then the one that reads pages reads all.
  void catch_up() {
    const auto ids = Audit(node_->url(), admin_token_).ids();
    for (auto& shopper : shoppers_) shopper.settle(node_->url(), ids);
    followers_[0].follow(node_->url(), [] { return true; });
  }

  /// The one that reads a stream catches up with the other, then the node ends.
  void follow_stream_to_the_end() {
    auto& by_stream = followers_[1];
    by_stream.follow(node_->url(), [&] { return by_stream.events() >= by_pages().events(); });
    CHECK(by_stream.events() == by_pages().events());
    CHECK(by_stream.versions() == by_pages().versions());
    CHECK(by_stream.reservations() == by_pages().reservations());
    CHECK(node_->stop() == ExitStatus{.code = 0, .signal = 0});
  }

  void check() {
    const Audit audit(node_->url(), admin_token_);
    HttpClient client(node_->url());
    const auto& pages = followers_[0];
    for (const auto* list : {"/v1/classes", "/v1/performances"}) {
      const auto answer = client.get(list);
      REQUIRE(answer.status == 200);
      const auto page = Json::parse(answer.body);
      for (const auto& offering : page.at("items")) {
        const std::string id = offering.at("id");
        REQUIRE(pages.versions().contains(id));
        CHECK(pages.versions().at(id) == offering.at("version").get<std::uint64_t>());
      }
    }
    CHECK(pages.reservations().size() == audit.reservations().size());
    for (const auto& [id, reservation] : audit.reservations()) {
      REQUIRE(pages.reservations().contains(id));
      CHECK(status_after(pages.reservations().at(id)) == reservation.at("status"));
    }
  }

  void check_followers() {
    for (const auto& follower : followers_) {
      for (const auto& complaint : follower.complaints()) FAIL_CHECK(complaint);
    }
  }

  [[nodiscard]] const Follower& by_pages() const { return followers_[0]; }

  [[nodiscard]] const Follower& by_stream() const { return followers_[1]; }

  void check_store() {
    const auto done = run({CAVEA_BINARY, "check", "--data", folder_.path().string()});
    INFO(done.output << done.error_output);
    CHECK(done.status == ExitStatus{.code = 0, .signal = 0});
  }

 private:
  TempDir folder_;
  std::mt19937_64 random_;
  Sale sale_;
  std::string admin_token_;
  std::vector<Shopper> shoppers_;
  std::vector<Follower> followers_;
  std::unique_ptr<NodeProcess> node_;
};

TEST_CASE("who follows a node that is killed at any moment misses nothing, in order") {
  const auto seed = choose_seed();
  MESSAGE("CRASH_SEED=" << seed);
  std::mt19937_64 random(seed);
  FollowedSale sale(seed);
  for (int round = 1; round <= followed_kills; ++round) {
    INFO("seed " << seed << ", kill " << round);
    sale.shop_and_kill(std::uniform_int_distribution<int>(1, 300)(random));
    sale.start();
    sale.catch_up();
    sale.check_followers();
    sale.check();
  }
  sale.follow_stream_to_the_end();
  sale.check_followers();
  MESSAGE(
      sale.by_pages().events() << " events by pages, " << sale.by_stream().events()
                               << " by streams, of which " << sale.by_stream().repeated()
                               << " came again");
  sale.check_store();
}

}  // namespace
}  // namespace cavea::test
