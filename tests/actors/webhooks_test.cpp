#include "engine/webhook_lane.hpp"
#include "persistence/memory_store.hpp"
#include "webhook_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace cavea::tests {

namespace {

using Kind = engine::DeliveryResult::Kind;

}  // namespace

TEST_CASE("A webhook is sent what happens after it was made, in order, with what it wants only") {
  persistence::MemoryStore store;
  Receiver receiver;
  WebhookWorld world(store, receiver);
  world.create("old", sample_class());
  world.clock += 1'000;
  world.create_webhook({"cavea.offering.created", "cavea.reservation.*"});
  world.clock += 1'000;
  world.create("yoga", sample_class(20));
  for (int i = 0; i < 9; ++i) world.reserve("yoga", "user-" + std::to_string(i));
  const auto calls = receiver.wait_for(10);
  CHECK(calls.size() == 10);
  CHECK(versions_of(calls, "yoga") == up_to(10));
  CHECK(versions_of(calls, "old").empty());
  CHECK(calls.front().secrets == 1);
  const auto rows = world.deliveries_when([](const auto& found) { return found.size() == 10; });
  for (const auto& row : rows) {
    CHECK(row.state == engine::WebhookDeliveryState::delivered);
    CHECK(row.subject == "yoga");
    CHECK(row.attempts == 1);
    CHECK(row.status == 200);
  }
}

TEST_CASE("What fails is tried again before anything of its offering, and others go on") {
  persistence::MemoryStore store;
  Receiver receiver;
  receiver.answer_with([](const Receiver::Call& call, std::size_t) {
    const bool is_bad = call.body.find(" bad ") != std::string::npos;
    return is_bad ? answered(Kind::not_now, 500) : answered(Kind::delivered, 200);
  });
  WebhookWorld world(store, receiver);
  world.create_webhook();
  world.create("bad", sample_class(20));
  receiver.wait_for(1);
  world.deliveries_when([](const auto& rows) { return rows.size() == 1; });
  world.create("good", sample_class(20));
  for (int i = 0; i < 3; ++i) {
    world.reserve("bad", "ada-" + std::to_string(i));
    world.reserve("good", "bob-" + std::to_string(i));
  }
  // Where both are on one shard, the good one goes on after a pause.
  for (int i = 0; i < 20 && versions_of(receiver.calls(), "good").size() < 4; ++i) {
    world.clock += 6'000;
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
  }
  CHECK(first_of_each(versions_of(receiver.calls(), "good")) == up_to(4));
  CHECK(first_of_each(versions_of(receiver.calls(), "bad")) == up_to(1));
  const auto rows = world.deliveries_when([](const auto& found) { return found.size() >= 5; });
  const auto waiting = std::find_if(rows.begin(), rows.end(), [](const auto& row) {
    return row.state == engine::WebhookDeliveryState::waiting;
  });
  REQUIRE(waiting != rows.end());
  CHECK(waiting->subject == "bad");
  CHECK(waiting->status == 500);
  CHECK(waiting->next_at > waiting->last_at);
  CHECK(waiting->detail == "said no");

  receiver.answer_with({});
  for (int i = 0; i < 30 && first_of_each(versions_of(receiver.calls(), "bad")).size() < 4; ++i) {
    world.clock += 3'600'000;
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
  }
  CHECK(first_of_each(versions_of(receiver.calls(), "bad")) == up_to(4));
}

