#include "persistence/webhook_codec.hpp"

#include "fixtures.hpp"
#include "golden.hpp"

#include <doctest/doctest.h>

#include <string>

namespace cavea::persistence {

namespace {

engine::Webhook sample_webhook(engine::WebhookStart start) {
  engine::Webhook webhook;
  webhook.id = *engine::WebhookId::from("shop");
  webhook.url = "https://shop.example/hook";
  webhook.types = {"cavea.reservation.*", "cavea.offering.cancelled"};
  webhook.description = "The shop";
  webhook.secret = std::string(32, 's');
  webhook.old_secret = std::string(32, 'o');
  webhook.old_secret_until = test::new_year + engine::Duration{86'400'000};
  webhook.end = engine::WebhookEnd::gone;
  webhook.ended_at = test::new_year;
  webhook.created_at = test::new_year;
  webhook.replays = 3;
  webhook.runs = 4;
  webhook.start = std::move(start);
  return webhook;
}

engine::ChangesPosition sample_position() {
  engine::ChangesPosition position;
  position.data = 0xdeadbeef;
  position.read = {1, 200, 30'000, 0};
  position.within = engine::ChangesPosition::Within{2, 5};
  return position;
}

engine::WebhookLane sample_lane() {
  engine::WebhookLane lane;
  lane.replays = 3;
  lane.runs = 4;
  lane.place = {4'711, 2};
  lane.failures = 2;
  lane.next_at = test::new_year + engine::Duration{30'000};
  lane.failing_since = test::new_year;
  lane.parked.push_back(
      {{4'700, 1}, test::new_year, 0x1122334455667788, 2, test::new_year, test::new_year});
  lane.parked.push_back({{4'701, 0}, test::new_year, 0x1122334455667788, 0, {}, {}});
  return lane;
}

engine::WebhookDelivery sample_webhook_delivery() {
  engine::WebhookDelivery delivery;
  delivery.event = {4'711, 2};
  delivery.at = test::new_year;
  delivery.type = "cavea.reservation.held";
  delivery.subject = "hamlet";
  delivery.state = engine::WebhookDeliveryState::waiting;
  delivery.attempts = 3;
  delivery.status = 503;
  delivery.detail = "The server answered 503.";
  delivery.took = {41};
  delivery.last_at = test::new_year + engine::Duration{10};
  delivery.next_at = test::new_year + engine::Duration{120'010};
  return delivery;
}

/// Comes back as it was, is the golden file's, and no shorter value is one.
template <class Record, class Decode>
void check_webhook_record(const char* name, const Record& record, const Decode& decode) {
  INFO(name);
  const auto value = encode(record);
  test::expect_golden(name, value);
  const auto read = decode(value);
  REQUIRE_MESSAGE(read.has_value(), read.error().text);
  CHECK(*read == record);
  for (std::size_t size = 0; size < value.size(); ++size) {
    CHECK_FALSE(decode(std::string_view(value).substr(0, size)).has_value());
  }
  CHECK_FALSE(decode(value + '\0').has_value());
}

}  // namespace

TEST_CASE("Records of webhooks come back as they were, and are read for ever") {
  check_webhook_record("webhook-time", sample_webhook(test::new_year), decode_webhook);
  check_webhook_record("webhook-position", sample_webhook(sample_position()), decode_webhook);
  check_webhook_record("webhook-lane", sample_lane(), decode_webhook_lane);
  check_webhook_record("webhook-delivery", sample_webhook_delivery(), decode_webhook_delivery);
}

TEST_CASE("The deliveries of a webhook sort by time, and are no other's") {
  const auto shop = *engine::WebhookId::from("shop");
  const auto shop_2 = *engine::WebhookId::from("shop-2");
  const auto at = test::new_year;
  const auto later = at + engine::Duration{1};
  CHECK(
      record_keys::webhook_delivery(shop, at, {9, 9})
      < record_keys::webhook_delivery(shop, later, {1, 0}));
  CHECK(
      record_keys::webhook_delivery(shop, at, {9, 1})
      < record_keys::webhook_delivery(shop, at, {10, 0}));
  CHECK(record_keys::webhook_delivery(shop, at, {9, 9})
            .starts_with(record_keys::webhook_deliveries_of(shop)));
  CHECK_FALSE(record_keys::webhook_delivery(shop_2, at, {9, 9})
                  .starts_with(record_keys::webhook_deliveries_of(shop)));
  const auto longest = *engine::WebhookId::from(std::string(64, 'x'));
  CHECK(record_keys::webhook_delivery(longest, at, {9, 9}).size() <= record_key_size_max);
}

}  // namespace cavea::persistence
