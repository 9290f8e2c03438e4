#include "tests/http/handlers_fixture.hpp"

#include <string>
#include <variant>

namespace cavea::http {

namespace {

constexpr const char* new_performance = R"({
    "title": "The Lighthouse", "venue": "grand-theatre", "starts_at": "2026-12-04T19:30",
    "currency": "GBP", "prices": {"premium": 9500, "standard": 6500}})";

FakeExchange& post_performance(FakeExchange& exchange, std::string body) {
  exchange.with(Method::post, "/v1/performances").with_body(std::move(body)).as_admin();
  run(exchange, "/v1/performances");
  return exchange;
}

FakeExchange& patch_performance(FakeExchange& exchange, std::string body) {
  exchange.with(Method::patch, "/v1/performances/the-lighthouse", "the-lighthouse").as_admin();
  exchange.with_body(std::move(body));
  run(exchange, "/v1/performances/{id}");
  return exchange;
}

engine::OfferingId offering_of(const FakeExchange& exchange) {
  return std::get<engine::OfferingRequest>(exchange.command().value().what).offering;
}

}  // namespace

TEST_CASE("a performance is made at its venue, with an id made for it") {
  FakeExchange exchange;
  post_performance(exchange, new_performance);
  CHECK(
      std::get<engine::GetVenue>(exchange.asked().value()).id
      == samples::venue_id("grand-theatre"));
  exchange.answer(engine::VenueView{samples::theatre()});
  REQUIRE(exchange.offering_command<engine::CreateOffering>() != nullptr);
  CHECK(offering_of(exchange).view() == "the-lighthouse-2026-12-04-1930");

  exchange.answer(engine::Refusal(engine::Rejection::id_used));
  CHECK(offering_of(exchange).view() == "the-lighthouse-2026-12-04-1930-2");
  exchange.answer(samples::performance());
  check_documented(exchange);
  CHECK(exchange.response().status == 201);
  CHECK(exchange.response().header("ETag") == "\"3\"");
  CHECK(exchange.response().header("Location") == "/v1/performances/the-lighthouse");
}

TEST_CASE("the tenth offering of one title and start gets a drawn number, the same when repeated") {
  std::string drawn[2];
  for (auto& id : drawn) {
    FakeExchange exchange;
    exchange.with_header("Idempotency-Key", "\"k\"");
    post_performance(exchange, new_performance).answer(engine::VenueView{samples::theatre()});
    for (int i = 0; i < 9; ++i) exchange.answer(engine::Refusal(engine::Rejection::id_used));
    REQUIRE(exchange.command().has_value());
    id = offering_of(exchange).str();
  }
  CHECK(drawn[0].size() == std::string("the-lighthouse-2026-12-04-1930-123456789").size());
  CHECK(drawn[0] == drawn[1]);
}

TEST_CASE("an id that was chosen and used before is refused") {
  FakeExchange exchange;
  auto body = nlohmann::json::parse(new_performance);
  body["id"] = "the-lighthouse";
  post_performance(exchange, body.dump()).answer(engine::VenueView{samples::theatre()});
  CHECK(offering_of(exchange).view() == "the-lighthouse");
  exchange.answer(engine::Refusal(engine::Rejection::id_used));
  CHECK(problem_of(exchange) == "409 id_used");
}

TEST_CASE("a performance at a venue that is not there is refused with all its faults") {
  FakeExchange exchange;
  auto body = nlohmann::json::parse(new_performance);
  body["ends_at"] = "2026-12-04T18:00";
  post_performance(exchange, body.dump());
  exchange.answer(engine::Refusal(engine::Rejection::venue_not_found));
  CHECK(problem_of(exchange) == "422 definition_not_valid");
  CHECK(exchange.body()["errors"][0]["pointer"] == "/venue");

  FakeExchange unnamed;
  post_performance(unnamed, "{}");
  CHECK(problem_of(unnamed) == "400 invalid_request");

  FakeExchange unlucky;
  post_performance(unlucky, new_performance).answer(engine::Refusal(engine::Rejection::not_ready));
  CHECK(problem_of(unlucky) == "503 not_ready");
}

