#include "tests/http/handlers_fixture.hpp"

#include <string>
#include <variant>

namespace cavea::http {

namespace {

constexpr const char* new_venue = R"({"name": "River Studio", "time_zone": "Europe/Berlin"})";

FakeExchange& put_venue(FakeExchange& exchange, std::string body = new_venue) {
  exchange.with(Method::put, "/v1/venues/river-studio", "river-studio").as_admin();
  exchange.with_body(std::move(body));
  run(exchange, "/v1/venues/{id}");
  return exchange;
}

template <class T>
const T* venue_command(const FakeExchange& exchange) {
  const auto& request = std::get<engine::VenueRequest>(exchange.command().value().what);
  return std::get_if<T>(&request.command);
}

}  // namespace

TEST_CASE("PUT creates a venue while its id is free") {
  FakeExchange exchange;
  put_venue(exchange);
  const auto* create = venue_command<engine::CreateVenue>(exchange);
  REQUIRE(create != nullptr);
  CHECK(create->definition.name == "River Studio");
  exchange.answer(engine::VenueView{samples::studio()});
  check_documented(exchange);
  CHECK(exchange.response().status == 201);
  CHECK(exchange.response().header("Location") == "/v1/venues/river-studio");
  CHECK(exchange.response().header("ETag") == "\"2\"");
}

TEST_CASE("PUT changes a venue with its revision") {
  FakeExchange exchange;
  exchange.with_header("If-Match", "\"1\"");
  put_venue(exchange);
  const auto* change = venue_command<engine::ChangeVenue>(exchange);
  REQUIRE(change != nullptr);
  CHECK(change->expected_revision == engine::Revision{1});
  exchange.answer(engine::VenueView{samples::studio()});
  CHECK(exchange.response().status == 200);
}

TEST_CASE("PUT of a venue that is there needs a precondition") {
  FakeExchange exchange;
  put_venue(exchange).answer(engine::Refusal(engine::Rejection::id_used));
  CHECK(std::holds_alternative<engine::GetVenue>(exchange.asked().value()));
  exchange.answer(engine::VenueView{samples::studio()});
  CHECK(problem_of(exchange) == "428 precondition_required");

  FakeExchange creating;
  creating.with_header("If-None-Match", "*");
  put_venue(creating).answer(engine::Refusal(engine::Rejection::id_used));
  CHECK(problem_of(creating) == "412 revision_mismatch");

  FakeExchange gone;
  put_venue(gone).answer(engine::Refusal(engine::Rejection::id_used));
  gone.answer(engine::Refusal(engine::Rejection::venue_not_found));
  CHECK(problem_of(gone) == "409 id_used");
}

TEST_CASE("a venue's id is the one in the path") {
  FakeExchange other;
  put_venue(other, R"({"id": "other", "name": "S", "time_zone": "UTC"})");
  CHECK(problem_of(other) == "400 invalid_request");

  FakeExchange unnamed;
  unnamed.with(Method::post, "/v1/venues").as_admin().with_body(new_venue);
  run(unnamed, "/v1/venues");
  CHECK(problem_of(unnamed) == "400 invalid_request");
  CHECK(unnamed.body()["errors"][0]["pointer"] == "/id");
}

TEST_CASE("a venue is read with its seat map, or not again when it is known") {
  FakeExchange exchange;
  exchange.with(Method::get, "/v1/venues/grand-theatre", "grand-theatre");
  run(exchange, "/v1/venues/{id}");
  exchange.answer(engine::VenueView{samples::theatre()});
  check_documented(exchange);
  CHECK(exchange.response().body == samples::golden("venue.json"));

  FakeExchange known;
  known.with(Method::get, "/v1/venues/grand-theatre", "grand-theatre");
  known.with_header("If-None-Match", "\"1\"");
  run(known, "/v1/venues/{id}");
  known.answer(engine::VenueView{samples::theatre()});
  check_documented(known);
  CHECK(known.response().status == 304);
  CHECK(known.response().body.empty());
}

TEST_CASE("venues are listed without their seat maps") {
  FakeExchange exchange;
  exchange.with(Method::get, "/v1/venues").with_parameter("limit", "1");
  run(exchange, "/v1/venues");
  exchange.answer(engine::VenuePage{
      {engine::VenueView{samples::theatre()}}, samples::venue_id("grand-theatre")});
  check_documented(exchange);
  CHECK(exchange.body()["items"][0]["seat_count"] == 4);
  CHECK(exchange.body()["next"].is_string());
}

TEST_CASE("a venue in use is not deleted") {
  FakeExchange exchange;
  exchange.with(Method::delete_, "/v1/venues/river-studio", "river-studio").as_admin();
  exchange.with_header("If-Match", "\"2\"");
  run(exchange, "/v1/venues/{id}");
  REQUIRE(venue_command<engine::DeleteVenue>(exchange) != nullptr);
  exchange.answer(engine::Refusal(engine::Rejection::venue_in_use));
  CHECK(problem_of(exchange) == "409 venue_in_use");
}

TEST_CASE("seats are answered with their version, or not again when it is known") {
  engine::SeatsView view;
  const auto offering = samples::performance();
  view.offering = offering.id;
  view.version = {17};
  view.definition = offering.definition;
  view.states.assign(4, engine::PlaceState::free);

  FakeExchange exchange;
  exchange.with(Method::get, "/v1/performances/the-lighthouse/seats", "the-lighthouse");
  run(exchange, "/v1/performances/{id}/seats");
  exchange.answer(view);
  check_documented(exchange);
  CHECK(exchange.response().header("ETag") == "\"17\"");
  CHECK(exchange.body().contains("map"));

  FakeExchange small;
  small.with(Method::get, "/v1/performances/the-lighthouse/seats", "the-lighthouse");
  small.with_parameter("map", "false");
  run(small, "/v1/performances/{id}/seats");
  small.answer(view);
  CHECK_FALSE(small.body().contains("map"));

  FakeExchange known;
  known.with(Method::get, "/v1/performances/the-lighthouse/seats", "the-lighthouse");
  known.with_header("If-None-Match", "\"17\"");
  run(known, "/v1/performances/{id}/seats");
  known.answer(view);
  CHECK(known.response().status == 304);

  FakeExchange wrong;
  wrong.with(Method::get, "/v1/performances/the-lighthouse/seats", "the-lighthouse");
  wrong.with_parameter("map", "no");
  run(wrong, "/v1/performances/{id}/seats");
  CHECK(problem_of(wrong) == "400 invalid_request");
}

TEST_CASE("a seat feed goes on where its viewer was") {
  FakeExchange exchange;
  exchange.with(Method::get, "/v1/performances/the-lighthouse/seats/stream", "the-lighthouse");
  exchange.with_header("Last-Event-ID", "16");
  run(exchange, "/v1/performances/{id}/seats/stream");
  CHECK(exchange.streamed() == samples::offering_id("the-lighthouse"));
  CHECK(exchange.last_event_id() == engine::Version{16});
  exchange.answer(engine::Refusal(engine::Rejection::offering_not_found));
  CHECK(problem_of(exchange) == "404 offering_not_found");
}

TEST_CASE("a seat feed takes no parameters") {
  FakeExchange exchange;
  exchange.with(Method::get, "/v1/performances/the-lighthouse/seats/stream", "the-lighthouse");
  exchange.with_parameter("x", "1");
  run(exchange, "/v1/performances/{id}/seats/stream");
  CHECK(problem_of(exchange) == "400 invalid_request");
}

TEST_CASE("the documents are served") {
  FakeExchange document;
  document.with(Method::get, "/openapi.json");
  run(document, "/openapi.json");
  check_documented(document);
  CHECK(document.body()["info"]["version"] == "1.2.3");
  FakeExchange page;
  page.with(Method::get, "/docs");
  run(page, "/docs");
  check_documented(page);
}

}  // namespace cavea::http
