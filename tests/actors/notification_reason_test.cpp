#include "node_fixture.hpp"
#include "persistence/memory_store.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace cavea::tests {

namespace {

/// Takes all mail, and keeps why what it is about was cancelled.
class Reasons final : public engine::MailPort {
 public:
  void send(
      std::shared_ptr<const engine::Notification> what,
      engine::Recipient,
      engine::DeliveryContinuation then) noexcept override {
    {
      const std::lock_guard lock(mutex_);
      if (what->kind == engine::NotificationKind::reservation_cancelled) {
        reasons_.push_back(what->user + ": " + what->reason);
      }
    }
    engine::DeliveryResult result;
    result.kind = engine::DeliveryResult::Kind::delivered;
    then(result);
  }

  [[nodiscard]] const std::vector<std::string>& languages() const noexcept override {
    return languages_;
  }

  [[nodiscard]] std::vector<std::string> all() {
    const std::lock_guard lock(mutex_);
    auto sorted = reasons_;
    std::sort(sorted.begin(), sorted.end());
    return sorted;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> reasons_;
  std::vector<std::string> languages_{"en"};
};

}  // namespace

TEST_CASE("Who has places of what is cancelled is told why, also of one among several") {
  persistence::MemoryStore store;
  Reasons mail;
  NodeFixture world(store);
  world.config.mail = &mail;
  world.config.reminder_before = {};
  world.start();
  for (const auto* id : {"yoga", "dance"}) world.create(id, sample_class());
  for (const auto* name : {"ada", "bob"}) {
    engine::ChangePerson change;
    change.user = name;
    change.email = std::string(name) + "@example.org";
    world.carry_out({engine::RecordRequest{change}, {}});
  }
  world.carry_out(NodeFixture::claim("yoga", "ada", engine::Quantity{1}));
  engine::BeginReservation both;
  both.user = "bob";
  for (const auto* id : {"yoga", "dance"}) {
    both.legs.push_back({*engine::OfferingId::from(id), engine::Quantity{1}, {}});
  }
  world.carry_out({engine::SagaRequest{{}, "bob", std::move(both)}, {}});
  engine::CancelOffering cancel;
  cancel.reason = "the teacher is ill";
  world.carry_out({engine::OfferingRequest{*engine::OfferingId::from("yoga"), cancel}, {}});
  // Sagas are told first; what is left is swept a second later.
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (mail.all().size() < 2 && std::chrono::steady_clock::now() < until) {
    world.clock += 1'000;
    std::this_thread::yield();
  }
  CHECK(
      mail.all() == std::vector<std::string>{"ada: the teacher is ill", "bob: the teacher is ill"});
}

}  // namespace cavea::tests
