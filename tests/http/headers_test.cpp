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

constexpr ListMark list{17};

TEST_CASE("a cursor leads back to where its page ended") {
  const engine::OfferingCursor last{{1'796'412'600'000}, samples::offering_id("the-lighthouse")};
  const auto offering = decode_offering_cursor(list, encode_cursor(list, last));
  REQUIRE(offering.has_value());
  CHECK(offering->starts_at == last.starts_at);
  CHECK(offering->id == last.id);
  const auto venue = samples::venue_id("grand-theatre");
  CHECK(decode_venue_cursor(list, encode_cursor(list, venue)) == venue);
  const auto reservation = samples::held_seats().reservation.id;
  CHECK(decode_reservation_cursor(list, encode_cursor(list, reservation)) == reservation);
}

TEST_CASE("a cursor of another list, or no cursor at all, is refused") {
  const auto venue = encode_cursor(list, samples::venue_id("grand-theatre"));
  CHECK_FALSE(decode_offering_cursor(list, venue).has_value());
  CHECK_FALSE(decode_reservation_cursor(list, venue).has_value());
  for (const auto* text : {"", "b", "!!!", "b3g=", "bzE"}) {
    CAPTURE(text);
    CHECK_FALSE(decode_offering_cursor(list, text).has_value());
    CHECK_FALSE(decode_venue_cursor(list, text).has_value());
    CHECK_FALSE(decode_reservation_cursor(list, text).has_value());
  }
  CHECK_FALSE(decode_venue_cursor(list, std::string(1'000, 'b')).has_value());
  const auto of_another_list = encode_cursor({18}, samples::venue_id("grand-theatre"));
  CHECK_FALSE(decode_venue_cursor(list, of_another_list).has_value());
}

TEST_CASE("a list is known by its path, its filters in any order, and whose it is") {
  const auto mark_of = [](std::string_view path,
                          std::vector<QueryParameter> query,
                          const std::string& user = "alice") {
    const Principal principal{user, Role::user};
    Request request;
    request.path = path;
    request.query = query;
    request.principal = &principal;
    return list_mark_of(request).value;
  };
  const auto all = mark_of("/v1/reservations", {});
  CHECK(mark_of("/v1/reservations", {{"limit", "7"}, {"cursor", "abc"}}) == all);
  CHECK(mark_of("/v1/reservations", {}, "bob") == all);
  CHECK(mark_of("/v1/me/reservations", {}) != all);
  CHECK(mark_of("/v1/me/reservations", {}) != mark_of("/v1/me/reservations", {}, "bob"));
  const auto filtered = mark_of("/v1/reservations", {{"user", "bob"}, {"offering", "yoga"}});
  CHECK(mark_of("/v1/reservations", {{"offering", "yoga"}, {"user", "bob"}}) == filtered);
  CHECK(mark_of("/v1/reservations", {{"user", "bob"}}) != filtered);
  CHECK(mark_of("/v1/reservations", {{"user", "yoga"}, {"offering", "bob"}}) != filtered);
}

}  // namespace cavea::http
