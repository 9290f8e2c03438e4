#include "http/json/change_codec.hpp"

#include "http/json/document.hpp"
#include "http/openapi.hpp"
#include "tests/http/samples.hpp"
#include "tests/support/openapi_checker.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

namespace cavea::http::json {

namespace {

const engine::ReservationId id = engine::ReservationId::make(samples::now, {3}, 0x0123456789abcdef);

engine::ChangeEvent event_of(const engine::OfferingView& offering, engine::OfferingEvent what) {
  engine::ChangeEvent event;
  event.shard = {3};
  event.index = 1'024;
  event.ordinal = 2;
  event.at = {samples::now.ms + 250};
  event.type = engine::change_type_of(what);
  event.subject = offering.id;
  event.version = 17;
  event.revision = {3};
  event.counts = offering.counts;
  event.definition = offering.definition;
  if (engine::reservation_in(what) != nullptr) event.user = "alice";
  event.event = std::move(what);
  return event;
}

engine::ChangeEvent event_of(engine::VenueEvent what) {
  engine::ChangeEvent event;
  event.index = 9;
  event.at = samples::now;
  event.type = engine::change_type_of(what);
  event.subject = samples::venue_id("grand-theatre");
  event.version = 1;
  event.event = std::move(what);
  return event;
}

engine::ChangeEvent event_of(const engine::SagaView& view, engine::SagaEvent what) {
  engine::ChangeEvent event;
  event.shard = {3};
  event.index = 1'024;
  event.ordinal = 2;
  event.at = {samples::now.ms + 250};
  event.type = engine::change_type_of(what);
  event.subject = view.saga.id;
  event.version = view.saga.version;
  event.user = view.saga.user;
  event.event =
      engine::OrderEvent{what, std::make_shared<const engine::Saga>(view.saga), view.definitions};
  return event;
}

/// Everything that happens to an order.
std::vector<engine::ChangeEvent> order_events() {
  std::vector<engine::ChangeEvent> all;
  for (std::size_t i = 0; i < engine::saga_event_count; ++i) {
    all.push_back(event_of(samples::payable_bundle(), static_cast<engine::SagaEvent>(i)));
  }
  return all;
}

std::string written(const engine::ChangeEvent& event) {
  std::string out;
  append_change(out, event);
  return out;
}

std::vector<engine::ReservationLine> two_lines() {
  return {{.place = {0}, .price = {9500}}, {.place = {2}, .price = {6500}}};
}

std::vector<engine::ChangeEvent> all_events() {
  const auto play = samples::performance();
  const auto yoga = samples::yoga(1400);
  const auto gbp = *engine::Currency::from("GBP");
  const engine::PersonKey person{7};
  const engine::Timestamp until{samples::now.ms + 600'000};
  return {
      event_of(play, engine::OfferingCreated{play.definition}),
      event_of(yoga, engine::OfferingChanged{yoga.definition}),
      event_of(play, engine::OfferingCancelled{"the lead is \"ill\""}),
      event_of(play, engine::OfferingDeleted{}),
      event_of(play, engine::PlacesHeld{id, "alice", person, two_lines(), until, gbp}),
      event_of(yoga, engine::PlacesSold{id, "alice", person, two_lines(), gbp}),
      event_of(play, engine::ReservationConfirmed{id}),
      event_of(play, engine::HoldExpired{id}),
      event_of(play, engine::PlacesGivenBack{id, {{0}}, engine::Cause::user}),
      event_of(yoga, engine::PlacesGivenBack{id, {{0}, {1}}, engine::Cause::administrator}),
      event_of(play, engine::ReservationCancelled{id, engine::Cause::offering_cancelled}),
      event_of(play, engine::PlacesBlocked{{{1}, {3}}, "camera"}),
      event_of(yoga, engine::PlacesUnblocked{{{5}}}),
      event_of(engine::VenueCreated{samples::theatre().definition}),
      event_of(engine::VenueChanged{samples::studio().definition}),
      event_of(engine::VenueDeleted{}),
      event_of(play, engine::HoldPinned{id, id, until}),
      event_of(play, engine::HoldPinned{id, id, {}}),
      event_of(
          yoga,
          engine::WaitingJoined{
              id, "alice", person, {.party_size = 2, .zones = {}, .sections = {}}, false, {}}),
      event_of(yoga, engine::WaitingLeft{id, engine::WaitingEnd::user}),
      event_of(yoga, engine::WaitingGranted{id}),
      event_of(yoga, engine::WaitingPassedOver{id, 2}),
      event_of(yoga, engine::WaitingClosed{engine::WaitingEnd::sale_closed})};
}

}  // namespace

TEST_CASE("events are written as their golden file says") {
  std::string all;
  for (const auto& event : all_events()) all += written(event) + "\n";
  all.pop_back();
  CHECK(all == samples::golden("changes.jsonl"));

  auto refused = samples::held_bundle();
  refused.saga.goal = engine::SagaGoal::release;
  refused.saga.legs[1].state = engine::LegState::refused;
  refused.saga.legs[1].refusal = engine::Rejection::sold_out;
  refused.definitions[0] = nullptr;
  const auto orders =
      written(event_of(refused, engine::SagaEvent::rejected)) + "\n"
      + written(event_of(samples::payable_bundle(), engine::SagaEvent::payment_started));
  CHECK(orders == samples::golden("orders.jsonl"));
}

TEST_CASE("nobody can pay with what an event says") {
  const auto bundle = samples::payable_bundle();
  REQUIRE_FALSE(bundle.saga.payment.client_secret.empty());
  for (const auto& event : order_events()) {
    CHECK(written(event).find(bundle.saga.payment.client_secret) == std::string::npos);
  }
}

TEST_CASE("every event is what the OpenAPI document promises") {
  const test::OpenApiChecker checker(openapi_document("1.2.3"));
  const auto& schema = checker.document()["components"]["schemas"]["Change"];
  std::uint64_t seen = 0;
  auto events = all_events();
  for (auto& order : order_events()) events.push_back(std::move(order));
  for (const auto& event : events) {
    seen |= std::uint64_t{1} << static_cast<unsigned>(event.type);
    const auto text = written(event);
    CAPTURE(text);
    const auto value = Json::parse(text);
    for (const auto& fault : checker.schema().faults(value, schema)) FAIL_CHECK(fault);
    CHECK(value["type"] == engine::name_of(event.type));
    // An event is one line, as a stream needs it.
    CHECK(text.find('\n') == std::string::npos);
  }
  CHECK(seen == engine::ChangeTypes::all().bits);
  const auto& types = schema["properties"]["type"]["enum"];
  CHECK(types.size() == engine::change_type_count);
}

TEST_CASE("the sequence of an event sorts as text") {
  auto event = event_of(samples::yoga(), engine::OfferingDeleted{});
  std::string before;
  for (const std::uint64_t index : {1, 9, 10, 99, 100, 1'000'000}) {
    for (const std::uint32_t ordinal : {0, 1, 9, 10, 4'095, 100'000}) {
      event.index = index;
      event.ordinal = ordinal;
      const auto sequence = Json::parse(written(event))["sequence"].get<std::string>();
      CHECK(before < sequence);
      before = sequence;
    }
  }
}

TEST_CASE("a place that the seat map does not have any more is shown without a name") {
  auto event = event_of(samples::performance(), engine::PlacesBlocked{{{3}, {4'000}}, "sound"});
  const auto data = Json::parse(written(event))["data"];
  CHECK(data["quantity"] == 2);
  CHECK(data["seats"] == Json{"stalls-A-4"});
}

}  // namespace cavea::http::json
