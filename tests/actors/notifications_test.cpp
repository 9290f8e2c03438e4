#include "inbox_words.hpp"
#include "node_fixture.hpp"
#include "persistence/memory_store.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

namespace cavea::tests {

namespace {

using engine::NotificationKind;

/// A mail server that takes mail as the test says: `results`, then everything.
class Postbox final : public engine::MailPort {
 public:
  struct Mail {
    std::string kind;
    std::string id;
    std::string to;
    std::string title;
  };

  void send(
      std::shared_ptr<const engine::Notification> what,
      engine::Recipient to,
      engine::DeliveryContinuation then) noexcept override {
    engine::DeliveryResult result;
    result.kind = engine::DeliveryResult::Kind::delivered;
    {
      const std::lock_guard lock(mutex_);
      Mail mail;
      mail.kind = engine::name_of(what->kind);
      mail.id = engine::text_of(what->id);
      mail.to = to.email + " " + to.language;
      if (what->reservation && what->reservation->definition) {
        mail.title = what->reservation->definition->title;
      }
      mails_.push_back(std::move(mail));
      if (!results.empty()) {
        result = results.front();
        results.pop_front();
      }
      changed_.notify_all();
    }
    then(result);
  }

  [[nodiscard]] const std::vector<std::string>& languages() const noexcept override {
    return languages_;
  }

  /// The mails, once there are so many.
  std::vector<Mail> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    REQUIRE(
        changed_.wait_for(lock, std::chrono::seconds(20), [&] { return mails_.size() >= count; }));
    return mails_;
  }

  std::deque<engine::DeliveryResult> results;  ///< Set before anything is sent.

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Mail> mails_;
  std::vector<std::string> languages_{"en", "ko"};
};

engine::DeliveryResult failed(engine::DeliveryResult::Kind kind, std::uint32_t status) {
  engine::DeliveryResult result;
  result.kind = kind;
  result.status = status;
  result.detail = "said no";
  return result;
}

engine::PersonSettings set_email(
    NodeFixture& world, const std::string& user, const std::string& email) {
  engine::ChangePerson change;
  change.user = user;
  change.email = email;
  change.language = "ko";
  const auto answer = world.carry_out({engine::RecordRequest{change}, {}});
  return std::get<engine::PersonView>(answer).settings;
}

}  // namespace

TEST_CASE("Who reserves and cancels is told once of each, and still after a start") {
  persistence::MemoryStore store;
  {
    NodeFixture world(store);
    world.start();
    world.create("yoga", sample_class());
    const auto view =
        reservation_of(world.carry_out(NodeFixture::claim("yoga", "ada", engine::Quantity{2})));
    CHECK(told(world, "ada", 1) == Words{"reservation_confirmed"});
    ++world.clock;
    world.carry_out(NodeFixture::cancel(view.reservation.id, "ada"));
    CHECK(told(world, "ada", 2) == Words{"reservation_confirmed", "reservation_cancelled"});
  }
  NodeFixture world(store);
  world.clock += 2;
  world.start();
  world.carry_out(NodeFixture::claim("yoga", "ada", engine::Quantity{1}));
  CHECK(
      told(world, "ada", 3)
      == Words{"reservation_confirmed", "reservation_cancelled", "reservation_confirmed"});
  CHECK(inbox_of(world, "bob").entries.empty());
}

