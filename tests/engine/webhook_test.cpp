#include "engine/webhook.hpp"

#include "engine/webhook_lane.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace cavea::engine {

namespace {

constexpr Timestamp now{1'780'000'000'000};
constexpr Duration second{1'000};
constexpr Duration hour{3'600'000};

WebhookCommand command(decltype(WebhookCommand::what) what) {
  return {*WebhookId::from("shop"), std::move(what)};
}

CreateWebhook creation() {
  CreateWebhook create;
  create.url = "https://shop.example/hook";
  create.types = {"cavea.reservation.*"};
  create.secret = std::string(32, 's');
  return create;
}

Webhook made() {
  return *decide(std::nullopt, command(creation()), 0, now).webhook;
}

Webhook after(const Webhook& before, decltype(WebhookCommand::what) what, Timestamp at) {
  const auto decision = decide(before, command(std::move(what)), 1, at);
  REQUIRE_FALSE(decision.refused);
  REQUIRE(decision.webhook);
  return *decision.webhook;
}

ParkedEvent event(std::uint64_t index, std::uint64_t subject) {
  ParkedEvent one;
  one.event = {index, 0};
  one.at = now;
  one.subject = subject;
  return one;
}

}  // namespace

TEST_CASE("A webhook begins with what happens from then on, and wants what it names") {
  const auto webhook = made();
  CHECK(webhook.is_enabled());
  CHECK(std::get<Timestamp>(webhook.start) == now);
  CHECK(webhook.wanted().has(ChangeType::reservation_held));
  CHECK_FALSE(webhook.wanted().has(ChangeType::offering_created));
  auto all = creation();
  all.types.clear();
  CHECK(decide(std::nullopt, command(all), 0, now).webhook->wanted() == ChangeTypes::all());
}

TEST_CASE("What cannot be done to a webhook is refused by its reason") {
  CHECK(decide(made(), command(creation()), 1, now).refused == Rejection::id_used);
  CHECK(
      decide(std::nullopt, command(creation()), limits::webhooks_max, now).refused
      == Rejection::webhook_limit_reached);
  CHECK(
      decide(std::nullopt, command(ChangeWebhook{}), 1, now).refused
      == Rejection::webhook_not_found);
  CHECK(
      decide(std::nullopt, command(DeleteWebhook{}), 1, now).refused
      == Rejection::webhook_not_found);
  const auto deleted = decide(made(), command(DeleteWebhook{}), 1, now);
  CHECK_FALSE(deleted.refused);
  CHECK_FALSE(deleted.webhook);
}

TEST_CASE("A replaced secret signs as long as it was said, and no longer") {
  const auto changed = after(made(), RotateWebhookSecret{"new", hour}, now);
  CHECK(changed.secrets_at(now) == std::vector<std::string>{"new", std::string(32, 's')});
  CHECK(changed.secrets_at(now + hour) == std::vector<std::string>{"new"});
  const auto at_once = after(made(), RotateWebhookSecret{"new", {}}, now);
  CHECK(at_once.secrets_at(now) == std::vector<std::string>{"new"});
}

TEST_CASE("Enabling begins a run of its own, and an end found out before it changes nothing") {
  const auto gone = after(made(), EndWebhook{WebhookEnd::gone, made().runs}, now);
  CHECK(gone.end == WebhookEnd::gone);
  CHECK(gone.ended_at == now);
  ChangeWebhook enable;
  enable.is_enabled = true;
  const auto again = after(gone, enable, now);
  CHECK(again.is_enabled());
  CHECK(again.runs > gone.runs);
  CHECK(after(again, EndWebhook{WebhookEnd::failing, gone.runs}, now).is_enabled());
}

TEST_CASE("A webhook of a name that was used before never counts as the one before") {
  auto first = made();
  ChangeWebhook enable;
  enable.is_enabled = true;
  for (int i = 0; i < 3; ++i) first = after(first, enable, now);
  first = after(first, ReplayWebhook{now}, now);
  const auto second_one = decide(std::nullopt, command(creation()), 0, now + second).webhook;
  CHECK(second_one->runs > first.runs);
  CHECK(second_one->replays > first.replays);
}

TEST_CASE("Repetitions wait longer each time, and not all the same") {
  CHECK(webhook_wait(1, 0) == Duration{5'000});
  CHECK(webhook_wait(2, 0) == Duration{30'000});
  CHECK(webhook_wait(8, 0) == Duration{4 * 3'600'000});
  CHECK(webhook_wait(1'000, 0) == webhook_wait(8, 0));
  CHECK(webhook_wait(1, 1) == Duration{6'000});
  CHECK(webhook_wait(1, -1) == Duration{4'000});
}

TEST_CASE("Of one offering nothing goes out before what failed of it, and others go on") {
  WebhookLane lane;
  lane.fail(event(5, 1), now, 0, std::nullopt);
  lane.park(event(7, 1));
  CHECK(lane.is_parked(1));
  CHECK_FALSE(lane.is_parked(2));
  CHECK(lane.due(now) == nullptr);
  CHECK(lane.next_due() == now + Duration{5'000});
  REQUIRE(lane.due(now + hour) != nullptr);
  CHECK(lane.due(now + hour)->event == WebhookEvent{5, 0});
  lane.succeed({5, 0}, now + hour);
  REQUIRE(lane.due(now + hour) != nullptr);
  CHECK(lane.due(now + hour)->event == WebhookEvent{7, 0});
}

TEST_CASE("An event is given up a day after its first attempt, and its webhook with it") {
  WebhookLane lane;
  auto at = now;
  std::uint32_t attempts = 0;
  for (;;) {
    const auto* due = lane.due(at);
    const auto failed = lane.fail(due == nullptr ? event(5, 1) : *due, at, 0, std::nullopt);
    CHECK(failed.attempts == ++attempts);
    if (failed.is_given_up) break;
    CHECK_FALSE(lane.has_failed_too_long(at));
    at = failed.next_at;
  }
  CHECK(at - now >= limits::webhook_tried_for);
  CHECK(at - now < Duration{29 * 3'600'000});
  CHECK(attempts == 14);
  CHECK(lane.parked.empty());
  CHECK(lane.has_failed_too_long(at));
}

TEST_CASE("When a server that was down is back, what failed meanwhile is tried at once") {
  WebhookLane lane;
  for (std::uint64_t i = 1; i <= 3; ++i) lane.fail(event(i, i), now, 0, std::nullopt);
  CHECK(lane.failures == 3);
  CHECK(lane.next_at == now + webhook_wait(3, 0));
  lane.succeed({9, 0}, now + second);
  CHECK(lane.failures == 0);
  CHECK_FALSE(lane.next_due() > now + second);
  CHECK(lane.due(now + second) != nullptr);
}

TEST_CASE("A pause that the other side asks for is kept, within reason") {
  WebhookLane lane;
  CHECK(lane.fail(event(1, 1), now, 0, Duration{60'000}).next_at == now + Duration{60'000});
  CHECK(lane.next_at == now + Duration{60'000});
  CHECK(
      lane.fail(event(2, 2), now, 0, Duration{1'000 * hour.ms}).next_at
      == now + limits::webhook_retry_after_max);
}

}  // namespace cavea::engine
