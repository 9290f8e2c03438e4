#include "persistence/notification_codec.hpp"

#include "fixtures.hpp"
#include "golden.hpp"

#include <doctest/doctest.h>

#include <string>

namespace cavea::persistence {

namespace {

const engine::ReservationId told_of{0x0196f0a1b2c30003, 0x1122334455667788};

engine::InboxItem sample_item() {
  engine::InboxItem item;
  item.id = {{3}, 4711, 2, 9};
  item.kind = engine::NotificationKind::reservation_refunded;
  item.at = test::new_year;
  item.about = told_of;
  item.refunded = {1'500};
  item.currency = *engine::Currency::from("GBP");
  item.until = test::new_year + engine::Duration{60'000};
  return item;
}

engine::MailDelivery sample_delivery() {
  engine::MailDelivery delivery;
  delivery.item = sample_item();
  delivery.user = "ada";
  delivery.attempts = 3;
  delivery.next_at = test::new_year;
  delivery.status = 451;
  delivery.detail = "try later";
  return delivery;
}

NotificationRound sample_round() {
  NotificationRound round;
  round.kind = engine::NotificationKind::reminder;
  round.offering = test::offering_id("hamlet");
  round.at = test::new_year;
  round.id = {{3}, 17, 1, 0};
  round.after = told_of;
  return round;
}

/// Comes back as it was, is the golden file's, and no shorter value is one.
template <class Record, class Decode>
void check(const char* name, const Record& record, const Decode& decode) {
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

TEST_CASE("Records of notifications come back as they were, and are read for ever") {
  check("inbox-item", sample_item(), decode_inbox_item);
  check("mail-delivery", sample_delivery(), decode_delivery);
  check(
      "person-settings",
      engine::PersonSettings{"ada@example.org", "ko", test::new_year, 0},
      decode_person);
  check(
      "person-settings-2",
      engine::PersonSettings{"ada@example.org", "ko", test::new_year, 7},
      decode_person);
  check("notification-round", sample_round(), decode_round);
  check("offering-told", OfferingTold{test::new_year, "globe", {1'000}}, decode_offering_told);
  check("saga-told", engine::SagaTold{true, false, 3, {700}}, decode_saga_told);
  CHECK(*decode_position(encode_position(1'234'567)) == 1'234'567);
}

TEST_CASE("The keys of notifications sort as they are read") {
  const auto item = sample_item();
  std::string keys = record_keys::inbox("ada", {item.at, item.id});
  keys += record_keys::delivery(item.at, item.id) + record_keys::dead_letter(item.id);
  keys += record_keys::round(item.at, sample_round());
  keys += record_keys::told(test::offering_id("hamlet")) + record_keys::told(told_of);
  keys += record_keys::person("ada") + record_keys::position("notifications");
  test::expect_golden("keys-notifications", keys);

  const auto later = engine::Timestamp{item.at.ms + 1};
  CHECK(record_keys::inbox("ada", {item.at, item.id}) < record_keys::inbox("ada", {later, {}}));
  CHECK(record_keys::delivery(item.at, item.id) < record_keys::deliveries_before(later));
  CHECK(record_keys::deliveries_before(item.at) < record_keys::delivery(item.at, item.id));
}

TEST_CASE("The name of a notification is read again from its text, and from no other") {
  for (const auto& id :
       {engine::NotificationId{{3}, 0x1a2b, 0, 0},
        engine::NotificationId{{0}, 0, 0, 0},
        engine::NotificationId{{65'535}, UINT64_MAX, UINT32_MAX, UINT64_MAX}}) {
    CHECK(engine::notification_id_from(engine::text_of(id)) == id);
  }
  CHECK(engine::text_of({{3}, 0x1a2b, 1, 0}) == "3-1a2b-1");
  for (const auto* text :
       {"",
        "3",
        "3-1",
        "3-1-",
        "3-1-2-",
        "3-1-2-0",
        "3-01-2",
        "3-1-2-3-4",
        "x-1-2",
        "3-1A-2",
        "65536-1-2",
        "3-1-100000000",
        "-1-2-3",
        "3-1-2 "}) {
    INFO(text);
    CHECK_FALSE(engine::notification_id_from(text).has_value());
  }
}

}  // namespace cavea::persistence
