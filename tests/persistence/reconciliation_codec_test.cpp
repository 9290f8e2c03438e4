#include "persistence/reconciliation_codec.hpp"

#include "fixtures.hpp"
#include "golden.hpp"

#include <doctest/doctest.h>

#include <string>

namespace cavea::persistence {

namespace {

engine::ReconciliationReport sample_report() {
  using engine::PaymentDifference;
  using engine::PaymentRepair;
  engine::ReconciliationReport report;
  report.started_at = test::new_year;
  report.finished_at = test::new_year + engine::Duration{61'000};
  report.from = test::new_year - engine::Duration{86'400'000};
  report.error = "The provider did not answer.";
  report.listed = 1'000;
  report.foreign = 7;
  report.compared = 990;
  report.moving = 3;
  engine::ReconciliationItem item;
  item.difference = PaymentDifference::refund_lost;
  item.repair = PaymentRepair::told;
  item.reservation = {0x0196f0a1b2c30003, 0x1122334455667788};
  item.payment = {"pi_3"};
  item.currency = engine::Currency::from("EUR").value();
  item.ours = {engine::MoneyState::captured, {1'500}, {1'500}};
  item.theirs = {engine::PaymentStatus::succeeded, {1'500}, {0}};
  report.add(item);
  item.difference = PaymentDifference::not_found;
  item.repair = PaymentRepair::none;
  item.theirs.reset();
  item.detail = "No such payment.";
  report.add(item);
  return report;
}

}  // namespace

TEST_CASE("The report of a reconciliation is read as it was written, and nothing shorter is one") {
  const auto value = encode(sample_report());
  test::expect_golden("reconciliation-report", value);
  const auto read = decode_reconciliation_report(value);
  REQUIRE_MESSAGE(read.has_value(), read.error().text);
  CHECK(*read == sample_report());
  for (std::size_t size = 0; size < value.size(); ++size) {
    CHECK_FALSE(decode_reconciliation_report(std::string_view(value).substr(0, size)).has_value());
  }
  CHECK_FALSE(decode_reconciliation_report(value + '\0').has_value());
  CHECK(record_keys::last_reconciliation() == "last");
}

TEST_CASE("A report has the first differences in full, and counts all of them") {
  engine::ReconciliationReport report;
  engine::ReconciliationItem item;
  item.difference = engine::PaymentDifference::not_held;
  item.repair = engine::PaymentRepair::cancelled;
  const auto count = engine::reconciliation_limits::items_max + 10;
  for (std::size_t i = 0; i < count; ++i) report.add(item);
  CHECK(report.items.size() == engine::reconciliation_limits::items_max);
  CHECK(report.different() == count);
  CHECK(decode_reconciliation_report(encode(report)).value() == report);
}

}  // namespace cavea::persistence