/// Stops the node again and again in the middle of telling; `adjust` the configuration of each run.
template <class Adjust>
void check_told_once_over_restarts(const Adjust& adjust) {
  persistence::MemoryStore store;
  constexpr int rounds = 8;
  constexpr int people = 40;
  for (int round = 0; round < rounds; ++round) {
    NodeFixture world(store);
    adjust(world.config);
    world.start();
    if (round == 0) world.create("yoga", sample_class(1'000));
    // The answers are not waited for.
    for (int i = 0; i < people; ++i) {
      const auto user = "user-" + std::to_string(round * people + i);
      world.send(NodeFixture::claim("yoga", user, engine::Quantity{1}));
    }
  }
  NodeFixture world(store);
  adjust(world.config);
  world.start();
  for (int i = 0; i < rounds * people; ++i) {
    const auto user = "user-" + std::to_string(i);
    CHECK(told(world, user, 1) == Words{"reservation_confirmed"});
  }
}

TEST_CASE("However often a node is stopped, everybody is told once") {
  check_told_once_over_restarts([](actors::NodeConfig&) {});
}

TEST_CASE("However little of the log is kept, everybody is told once") {
  check_told_once_over_restarts(
      [](actors::NodeConfig& config) { config.turns_kept = std::chrono::milliseconds(0); });
}

TEST_CASE("An inbox is read in pages, newest first, and knows what was read") {
  persistence::MemoryStore store;
  NodeFixture world(store);
  world.start();
  constexpr int count = 7;
  for (int i = 0; i < count; ++i) {
    const auto id = "yoga-" + std::to_string(i);
    world.create(id, sample_class());
    world.carry_out(NodeFixture::claim(id, "ada", engine::Quantity{1}));
    world.clock += i % 2 == 0 ? 1'000 : 0;
  }
  told(world, "ada", count);
  engine::ListInbox query;
  query.user = "ada";
  query.limit = 2;
  std::vector<engine::InboxCursor> seen;
  for (;;) {
    const auto page = std::get<engine::InboxPage>(world.ask({query}));
    CHECK(page.unread == count);
    for (const auto& entry : page.entries) {
      CHECK_FALSE(entry.is_read);
      REQUIRE(entry.definition != nullptr);
      seen.push_back({entry.item.at, entry.item.id});
    }
    if (!page.next) break;
    query.after = page.next;
  }
  CHECK(seen.size() == count);
  CHECK(std::is_sorted(seen.rbegin(), seen.rend()));
  CHECK(std::adjacent_find(seen.begin(), seen.end()) == seen.end());

  engine::ChangePerson change;
  change.user = "ada";
  change.read_until = seen.at(2).at;
  world.carry_out({engine::RecordRequest{change}, {}});
  const auto page = inbox_of(world, "ada");
  for (const auto& entry : page.entries) CHECK(entry.is_read == (entry.item.at <= seen.at(2).at));
  CHECK(page.unread < count);
}

TEST_CASE("Who waits in front of an inbox is shown what comes, and that it was read") {
  persistence::MemoryStore store;
  NodeFixture world(store);
  world.start();
  world.create("yoga", sample_class());
  engine::ListInbox look;
  look.user = "ada";
  look.wait = {60'000};
  // Who has seen nothing is shown the inbox at once, empty as it is.
  auto page = std::get<engine::InboxPage>(world.ask({look}));
  CHECK(page.entries.empty());
  look.seen = page.version;

  const auto look_while = [&](const engine::CommandRequest& command) {
    const auto waiting = world.send(engine::Query(look));
    world.carry_out(command);
    page = std::get<engine::InboxPage>(world.sink.wait_for(waiting));
    CHECK(page.version != look.seen);
    look.seen = page.version;
  };
  look_while(NodeFixture::claim("yoga", "ada", engine::Quantity{1}));
  REQUIRE(page.entries.size() == 1);
  CHECK(page.unread == 1);
  engine::ChangePerson change;
  change.user = "ada";
  change.read_until = page.entries[0].item.at;
  look_while({engine::RecordRequest{change}, {}});
  CHECK(page.unread == 0);

  // What others are told changes nothing.
  look.wait = {1};
  world.carry_out(NodeFixture::claim("yoga", "bob", engine::Quantity{1}));
  told(world, "bob", 1);
  CHECK(std::get<engine::InboxPage>(world.ask({look})).version == look.seen);

  look.wait = {60'000};
  const auto waiting = world.send(engine::Query(look));
  world.stop();
  CHECK(rejection_of(world.sink.wait_for(waiting)) == engine::Rejection::not_ready);
}

TEST_CASE("Who has given an address gets mail, in their language, and nobody else does") {
  persistence::MemoryStore store;
  Postbox post;
  NodeFixture world(store);
  world.config.mail = &post;
  world.start();
  world.create("yoga", sample_class());
  CHECK(set_email(world, "ada", "ada@example.org").email == "ada@example.org");
  world.carry_out(NodeFixture::claim("yoga", "bob", engine::Quantity{1}));
  world.carry_out(NodeFixture::claim("yoga", "ada", engine::Quantity{1}));
  const auto mails = post.wait_for(1);
  REQUIRE(mails.size() == 1);
  CHECK(mails[0].kind == "reservation_confirmed");
  CHECK(mails[0].to == "ada@example.org ko");
  CHECK(mails[0].title == sample_class().title);
  world.stop();
  CHECK(post.wait_for(1).size() == 1);
}

TEST_CASE("A mail that is refused becomes a dead letter, which can be tried again or forgotten") {
  using Kind = engine::DeliveryResult::Kind;
  persistence::MemoryStore store;
  Postbox post;
  post.results = {failed(Kind::never, 550), failed(Kind::never, 551)};
  NodeFixture world(store);
  world.config.mail = &post;
  world.start();
  world.create("yoga", sample_class());
  set_email(world, "ada", "ada@example.org");
  world.carry_out(NodeFixture::claim("yoga", "ada", engine::Quantity{1}));
  const auto letters = [&](std::size_t count) {
    for (;;) {
      auto page = std::get<engine::DeadLetterPage>(world.ask({engine::ListDeadLetters{}}));
      if (page.letters.size() == count) return page.letters;
      std::this_thread::yield();
    }
  };
  auto dead = letters(1);
  CHECK(dead[0].status == 550);
  CHECK(dead[0].detail == "said no");
  CHECK(dead[0].user == "ada");

  const auto settle = [&](bool is_tried_again) {
    return world.carry_out(
        {engine::RecordRequest{engine::SettleDeadLetter{dead[0].item.id, is_tried_again}}, {}});
  };
  CHECK(std::holds_alternative<engine::Done>(settle(true)));
  CHECK(post.wait_for(2).at(1).id == post.wait_for(2).at(0).id);
  dead = letters(1);
  CHECK(dead[0].status == 551);
  CHECK(std::holds_alternative<engine::Done>(settle(false)));
  CHECK(letters(0).empty());
  CHECK(rejection_of(settle(true)) == engine::Rejection::dead_letter_not_found);
}

TEST_CASE("A mail that cannot be sent now is sent later, also by the next run") {
  using Kind = engine::DeliveryResult::Kind;
  persistence::MemoryStore store;
  Postbox post;
  post.results = {failed(Kind::not_now, 451)};
  std::int64_t clock = 0;
  {
    NodeFixture world(store);
    world.config.mail = &post;
    world.start();
    world.create("yoga", sample_class());
    set_email(world, "ada", "ada@example.org");
    world.carry_out(NodeFixture::claim("yoga", "ada", engine::Quantity{1}));
    post.wait_for(1);
    while (world.probe->mails_postponed.value() == 0) std::this_thread::yield();
    clock = world.clock;
  }
  NodeFixture world(store);
  world.config.mail = &post;
  world.clock = clock + 120'000;
  world.start();
  const auto mails = post.wait_for(2);
  CHECK(mails[1].id == mails[0].id);
}

TEST_CASE("People are reminded before the start, once, and not of what they gave back") {
  persistence::MemoryStore store;
  const auto starts_at = sample_class().starts_at;
  engine::ReservationView given_back;
  {
    NodeFixture world(store);
    world.start();
    world.create("yoga", sample_class());
    world.carry_out(NodeFixture::claim("yoga", "ada", engine::Quantity{1}));
    given_back =
        reservation_of(world.carry_out(NodeFixture::claim("yoga", "bob", engine::Quantity{1})));
    world.carry_out(NodeFixture::cancel(given_back.reservation.id, "bob"));
    told(world, "bob", 2);
    world.clock = starts_at.ms - 24 * 3'600'000 + 1;
    CHECK(told(world, "ada", 2) == Words{"reservation_confirmed", "reminder"});
  }
  NodeFixture world(store);
  world.clock = starts_at.ms - 3'600'000;
  world.start();
  world.create("dance", sample_class());
  world.carry_out(NodeFixture::claim("dance", "bob", engine::Quantity{1}));
  told(world, "bob", 3);
  CHECK(told(world, "ada", 2).size() == 2);
  CHECK(
      told(world, "bob", 3)
      == Words{"reservation_confirmed", "reservation_cancelled", "reservation_confirmed"});
}

TEST_CASE("Everybody with places is told when an offering gets another time") {
  persistence::MemoryStore store;
  NodeFixture world(store);
  world.start();
  world.create("yoga", sample_class(2'000));
  constexpr int people = 1'200;
  for (int i = 0; i < people; ++i) {
    const auto user = "user-" + std::to_string(i);
    world.carry_out(NodeFixture::claim("yoga", user, engine::Quantity{1}));
  }
  auto later = sample_class(2'000);
  later.starts_at.ms += 3'600'000;
  later.ends_at.ms += 3'600'000;
  engine::ChangeOffering change;
  change.definition = std::make_shared<const engine::OfferingDefinition>(later);
  change.expected_revision = {1};
  const auto answer = world.carry_out(
      {engine::OfferingRequest{*engine::OfferingId::from("yoga"), std::move(change)}, {}});
  REQUIRE(std::holds_alternative<engine::OfferingView>(answer));
  for (int i = 0; i < people; ++i) {
    const auto user = "user-" + std::to_string(i);
    CHECK(told(world, user, 2) == Words{"reservation_confirmed", "reservation_changed"});
  }
}

}  // namespace cavea::tests
