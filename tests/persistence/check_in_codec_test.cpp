#include "persistence/check_in_codec.hpp"

#include "fixtures.hpp"
#include "golden.hpp"

#include <doctest/doctest.h>

#include <string>

namespace cavea::persistence {

namespace {

const engine::ReservationId booking{0x0196f0a1b2c30003, 0x1122334455667788};

engine::TicketUse sample_use() {
  engine::TicketUse use;
  use.is_inside = true;
  use.entries = 300;
  use.scans.push_back({engine::Passage::exit, "north-1", "", test::new_year});
  use.scans.push_back(
      {engine::Passage::entry, "north-2", "North", test::new_year + engine::Duration{60'000}});
  return use;
}

}  // namespace

TEST_CASE("The use of a ticket is read as it was written, and nothing shorter is one") {
  const auto value = encode(sample_use());
  test::expect_golden("ticket-use", value);
  const auto read = decode_ticket_use(value);
  REQUIRE_MESSAGE(read.has_value(), read.error().text);
  CHECK(*read == sample_use());
  for (std::size_t size = 0; size < value.size(); ++size) {
    CHECK_FALSE(decode_ticket_use(std::string_view(value).substr(0, size)).has_value());
  }
}

TEST_CASE("The counts of check-ins are read as they were written, and nothing shorter is them") {
  const engine::CheckIns counts{212, 300};
  const auto value = encode(counts);
  test::expect_golden("check-ins", value);
  CHECK(decode_check_ins(value).value() == counts);
  for (std::size_t size = 0; size < value.size(); ++size) {
    CHECK_FALSE(decode_check_ins(std::string_view(value).substr(0, size)).has_value());
  }
}

TEST_CASE("The keys of check-ins stay within what a record's key may be") {
  const auto longest = test::offering_id(std::string(64, 'x'));
  const auto use = record_keys::ticket_use(longest, booking, engine::Place{77});
  CHECK(use.size() <= record_key_size_max);
  CHECK(use.starts_with(record_keys::check_ins(longest) + '\0'));
  test::expect_golden(
      "keys-check-in",
      record_keys::ticket_use(test::offering_id("hamlet"), booking, engine::Place{77}) + "\n"
          + record_keys::check_ins(test::offering_id("hamlet")));
}

}  // namespace cavea::persistence
