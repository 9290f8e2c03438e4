#include "tests/process/audit.hpp"
#include "tests/process/crash_load.hpp"
#include "tests/process/sale.hpp"
#include "tests/process/shopper.hpp"
#include "tests/process/tally.hpp"
#include "tests/support/node_process.hpp"
#include "tests/support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <signal.h>

namespace cavea::test {
namespace {

using namespace std::chrono_literals;

constexpr int shopper_count = 6;
constexpr int kill_count = 20;

/// One store, the shoppers that use it, and the node that serves it at the moment.
class Box {
 public:
  explicit Box(std::uint64_t seed) : random_(seed) {
    start();
    admin_token_ = node_->token("admin", "box-office");
    sale_.create(node_->url(), admin_token_);
    for (int i = 1; i <= shopper_count; ++i) {
      const auto name = "shopper-" + std::to_string(i);
      const Tokens tokens{node_->token("user", name), admin_token_};
      shoppers_.emplace_back(name, random_(), tokens, sale_);
    }
  }

  void start() {
    const std::vector<std::string> options{"--log-level", "warning"};
    node_ = std::make_unique<NodeProcess>(CAVEA_BINARY, folder_.path(), options);
  }

  [[nodiscard]] NodeProcess& node() { return *node_; }

  /// All shoppers at work; `end` ends the node after so many acknowledged commands.
  template <class End>
  void shop_until(int acknowledged, End end) {
    Tally tally;
    std::vector<std::thread> threads;
    for (auto& shopper : shoppers_) {
      threads.emplace_back([&] { shopper.shop(node_->url(), tally); });
    }
    const bool was_reached = tally.wait_for(acknowledged, load_time_max);
    end();
    for (auto& thread : threads) thread.join();
    CHECK_MESSAGE(was_reached, "the node was too slow: " << acknowledged << " were not reached");
  }

  /// Kills a node of the same data that has hardly begun to start.
  void kill_a_start() {
    Process starting({CAVEA_BINARY, "serve", "--data", folder_.path().string(), "--port", "0"});
    starting.signal(SIGKILL);
    REQUIRE(starting.wait(30s));
  }

  /// Every lost order gets its outcome, then everything has to agree.
  void check_all() {
    const auto known_ids = Audit(node_->url(), admin_token_).ids();
    for (auto& shopper : shoppers_) shopper.settle(node_->url(), known_ids);

    Audit audit(node_->url(), admin_token_);
    auto faults = audit.compare_with(shoppers_);
    for (auto& fault : audit.check_places(sale_)) faults.push_back(std::move(fault));
    for (auto& fault : audit.check_told(shoppers_)) faults.push_back(std::move(fault));
    for (const auto& shopper : shoppers_) {
      for (const auto& complaint : shopper.ledger().complaints) faults.push_back(complaint);
    }
    for (const auto& fault : faults) FAIL_CHECK(fault);
    // Later rounds would only repeat them.
    REQUIRE(faults.empty());
  }

  /// `cavea check` over the store of a node that has ended.
  void check_store() {
    const auto done = run({CAVEA_BINARY, "check", "--data", folder_.path().string()});
    INFO(done.output << done.error_output);
    CHECK(done.status == ExitStatus{.code = 0, .signal = 0});
  }

  [[nodiscard]] std::string story() const {
    Ledger sum;
    std::size_t reservations = 0;
    for (const auto& shopper : shoppers_) {
      sum.acknowledged += shopper.ledger().acknowledged;
      sum.refused += shopper.ledger().refused;
      sum.lost += shopper.ledger().lost;
      sum.replayed += shopper.ledger().replayed;
      reservations += shopper.ledger().reservations.size();
    }
    return std::to_string(reservations) + " reservations, " + std::to_string(sum.acknowledged)
           + " acknowledged, " + std::to_string(sum.refused) + " refused, "
           + std::to_string(sum.lost) + " answers lost, " + std::to_string(sum.replayed)
           + " replayed";
  }

 private:
  TempDir folder_;
  std::mt19937_64 random_;
  Sale sale_;
  std::string admin_token_;
  std::vector<Shopper> shoppers_;
  std::unique_ptr<NodeProcess> node_;
};

TEST_CASE(
    "a node that is killed at any moment loses nothing that it acknowledged, and tells of all "
    "once") {
  const auto seed = choose_seed();
  MESSAGE("CRASH_SEED=" << seed);
  std::mt19937_64 random(seed);
  Box box(seed);
  for (int round = 1; round <= kill_count; ++round) {
    INFO("seed " << seed << ", kill " << round);
    // Every fourth time it dies almost at once, when it has just recovered.
    const int most = round % 4 == 0 ? 5 : 400;
    const int acknowledged = std::uniform_int_distribution<int>(1, most)(random);
    box.shop_until(acknowledged, [&] { box.node().kill(); });
    if (round % 5 == 0) box.kill_a_start();
    box.start();
    box.check_all();
  }
  CHECK(box.node().stop() == ExitStatus{.code = 0, .signal = 0});
  box.check_store();
  MESSAGE(box.story());
}

TEST_CASE("a node that is asked to stop under load ends in time and keeps what it acknowledged") {
  const auto seed = choose_seed();
  MESSAGE("CRASH_SEED=" << seed);
  Box box(seed);
  for (int round = 1; round <= 3; ++round) {
    INFO("seed " << seed << ", stop " << round);
    std::optional<ExitStatus> status;
    auto took = 0ms;
    box.shop_until(200, [&] {
      const auto asked = std::chrono::steady_clock::now();
      box.node().process().signal(SIGTERM);
      status = box.node().process().wait(5s);
      took = std::chrono::duration_cast<std::chrono::milliseconds>(
          std::chrono::steady_clock::now() - asked);
      if (!status) box.node().kill();
    });
    REQUIRE_MESSAGE(status.has_value(), "it did not end within 5 s");
    INFO(box.node().process().error_output());
    CHECK(*status == ExitStatus{.code = 0, .signal = 0});
    MESSAGE("stopped in " << took.count() << " ms");
    box.check_store();
    box.start();
    box.check_all();
  }
  MESSAGE(box.story());
}

}  // namespace
}  // namespace cavea::test
