#include "http/problem.hpp"

#include "tests/http/samples.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <set>
#include <string>

namespace cavea::http {

namespace {

using Json = nlohmann::json;

Json refusal_body(const engine::Refusal& refusal) {
  Response response;
  write_refusal(response, refusal, "r-1");
  CHECK(response.content_type == content_type::problem);
  return Json::parse(response.body);
}

}  // namespace

TEST_CASE("every rejection is a problem with a name, a sentence and a client's status") {
  for (const auto rejection : engine::all_rejections()) {
    const auto& type = problem_type(rejection);
    CAPTURE(type.name);
    CHECK(type.name == name_of(rejection));
    CHECK_FALSE(type.title.empty());
    const bool may_be_503 = rejection == engine::Rejection::not_ready
                            || rejection == engine::Rejection::outcome_unknown;
    CHECK(((type.status >= 400 && type.status < 500) || (may_be_503 && type.status == 503)));
  }
  CHECK(problem_type(engine::Rejection::overloaded).status == 429);
  CHECK(problem_type(engine::Rejection::sold_out).status == 409);
  CHECK(problem_type(engine::Rejection::revision_mismatch).status == 412);
}

TEST_CASE("every known problem has its own name") {
  std::set<std::string_view> names;
  for (const auto& problem : known_problems()) {
    CAPTURE(problem.name);
    CHECK(names.insert(problem.name).second);
    CHECK(problem.status >= 400);
  }
  CHECK(names.contains("unauthenticated"));
  CHECK(names.contains("places_taken"));
  CHECK(names.contains("malformed_json"));
}

TEST_CASE("a refusal of one item of several says which item it was") {
  engine::Refusal refusal(engine::Rejection::places_taken);
  refusal.places = {{{0}, engine::PlaceState::sold}};
  refusal.definition = samples::performance().definition;
  refusal.item = 1;
  const auto body = refusal_body(refusal);
  CHECK(body["item"] == 1);
  CHECK(body["places"] == Json::parse(R"([{"seat": "stalls-A-1", "state": "sold"}])"));
  CHECK(
      body["errors"]
      == Json::parse(
          R"([{"pointer": "/items/1", "reason": "Some of the seats are not free any more."}])"));

  refusal.item.reset();
  CHECK_FALSE(refusal_body(refusal).contains("item"));
  CHECK_FALSE(refusal_body(refusal).contains("errors"));
}

TEST_CASE("a refused overlap says what the person has at that time, at the clock of its venue") {
  engine::Refusal refusal(engine::Rejection::overlapping_reservation);
  engine::Overlap overlap;
  overlap.reservation = {std::uint64_t{1'700'000'000'000} << 16, 77};
  overlap.offering = engine::OfferingId::from("the-lighthouse").value();
  overlap.definition = samples::performance().definition;
  refusal.overlap = overlap;
  CHECK(
      refusal_body(refusal)["overlaps_with"]
      == Json{
          {"reservation", overlap.reservation.str()},
          {"offering", "the-lighthouse"},
          {"kind", "performance"},
          {"title", "The Lighthouse"},
          {"starts_at", "2026-12-04T19:30:00+00:00"},
          {"ends_at", "2026-12-04T22:00:00+00:00"}});
  // Not known any more, as of an item of several after a restart.
  refusal.overlap.reset();
  CHECK_FALSE(refusal_body(refusal).contains("overlaps_with"));
}

TEST_CASE("a refused claim says which seats and what would be taken instead") {
  engine::Refusal refusal(engine::Rejection::single_seat_gap);
  refusal.places = {{{1}, engine::PlaceState::free}, {{0}, engine::PlaceState::sold}};
  refusal.alternatives = {{{0}, {1}}, {{2}, {3}}};
  refusal.definition = samples::performance().definition;
  CHECK(
      refusal_body(refusal)
      == Json::parse(
          R"({
        "type": "/problems/single_seat_gap", "status": 409, "instance": "r-1",
        "title": ")"
          + std::string(sentence_of(refusal.reason)) + R"(",
        "places": [{"seat": "stalls-A-2", "state": "free"}, {"seat": "stalls-A-1", "state": "sold"}],
        "alternatives": [["stalls-A-1", "stalls-A-2"], ["stalls-A-3", "stalls-A-4"]]})"));
  refusal.definition.reset();
  CHECK_FALSE(refusal_body(refusal).contains("places"));
}

TEST_CASE("a refusal carries its numbers, names, times and faults") {
  engine::Refusal few(engine::Rejection::not_enough_places);
  few.available = 3;
  CHECK(refusal_body(few)["available"] == 3);

  engine::Refusal unknown(engine::Rejection::place_unknown);
  unknown.unknown_names = {"stalls-Z-\"9\""};
  CHECK(refusal_body(unknown)["unknown"] == Json::array({"stalls-Z-\"9\""}));

  engine::Refusal early(engine::Rejection::sale_not_open);
  early.at = {1'790'845'200'000};
  early.definition = samples::performance().definition;
  CHECK(refusal_body(early)["opens_at"] == "2026-10-01T10:00:00+01:00");

  engine::Refusal late(engine::Rejection::hold_has_expired);
  late.at = {1'790'845'200'000};
  CHECK(refusal_body(late)["expired_at"] == "2026-10-01T09:00:00+00:00");

  engine::Refusal wrong(engine::Rejection::definition_not_valid);
  wrong.faults = {{"/ends_at", "must be after starts_at"}};
  CHECK(refusal_body(wrong)["errors"][0]["pointer"] == "/ends_at");
}

TEST_CASE("what may succeed a little later says when to come back") {
  for (const auto rejection : engine::all_rejections()) {
    Response response;
    write_refusal(response, rejection, "r-1");
    CAPTURE(name_of(rejection));
    CHECK((response.header("Retry-After") == "1") == engine::is_worth_retrying(rejection));
  }
}

TEST_CASE("a fault says whether it is in the body, the query or a header") {
  Response response;
  const engine::Faults faults{
      {"", "must be an object"}, {"/a", "x"}, {"?limit\xff", "y"}, {"If-Match", "z"}};
  write_problem(response, RequestProblem::invalid_request, "r-1", "Something.", faults);
  const auto errors = Json::parse(response.body)["errors"];
  CHECK(errors[0]["pointer"] == "");
  CHECK(errors[1]["pointer"] == "/a");
  CHECK(errors[2]["parameter"] == "limit\ufffd");
  CHECK(errors[3]["header"] == "If-Match");
}

TEST_CASE("an input that cannot be read is the problem of its worst fault") {
  const auto name = [](json::Severity severity) {
    Response response;
    write_bad_input(response, {severity, {{"/a", "x"}}, "line 1"}, "r-1");
    return std::to_string(response.status) + " "
           + Json::parse(response.body)["type"].get<std::string>();
  };
  CHECK(name(json::Severity::malformed) == "400 /problems/malformed_json");
  CHECK(name(json::Severity::shape) == "400 /problems/invalid_request");
  CHECK(name(json::Severity::meaning) == "422 /problems/definition_not_valid");
}

}  // namespace cavea::http
