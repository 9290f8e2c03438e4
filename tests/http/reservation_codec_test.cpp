#include "http/json/reservation_codec.hpp"

#include "tests/http/samples.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <random>
#include <string>
#include <variant>

namespace cavea::http::json {

namespace {

std::string written(const engine::ReservationView& view) {
  std::string out;
  append_reservation(out, view);
  return out;
}

engine::Faults faults_of(std::string_view text) {
  const auto result = read_reservation(parse_document(text).value());
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().severity == Severity::shape);
  return result.error().faults;
}

/// The claim in one line, for comparisons.
std::string claim_words(const engine::Claim& claim) {
  if (const auto* quantity = std::get_if<engine::Quantity>(&claim)) {
    return "quantity " + std::to_string(quantity->count);
  }
  std::string words = "seats";
  for (const auto& seat : std::get<engine::NamedSeats>(claim).seats) words += " " + seat;
  return words;
}

}  // namespace

TEST_CASE("a reservation is written as its golden file says") {
  CHECK(written(samples::held_seats()) == samples::golden("reservation_held.json"));
  CHECK(written(samples::confirmed_places()) == samples::golden("reservation_confirmed.json"));
  auto cancelled = samples::held_seats();
  cancelled.reservation.status = engine::ReservationStatus::cancelled;
  for (auto& line : cancelled.reservation.lines) line.given_back = true;
  CHECK(written(cancelled) == samples::golden("reservation_cancelled.json"));
}

TEST_CASE("places that were given back are neither counted nor paid") {
  auto view = samples::held_seats();
  view.reservation.lines[1].given_back = true;
  const auto value = Json::parse(written(view));
  CHECK(value["total"]["amount"] == 9500);
  CHECK(value["items"][0]["quantity"] == 1);
  CHECK(value["items"][0]["places"][0]["status"] == "held");
  CHECK(value["items"][0]["places"][1]["status"] == "given_back");
}

TEST_CASE("an expired hold says when it ended and has nothing left") {
  auto view = samples::held_seats();
  view.reservation.status = engine::ReservationStatus::expired;
  const auto value = Json::parse(written(view));
  CHECK(value["held_until"] == "2026-11-20T12:10:00+00:00");
  CHECK(value["total"]["amount"] == 0);
  CHECK(value["items"][0]["quantity"] == 0);
}

TEST_CASE("a new definition is shown although the old one was remembered") {
  auto view = samples::confirmed_places();
  CHECK(Json::parse(written(view))["items"][0]["title"] == "Morning Flow");
  // Definitions come and go at the same addresses: none may be mistaken for an earlier one.
  for (int i = 0; i < 200; ++i) {
    auto definition = *samples::yoga().definition;
    definition.title = "Flow \"" + std::to_string(i) + '"';
    view.definition.reset();
    view.definition = std::make_shared<const engine::OfferingDefinition>(definition);
    CHECK(Json::parse(written(view))["items"][0]["title"] == definition.title);
  }
}

TEST_CASE("a reservation without its definition is shown without names") {
  auto view = samples::held_seats();
  view.definition.reset();
  const auto value = Json::parse(written(view));
  CHECK(value["items"][0]["offering"] == "the-lighthouse");
  CHECK_FALSE(value["items"][0].contains("title"));
}

TEST_CASE("the three forms of a claim are read") {
  const auto read = [](std::string_view text) {
    return read_reservation(parse_document(text).value()).value();
  };
  auto input = read(R"({"items": [{"offering": "yoga-1", "quantity": 2}], "user": "bob"})");
  CHECK(input.offering == samples::offering_id("yoga-1"));
  CHECK(input.user == "bob");
  CHECK(claim_words(input.claim) == "quantity 2");
  input = read(R"({"items": [{"seats": ["stalls-A-1", "stalls-A-1"], "offering": "hamlet"}]})");
  CHECK(claim_words(input.claim) == "seats stalls-A-1 stalls-A-1");
  input = read(
      R"({"items": [{"offering": "hamlet", "best_available":
          {"party_size": 4, "zones": ["premium"], "sections": ["stalls"], "accessible": true}}]})");
  const auto& best = std::get<engine::BestAvailable>(input.claim);
  CHECK(best.party_size == 4);
  CHECK(best.zones == std::vector<std::string>{"premium"});
  CHECK(best.sections == std::vector<std::string>{"stalls"});
  CHECK(best.accessible);
}

