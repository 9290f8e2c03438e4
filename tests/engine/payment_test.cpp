#include "engine/payment.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string_view>

namespace cavea::engine::testing {

TEST_CASE("a payment's status is read as it was written, and nothing else is a status") {
  std::set<std::string_view> names;
  for (int number = 0; number <= static_cast<int>(PaymentStatus::canceled); ++number) {
    const auto status = static_cast<PaymentStatus>(number);
    CHECK(payment_status_from(name_of(status)) == status);
    CHECK(names.insert(name_of(status)).second);
  }
  CHECK(name_of(PaymentStatus::requires_capture) == "requires_capture");
  CHECK(name_of(PaymentStatus::canceled) == "canceled");
  for (const auto* text : {"", "cancelled", "Succeeded", "requires_source"}) {
    INFO(text);
    CHECK_FALSE(payment_status_from(text).has_value());
  }
}

TEST_CASE("a payment's status has the number that is written to disk") {
  CHECK(static_cast<int>(PaymentStatus::requires_payment_method) == 0);
  CHECK(static_cast<int>(PaymentStatus::requires_confirmation) == 1);
  CHECK(static_cast<int>(PaymentStatus::requires_action) == 2);
  CHECK(static_cast<int>(PaymentStatus::processing) == 3);
  CHECK(static_cast<int>(PaymentStatus::requires_capture) == 4);
  CHECK(static_cast<int>(PaymentStatus::succeeded) == 5);
  CHECK(static_cast<int>(PaymentStatus::canceled) == 6);
}

TEST_CASE("kinds of failures and faults have names for logs and metrics") {
  CHECK(name_of(PaymentFailure::Kind::declined) == "declined");
  CHECK(name_of(PaymentFailure::Kind::unavailable) == "unavailable");
  CHECK(name_of(NoticeFault::Kind::header_malformed) == "header_malformed");
  CHECK(name_of(NoticeFault::Kind::body_malformed) == "body_malformed");
}

}  // namespace cavea::engine::testing
