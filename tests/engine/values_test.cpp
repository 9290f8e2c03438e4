#include "engine/ids.hpp"
#include "engine/money.hpp"

#include <doctest/doctest.h>

namespace cavea::engine::testing {

TEST_CASE("a currency is a code of ISO 4217") {
  CHECK(Currency::from("EUR")->view() == "EUR");
  CHECK(Currency::from("JPY").has_value());
  CHECK(Currency::from("XXX") == Currency{});
  for (const auto* text : {"", "EU", "EURO", "eur", "ABC", "DEM", "XAU", "XTS"}) {
    INFO(text);
    CHECK_FALSE(Currency::from(text).has_value());
  }
}

TEST_CASE("a reservation id is read as it was written, in either case") {
  const auto id = ReservationId::make({1'700'000'000'123}, {7}, 0xfedcba9876543210ULL);
  const auto text = id.str();
  CHECK(text.size() == ReservationId::text_length);
  CHECK(ReservationId::from(text) == id);
  CHECK(id.shard() == ShardId{7});
  auto lower = text;
  for (auto& c : lower) c = static_cast<char>(c >= 'A' ? c - 'A' + 'a' : c);
  CHECK(ReservationId::from(lower) == id);
}

TEST_CASE("what is no reservation id is not read as one") {
  CHECK(ReservationId::from("7ZZZZZZZZZZZZZZZZZZZZZZZZZ").has_value());
  CHECK_FALSE(ReservationId::from("8ZZZZZZZZZZZZZZZZZZZZZZZZZ").has_value());
  CHECK_FALSE(ReservationId::from("0ZZZZZZZZZZZZZZZZZZZZZZZZ").has_value());
  CHECK_FALSE(ReservationId::from("0ZZZZZZZZZZZZZZZZZZZZZZZZU").has_value());
  CHECK_FALSE(ReservationId::from("").has_value());
}

TEST_CASE("names are short, lower case, and begin with a letter or a digit") {
  CHECK(OfferingId::from("hamlet-2026.11_a")->view() == "hamlet-2026.11_a");
  CHECK(OfferingId::from(std::string(64, 'a')).has_value());
  for (const auto& text :
       {std::string(65, 'a'),
        std::string(),
        std::string("Hamlet"),
        std::string("-a"),
        std::string("a b"),
        std::string("a/b")}) {
    INFO(text);
    CHECK_FALSE(OfferingId::from(text).has_value());
  }
}

TEST_CASE("the hash that is written to disk never changes") {
  CHECK(stable_hash("") == 0xefd01f60ba992926ULL);
  CHECK(stable_hash("ann") == stable_hash("ann"));
  CHECK(stable_hash("ann") != stable_hash("bob"));
  CHECK(PersonKey::of("ann").value != 0);
}

}  // namespace cavea::engine::testing