TEST_CASE("However often a node is stopped, no event is missing and the order is kept") {
  persistence::MemoryStore store;
  Receiver receiver;
  constexpr int rounds = 6;
  constexpr int claims = 30;
  for (int round = 0; round < rounds; ++round) {
    WebhookWorld world(store, receiver);
    if (round == 0) {
      world.create_webhook();
      world.create("yoga", sample_class(1'000));
    }
    for (int i = 0; i < claims; ++i) {
      world.reserve("yoga", "user-" + std::to_string(round * claims + i));
    }
  }
  WebhookWorld world(store, receiver);
  const std::size_t count = rounds * claims + 1;
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (first_of_each(versions_of(receiver.calls(), "yoga")).size() < count) {
    REQUIRE(std::chrono::steady_clock::now() < until);
    std::this_thread::yield();
  }
  CHECK(first_of_each(versions_of(receiver.calls(), "yoga")) == up_to(count));
}

TEST_CASE("Who answers 410 is disabled, and sent what it missed when it is enabled again") {
  persistence::MemoryStore store;
  Receiver receiver;
  receiver.answer_with([](const auto&, std::size_t) { return answered(Kind::endpoint_gone, 410); });
  {
    WebhookWorld world(store, receiver);
    world.create_webhook();
    world.create("yoga", sample_class(20));
    world.wait_until_disabled();
    CHECK(world.webhook().end == engine::WebhookEnd::gone);
    CHECK(world.probe->webhooks_disabled.value() == 1);
    for (int i = 0; i < 3; ++i) world.reserve("yoga", "user-" + std::to_string(i));
  }
  CHECK(receiver.calls().size() == 1);
  receiver.answer_with({});
  WebhookWorld world(store, receiver);
  CHECK_FALSE(world.webhook().is_enabled());
  engine::ChangeWebhook enable;
  enable.is_enabled = true;
  world.command(enable);
  const auto calls = receiver.wait_for(5);
  CHECK(versions_of(calls, "yoga") == std::vector<std::uint64_t>{1, 1, 2, 3, 4});
}

TEST_CASE("What cannot be delivered for a day is given up, and its webhook disabled") {
  persistence::MemoryStore store;
  Receiver receiver;
  receiver.answer_with([](const auto&, std::size_t) { return answered(Kind::not_now, 0); });
  WebhookWorld world(store, receiver);
  world.create_webhook();
  world.create("yoga", sample_class(20));
  world.deliveries_when([](const auto& rows) { return rows.size() == 1; });
  for (std::size_t attempts = 2; attempts <= 14; ++attempts) {
    world.clock += 5 * 3'600'000;
    receiver.wait_for(attempts);
    const auto rows = world.deliveries_when(
        [&](const auto& found) { return found.front().attempts == attempts; });
    if (rows.front().state == engine::WebhookDeliveryState::failed) break;
  }
  CHECK(world.deliveries().front().state == engine::WebhookDeliveryState::failed);
  world.wait_until_disabled();
  CHECK(world.webhook().end == engine::WebhookEnd::failing);
}

TEST_CASE("What waits for a repetition waits through a restart, and goes out first") {
  persistence::MemoryStore store;
  Receiver receiver;
  receiver.answer_with([](const auto&, std::size_t) { return answered(Kind::not_now, 0); });
  std::int64_t clock = 0;
  {
    WebhookWorld world(store, receiver);
    world.create_webhook();
    world.create("yoga", sample_class(20));
    world.deliveries_when([](const auto& rows) { return rows.size() == 1; });
    for (int i = 0; i < 5; ++i) world.reserve("yoga", "user-" + std::to_string(i));
    clock = world.clock;
  }
  CHECK(receiver.calls().size() == 1);
  {
    // Not before its time.
    WebhookWorld world(store, receiver);
    CHECK(world.deliveries().front().state == engine::WebhookDeliveryState::waiting);
    CHECK(world.deliveries().front().attempts == 1);
  }
  CHECK(receiver.calls().size() == 1);
  receiver.answer_with({});
  WebhookWorld world(store, receiver);
  world.clock = clock + 10'000;
  const auto calls = receiver.wait_for(7);
  CHECK(versions_of(calls, "yoga") == std::vector<std::uint64_t>{1, 1, 2, 3, 4, 5, 6});
  const auto rows = world.deliveries_when([](const auto& found) {
    return found.size() == 6 && found.back().state == engine::WebhookDeliveryState::delivered;
  });
  CHECK(rows.back().attempts == 2);
}

TEST_CASE("A replay sends again what happened since, under the same names") {
  persistence::MemoryStore store;
  Receiver receiver;
  WebhookWorld world(store, receiver);
  const auto before = world.clock.load();
  world.create_webhook();
  world.create("yoga", sample_class(20));
  world.reserve("yoga", "ada");
  const auto first = receiver.wait_for(2);
  const auto page = std::get<engine::ChangePage>(world.ask(engine::ListChanges{}));
  world.clock += 60'000;
  world.reserve("yoga", "bob");
  receiver.wait_for(3);

  CHECK(std::holds_alternative<engine::WebhookView>(
      world.command(engine::ReplayWebhook{engine::Timestamp{before}})));
  auto calls = receiver.wait_for(6);
  CHECK(versions_of(calls, "yoga") == std::vector<std::uint64_t>{1, 2, 3, 1, 2, 3});
  CHECK(calls.at(3).id == first.at(0).id);

  CHECK(
      std::holds_alternative<engine::WebhookView>(world.command(engine::ReplayWebhook{page.next})));
  calls = receiver.wait_for(7);
  CHECK(versions_of(calls, "yoga").back() == 3);

  auto foreign = page.next;
  foreign.data = 8;
  CHECK(
      rejection_of(world.command(engine::ReplayWebhook{foreign}))
      == engine::Rejection::changes_cursor_unknown);
}

TEST_CASE("Of a deleted webhook nothing is left, and one of its name begins anew") {
  persistence::MemoryStore store;
  Receiver receiver;
  WebhookWorld world(store, receiver);
  world.create_webhook();
  world.create("yoga", sample_class(20));
  receiver.wait_for(1);
  world.deliveries_when([](const auto& rows) { return rows.size() == 1; });
  CHECK(std::holds_alternative<engine::Done>(world.command(engine::DeleteWebhook{})));
  CHECK(rejection_of(world.ask(engine::GetWebhook{shop})) == engine::Rejection::webhook_not_found);
  world.clock += 1'000;
  world.create_webhook();
  world.deliveries_when([](const auto& rows) { return rows.empty(); });
  world.clock += 1'000;
  world.reserve("yoga", "ada");
  const auto calls = receiver.wait_for(2);
  CHECK(versions_of(calls, "yoga") == std::vector<std::uint64_t>{1, 2});
}

TEST_CASE("The list of what was sent is read in pages, newest first, from all shards") {
  persistence::MemoryStore store;
  Receiver receiver;
  WebhookWorld world(store, receiver);
  world.create_webhook();
  constexpr std::size_t count = 25;
  for (std::size_t i = 0; i < count; ++i) {
    world.create("yoga-" + std::to_string(i), sample_class());
    world.clock += i % 3 == 0 ? 1'000 : 0;
  }
  world.deliveries_when([](const auto& rows) { return rows.size() == count; });
  engine::ListWebhookDeliveries query;
  query.id = shop;
  query.limit = 4;
  std::vector<engine::WebhookDeliveryCursor> seen;
  for (;;) {
    const auto page = std::get<engine::WebhookDeliveryPage>(world.ask(query));
    for (const auto& row : page.deliveries) seen.push_back(engine::cursor_of(row));
    if (!page.next) break;
    query.after = page.next;
  }
  CHECK(seen.size() == count);
  CHECK(std::is_sorted(seen.rbegin(), seen.rend()));
  CHECK(std::set(seen.begin(), seen.end()).size() == count);
}

TEST_CASE("Of what was sent only the newest is remembered") {
  persistence::MemoryStore store;
  Receiver receiver;
  WebhookWorld world(store, receiver, 1);
  world.create_webhook();
  world.create("yoga", sample_class(2'000));
  constexpr std::size_t count = 1'500;
  for (std::size_t i = 0; i < count; ++i) {
    world.send(NodeFixture::claim("yoga", "user-" + std::to_string(i), engine::Quantity{1}));
  }
  const auto calls = receiver.wait_for(count + 1);
  CHECK(versions_of(calls, "yoga") == up_to(count + 1));
  world.deliveries_when(
      [&](const auto& rows) {
        const auto& newest = rows.empty() ? engine::WebhookEvent{} : rows.front().event;
        const auto id = "0-" + std::to_string(newest.index) + "-" + std::to_string(newest.ordinal);
        return id == calls.back().id && rows.size() >= 1'000 && rows.size() < 1'200;
      },
      2'000);
}

TEST_CASE("A test is sent at once, and its answer told") {
  persistence::MemoryStore store;
  Receiver receiver;
  WebhookWorld world(store, receiver);
  engine::TestWebhook test;
  test.id = shop;
  test.event = "test-1";
  test.body = std::make_shared<const std::string>("hello");
  CHECK(rejection_of(world.ask(test)) == engine::Rejection::webhook_not_found);
  world.create_webhook();
  auto tested = std::get<engine::WebhookTested>(world.ask(test));
  CHECK(tested.is_delivered);
  CHECK(receiver.wait_for(1).front().body == "hello");
  receiver.answer_with([](const auto&, std::size_t) { return answered(Kind::not_now, 503); });
  tested = std::get<engine::WebhookTested>(world.ask(test));
  CHECK_FALSE(tested.is_delivered);
  CHECK(tested.status == 503);
}

}  // namespace cavea::tests