TEST_CASE("a repeated creation is marked as replayed") {
  FakeExchange exchange;
  exchange.with_header("Idempotency-Key", "k");
  post_performance(exchange, new_performance).answer(engine::VenueView{samples::theatre()});
  CHECK(exchange.command()->idempotency->key == "k");
  auto view = samples::performance();
  view.replayed = true;
  exchange.answer(view);
  CHECK(exchange.response().header("Idempotency-Replayed") == "true");
}

TEST_CASE("a patch is merged into what is there") {
  FakeExchange exchange;
  exchange.with_header("If-Match", "\"3\"");
  patch_performance(exchange, R"({"title": "Evening", "prices": {"premium": 1}})");
  CHECK(
      std::get<engine::GetOffering>(exchange.asked().value()).kind
      == engine::OfferingKind::performance);
  exchange.answer(samples::performance());
  const auto* change = exchange.offering_command<engine::ChangeOffering>();
  REQUIRE(change != nullptr);
  CHECK(change->expected_revision == engine::Revision{3});
  CHECK(change->definition->title == "Evening");
  CHECK(change->definition->performance()->zone_prices == std::vector<engine::Money>{{1}, {6500}});
  exchange.answer(samples::performance());
  check_documented(exchange);
  CHECK(exchange.response().status == 200);
}

TEST_CASE("a patch takes the newest seat map when it says so") {
  FakeExchange exchange;
  exchange.with_header("If-Match", "\"3\"");
  patch_performance(exchange, R"({"seat_map_revision": "latest"})").answer(samples::performance());
  CHECK(std::holds_alternative<engine::GetVenue>(exchange.asked().value()));
  auto venue = samples::theatre();
  venue.revision = {7};
  exchange.answer(engine::VenueView{venue});
  const auto* change = exchange.offering_command<engine::ChangeOffering>();
  REQUIRE(change != nullptr);
  CHECK(change->definition->performance()->seat_map_revision == engine::Revision{7});
}

TEST_CASE("a patch of an older revision is left to the bus, which may know its key") {
  FakeExchange exchange;
  exchange.with_header("If-Match", "\"2\"").with_header("Idempotency-Key", "\"k\"");
  patch_performance(exchange, R"({"ends_at": "2026-12-04T18:00"})").answer(samples::performance());
  const auto* change = exchange.offering_command<engine::ChangeOffering>();
  REQUIRE(change != nullptr);
  CHECK(change->expected_revision == engine::Revision{2});
  exchange.answer(engine::Refusal(engine::Rejection::revision_mismatch));
  CHECK(problem_of(exchange) == "412 revision_mismatch");
}

TEST_CASE("a patch of another revision is never sent to be applied as something else") {
  for (const auto* revision : {"\"4\"", "\"2\""}) {
    FakeExchange exchange;
    exchange.with_header("If-Match", revision);
    patch_performance(exchange, R"({"title": "Evening"})").answer(samples::performance());
    CHECK_FALSE(exchange.command().has_value());
    CHECK(problem_of(exchange) == "412 revision_mismatch");
  }
  FakeExchange ahead;
  ahead.with_header("If-Match", "\"4\"").with_header("Idempotency-Key", "\"k\"");
  patch_performance(ahead, R"({"title": "Evening"})").answer(samples::performance());
  CHECK(problem_of(ahead) == "412 revision_mismatch");
}