TEST_CASE("a wrong claim is refused with all its faults") {
  using engine::Fault;
  CHECK(faults_of("{}") == engine::Faults{{"/items", "is required"}});
  CHECK(faults_of(R"({"items": []})").front().field == "/items");
  CHECK(faults_of(R"({"items": [{"offering": "a"}]})").front().field == "/items/0");
  CHECK(
      faults_of(R"({"items": [{"offering": "a", "quantity": 1, "seats": ["x"]}]})").front().field
      == "/items/0");
  CHECK(
      faults_of(R"({"items": [{"offering": "a", "quantity": -1}]})").front().field
      == "/items/0/quantity");
  CHECK(
      faults_of(R"({"items": [{"offering": "a", "quantity": 2.0}]})").front().field
      == "/items/0/quantity");
  CHECK(
      faults_of(R"({"items": [{"offering": "A b", "quantity": "2", "colour": 1}], "x": 1})").size()
      == 4);
  CHECK(faults_of(R"({"items": [{"offering": "a", "seats": ["x", 7, ""]}]})").size() == 2);
  CHECK(
      faults_of(R"({"items": [{"offering": "a", "best_available": {"zones": ["x", "x"]}}]})").size()
      == 2);
}

TEST_CASE("several items are read as legs, in their order") {
  const auto input =
      read_reservation(parse_document(R"({"items": [{"offering": "hamlet", "seats": ["stalls-A-1"]},
                                                    {"offering": "yoga-1", "quantity": 2}],
                                          "user": "bob"})")
                           .value())
          .value();
  CHECK(input.user == "bob");
  REQUIRE(input.legs.size() == 2);
  CHECK(input.legs[0].offering == samples::offering_id("hamlet"));
  CHECK(claim_words(input.legs[0].claim) == "seats stalls-A-1");
  CHECK(input.legs[0].reservation == engine::ReservationId());
  CHECK(input.legs[1].offering == samples::offering_id("yoga-1"));
  CHECK(claim_words(input.legs[1].claim) == "quantity 2");
}

TEST_CASE("of several items, every fault is named with its item, and more than ten are refused") {
  const auto faults = faults_of(
      R"({"items": [{"offering": "a", "quantity": 1}, {"offering": "B", "quantity": 1}, {"offering": "c"}]})");
  REQUIRE(faults.size() == 2);
  CHECK(faults[0].field == "/items/1/offering");
  CHECK(faults[1].field == "/items/2");

  const auto items = [](std::size_t count) {
    auto list = Json::array();
    for (std::size_t i = 0; i < count; ++i) list.push_back({{"offering", "a"}, {"quantity", 1}});
    return Json{{"items", std::move(list)}}.dump();
  };
  CHECK(read_reservation(Json::parse(items(10)))->legs.size() == 10);
  CHECK(faults_of(items(11)) == engine::Faults{{"/items", "must be an array of 1 to 10 items"}});
}

TEST_CASE("the short way takes the common bodies") {
  for (const auto* text :
       {R"({"items":[{"offering":"yoga-1","quantity":2}]})",
        R"({"items": [{"quantity": 2, "offering": "yoga-1"}]})",
        "\n{ \"items\" : [ { \"offering\" : \"yoga-1\" , \"quantity\" : 2 } ] }\r\n\t",
        R"({"items":[{"offering":"hamlet","seats":["stalls-A-1","Box 3-1-2"]}]})"}) {
    CAPTURE(text);
    CHECK(scan_reservation(text).has_value());
  }
}

