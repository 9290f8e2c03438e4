#include "http/cursor.hpp"
#include "http/etag.hpp"
#include "http/idempotency.hpp"
#include "tests/http/samples.hpp"

#include <doctest/doctest.h>

#include <string>

namespace cavea::http {

TEST_CASE("an idempotency key is a quoted string or a bare word") {
  CHECK(parse_idempotency_key(R"("8e03978e-40d5-43dd")") == "8e03978e-40d5-43dd");
  CHECK(parse_idempotency_key("8e03978e-40d5-43dd") == "8e03978e-40d5-43dd");
  CHECK(parse_idempotency_key(R"( "a \"b\" \\ c" )") == R"(a "b" \ c)");
  CHECK(parse_idempotency_key(std::string(255, 'k')) == std::string(255, 'k'));
  CHECK(parse_idempotency_key('"' + std::string(255, 'k') + '"') == std::string(255, 'k'));
}

TEST_CASE("an idempotency key that cannot be read is none") {
  for (const auto* text :
       {"",
        "\"\"",
        "\"open",
        "\"a\" b",
        "\"a\\n\"",
        "\"a\\",
        "two words",
        "caf\xc3\xa9",
        "\"caf\xc3\xa9\"",
        "\"a\";b=1",
        "a\x7f"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_idempotency_key(text).has_value());
  }
  CHECK_FALSE(parse_idempotency_key(std::string(256, 'k')).has_value());
}

TEST_CASE("a fingerprint tells method, path and body apart, and never changes") {
  const auto one = fingerprint_of(Method::post, "/v1/reservations", "{}");
  CHECK(one == fingerprint_of(Method::post, "/v1/reservations", "{}"));
  CHECK_FALSE(one == fingerprint_of(Method::put, "/v1/reservations", "{}"));
  CHECK_FALSE(one == fingerprint_of(Method::post, "/v1/reservation", "{}"));
  CHECK_FALSE(one == fingerprint_of(Method::post, "/v1/reservations", "{ }"));
  CHECK(one.high == 5187602188380780531ULL);
  CHECK(one.low == 17387931848892551087ULL);
}

TEST_CASE("If-Match takes one strong tag") {
  CHECK(make_etag(17) == "\"17\"");
  CHECK(parse_etag("\"17\"") == 17);
  for (const auto* text :
       {"",
        "17",
        "W/\"17\"",
        "*",
        "\"\"",
        "\"1\", \"2\"",
        "\"x\"",
        "\"-1\"",
        "\"99999999999999999999\""}) {
    CAPTURE(text);
    CHECK_FALSE(parse_etag(text).has_value());
  }
}

TEST_CASE("If-None-Match takes a list of tags, weak ones too") {
  CHECK(if_none_match_has("\"17\"", 17));
  CHECK(if_none_match_has("W/\"17\"", 17));
  CHECK(if_none_match_has("\"1\", W/\"17\" ,\"x\"", 17));
  CHECK(if_none_match_has("*", 17));
  CHECK_FALSE(if_none_match_has("", 17));
  CHECK_FALSE(if_none_match_has("\"18\"", 17));
}

TEST_CASE("a cursor leads back to where its page ended") {
  const engine::OfferingCursor last{{1'796'412'600'000}, samples::offering_id("the-lighthouse")};
  const auto offering = decode_offering_cursor(encode_cursor(last));
  REQUIRE(offering.has_value());
  CHECK(offering->starts_at == last.starts_at);
  CHECK(offering->id == last.id);
  const auto venue = samples::venue_id("grand-theatre");
  CHECK(decode_venue_cursor(encode_cursor(venue)) == venue);
  const auto reservation = samples::held_seats().reservation.id;
  CHECK(decode_reservation_cursor(encode_cursor(reservation)) == reservation);
}

TEST_CASE("a cursor of another list, or no cursor at all, is refused") {
  const auto venue = encode_cursor(samples::venue_id("grand-theatre"));
  CHECK_FALSE(decode_offering_cursor(venue).has_value());
  CHECK_FALSE(decode_reservation_cursor(venue).has_value());
  for (const auto* text : {"", "b", "!!!", "b3g=", "bzE"}) {
    CAPTURE(text);
    CHECK_FALSE(decode_offering_cursor(text).has_value());
    CHECK_FALSE(decode_venue_cursor(text).has_value());
    CHECK_FALSE(decode_reservation_cursor(text).has_value());
  }
  CHECK_FALSE(decode_venue_cursor(std::string(1'000, 'b')).has_value());
}

}  // namespace cavea::http