TEST_CASE("a patch needs a precondition and good fields") {
  FakeExchange without;
  CHECK(problem_of(patch_performance(without, "{}")) == "428 precondition_required");
  FakeExchange weak;
  weak.with_header("If-Match", "W/\"3\"");
  CHECK(problem_of(patch_performance(weak, "{}")) == "412 revision_mismatch");
  FakeExchange unquoted;
  unquoted.with_header("If-Match", "3");
  CHECK(problem_of(patch_performance(unquoted, "{}")) == "400 invalid_request");
  CHECK(unquoted.body()["errors"][0]["header"] == "If-Match");
  FakeExchange packed;
  packed.with_header("If-Match", "\"3\"").with_header("Content-Encoding", "gzip");
  CHECK(problem_of(patch_performance(packed, "{}")) == "415 unsupported_media_type");
  FakeExchange computed;
  computed.with_header("If-Match", "\"3\"");
  CHECK(problem_of(patch_performance(computed, R"({"version": null})")) == "400 invalid_request");
  FakeExchange late;
  late.with_header("If-Match", "\"3\"");
  patch_performance(late, R"({"ends_at": "2026-12-04T18:00"})").answer(samples::performance());
  CHECK(problem_of(late) == "422 definition_not_valid");
  FakeExchange renamed;
  renamed.with_header("If-Match", "\"3\"");
  patch_performance(renamed, R"({"id": "other"})").answer(samples::performance());
  CHECK(problem_of(renamed) == "400 invalid_request");
}

TEST_CASE("a class is not found among the performances") {
  FakeExchange patch;
  patch.with_header("If-Match", "\"3\"");
  patch_performance(patch, "{}").answer(samples::yoga());
  CHECK(problem_of(patch) == "404 offering_not_found");

  FakeExchange deletion;
  deletion.with(Method::delete_, "/v1/performances/yoga-1", "yoga-1").as_admin();
  deletion.with_header("If-Match", "\"1\"");
  run(deletion, "/v1/performances/{id}");
  CHECK(
      std::get<engine::GetOffering>(deletion.asked().value()).kind == engine::OfferingKind::klass);
  deletion.answer(samples::yoga());
  CHECK(problem_of(deletion) == "404 offering_not_found");

  FakeExchange garbled;
  garbled.with(Method::get, "/v1/classes/Yoga", "Yoga");
  run(garbled, "/v1/classes/{id}");
  CHECK(problem_of(garbled) == "404 offering_not_found");
}

TEST_CASE("a deletion goes to the bus even when the offering is gone, for its key") {
  FakeExchange exchange;
  exchange.with(Method::delete_, "/v1/classes/yoga-1", "yoga-1").as_admin();
  exchange.with_header("If-Match", "\"1\"").with_header("Idempotency-Key", "k");
  run(exchange, "/v1/classes/{id}");
  exchange.answer(engine::Refusal(engine::Rejection::offering_not_found));
  REQUIRE(exchange.offering_command<engine::DeleteOffering>() != nullptr);
  exchange.answer(engine::Done{.version = {5}, .replayed = true});
  check_documented(exchange);
  CHECK(exchange.response().status == 204);
  CHECK(exchange.response().header("Idempotency-Replayed") == "true");
}

TEST_CASE("an offering is cancelled with a reason") {
  FakeExchange exchange;
  exchange.with(Method::post, "/v1/classes/yoga-1/cancellation", "yoga-1").as_admin();
  exchange.with_body(R"({"reason": "The teacher is ill."})").with_header("If-Match", "\"4\"");
  run(exchange, "/v1/classes/{id}/cancellation");
  exchange.answer(engine::Refusal(engine::Rejection::offering_not_found));
  const auto* cancel = exchange.offering_command<engine::CancelOffering>();
  REQUIRE(cancel != nullptr);
  CHECK(cancel->reason == "The teacher is ill.");
  CHECK(cancel->expected_revision == engine::Revision{4});
  auto view = samples::yoga();
  view.status = engine::OfferingStatus::cancelled;
  view.cancel_reason = "The teacher is ill.";
  exchange.answer(view);
  check_documented(exchange);
  CHECK(exchange.body()["status"] == "cancelled");
}