TEST_CASE("the short way leaves all else to the long one") {
  for (const auto* text :
       {"",
        "{}",
        "[]",
        R"({"items":[]})",
        R"({"items":[{"offering":"a","quantity":01}]})",
        R"({"items":[{"offering":"a","quantity":2.5}]})",
        R"({"items":[{"offering":"a","quantity":-2}]})",
        R"({"items":[{"offering":"a","quantity":2}],})",
        R"({"items":[{"offering":"a","quantity":2}]} x)",
        R"({"items":[{"offering":"a","quantity":2,"quantity":3}]})",
        R"({"items":[{"offering":"a","offering":"a","quantity":3}]})",
        R"({"items":[{"offering":"a"}]})",
        R"({"items":[{"offering":"a","quantity":1},{"offering":"b","quantity":1}]})",
        R"({"items":[{"offering":"a","seats":[]}]})",
        R"({"items":[{"offering":"a","seats":["é"]}]})",
        R"({"items":[{"offering":"a","seats":["x\n"]}]})",
        R"({"items":[{"offering":"a","seats":["x",]}]})",
        R"({"items":[{"offering":"a","quantity":99999999999}]})",
        R"({"items":[{"offering":"a","quantity":2})"}) {
    CAPTURE(text);
    CHECK_FALSE(scan_reservation(text).has_value());
  }
}

TEST_CASE("whatever the short way takes, the long way takes with the same meaning") {
  const auto seed = std::random_device()();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  const std::string start[] = {
      R"({"items":[{"offering":"yoga-1","quantity":12}]})",
      R"({"items": [{"seats": ["stalls-A-1", "b-2-3"], "offering": "hamlet"}]})"};
  constexpr std::string_view bytes = "{}[]\",:0129-ae.\\ \n\x7f\xc3u";
  std::size_t taken = 0;
  for (int i = 0; i < 60'000; ++i) {
    auto text = start[random() % 2];
    for (auto changes = random() % 3; changes > 0; --changes) {
      const auto at = random() % text.size();
      if (random() % 3 == 0) {
        text.erase(at, 1);
      } else if (random() % 2 == 0) {
        text.insert(at, 1, bytes[random() % bytes.size()]);
      } else {
        text[at] = bytes[random() % bytes.size()];
      }
    }
    const auto input = scan_reservation(text);
    if (!input) continue;
    ++taken;
    CAPTURE(text);
    const auto document = parse_document(text);
    REQUIRE(document.has_value());
    const auto wanted = read_reservation(*document);
    REQUIRE(wanted.has_value());
    CHECK(input->offering == wanted->offering);
    CHECK(input->user == wanted->user);
    CHECK(claim_words(input->claim) == claim_words(wanted->claim));
  }
  CHECK(taken > 10'000);
}

TEST_CASE("cancellations and blocks say exactly what they mean") {
  const auto cancellation = [](std::string_view text) {
    return read_cancellation(parse_document(text).value());
  };
  CHECK(cancellation("{}")->quantity == 0);
  CHECK(cancellation(R"({"quantity": 2})")->quantity == 2);
  CHECK(cancellation(R"({"seats": ["a-1-1"]})")->seats == std::vector<std::string>{"a-1-1"});
  CHECK_FALSE(cancellation(R"({"seats": []})").has_value());
  CHECK_FALSE(cancellation(R"({"quantity": 0})").has_value());
  CHECK_FALSE(cancellation(R"({"seats": ["a"], "quantity": 1})").has_value());
  CHECK_FALSE(cancellation("[]").has_value());
  CHECK_FALSE(cancellation("{}")->item.has_value());
  CHECK(cancellation(R"({"item": 0})")->item == 0);
  CHECK(cancellation(R"({"item": 39, "quantity": 2})")->quantity == 2);
  CHECK_FALSE(cancellation(R"({"item": 40})").has_value());
  CHECK_FALSE(cancellation(R"({"item": -1})").has_value());
  CHECK_FALSE(cancellation(R"({"item": "0"})").has_value());

  const auto block = [](std::string_view text, bool needs_reason) {
    return read_block(parse_document(text).value(), needs_reason);
  };
  CHECK(block(R"({"seats": ["a-1-1"], "reason": "desk"})", true)->reason == "desk");
  CHECK(block(R"({"quantity": 3})", false)->quantity == 3);
  CHECK_FALSE(block(R"({"quantity": 3})", true).has_value());
  CHECK_FALSE(block(R"({"quantity": 3, "reason": "desk"})", false).has_value());
  CHECK_FALSE(block(R"({"reason": "desk"})", true).has_value());
  CHECK_FALSE(block("[]", false).has_value());
  CHECK(read_reason(Json::parse(R"({"reason": "rain"})")).value() == "rain");
  CHECK_FALSE(read_reason(Json::parse(R"({"reason": ""})")).has_value());
}

}  // namespace cavea::http::json