TEST_CASE("places are blocked and unblocked") {
  FakeExchange block;
  block.with(Method::post, "/v1/performances/the-lighthouse/blocks", "the-lighthouse").as_admin();
  block.with_body(R"({"seats": ["stalls-A-1"], "reason": "sound desk"})");
  run(block, "/v1/performances/{id}/blocks");
  block.answer(engine::Refusal(engine::Rejection::offering_not_found));
  const auto* command = block.offering_command<engine::BlockPlaces>();
  REQUIRE(command != nullptr);
  CHECK(command->reason == "sound desk");
  engine::Refusal taken(engine::Rejection::place_not_free);
  taken.definition = samples::performance().definition;
  taken.places = {{{0}, engine::PlaceState::sold}};
  block.answer(taken);
  CHECK(problem_of(block) == "409 place_not_free");
  CHECK(block.body()["places"][0]["seat"] == "stalls-A-1");

  FakeExchange unblock;
  unblock.with(Method::post, "/v1/classes/yoga-1/unblocks", "yoga-1").as_admin();
  unblock.with_body(R"({"quantity": 2})");
  run(unblock, "/v1/classes/{id}/unblocks");
  unblock.answer(engine::Refusal(engine::Rejection::offering_not_found));
  CHECK(unblock.offering_command<engine::UnblockPlaces>()->quantity == 2);
}

TEST_CASE("the list of performances takes filters and gives pages") {
  FakeExchange exchange;
  exchange.with(Method::get, "/v1/performances");
  exchange.with_parameter("from", "2026-12-01").with_parameter("to", "2026-12-04");
  exchange.with_parameter("q", "light house").with_parameter("status", "on_sale");
  exchange.with_parameter("venue", "grand-theatre");
  run(exchange, "/v1/performances");
  const auto& list = std::get<engine::ListOfferings>(exchange.asked().value());
  CHECK(list.from.ms == 1'796'083'200'000);
  CHECK(list.to.ms == 1'796'428'800'000);
  CHECK(list.text == "light house");
  CHECK(list.state == engine::SaleState::on_sale);
  CHECK(list.limit == 50);
  CHECK(list.now == exchange.request().received_at);
  const auto view = samples::performance();
  exchange.answer(engine::OfferingPage{
      {view, view}, engine::OfferingCursor{view.definition->starts_at, view.id}});
  check_documented(exchange);
  CHECK(exchange.body()["items"].size() == 2);

  FakeExchange next;
  const std::string cursor = exchange.body()["next"];
  next.with(Method::get, "/v1/performances").with_parameter("cursor", cursor);
  for (const auto& filter : exchange.request().query) {
    next.with_parameter(filter.name, filter.value);
  }
  run(next, "/v1/performances");
  const auto& more = std::get<engine::ListOfferings>(next.asked().value());
  CHECK(more.after->id == view.id);

  FakeExchange unfiltered;
  unfiltered.with(Method::get, "/v1/performances").with_parameter("cursor", cursor);
  run(unfiltered, "/v1/performances");
  CHECK(problem_of(unfiltered) == "400 invalid_request");
  CHECK(unfiltered.body()["errors"][0]["parameter"] == "cursor");
}

TEST_CASE("a time in a filter may have a plus that nobody encoded") {
  FakeExchange exchange;
  exchange.with(Method::get, "/v1/performances");
  exchange.with_parameter("from", "2026-12-01T00:00:00 01:00");
  run(exchange, "/v1/performances");
  const auto& list = std::get<engine::ListOfferings>(exchange.asked().value());
  CHECK(list.from.ms == 1'796'083'200'000 - 3'600'000);
}

TEST_CASE("a list refuses parameters that it does not understand") {
  FakeExchange exchange;
  exchange.with(Method::get, "/v1/classes").with_parameter("from", "tomorrow");
  exchange.with_parameter("status", "open").with_parameter("limit", "0");
  run(exchange, "/v1/classes");
  CHECK(problem_of(exchange) == "400 invalid_request");
  CHECK(exchange.body()["errors"].size() == 3);
  CHECK(exchange.body()["errors"][0].contains("parameter"));
}

}  // namespace cavea::http
