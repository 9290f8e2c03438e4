#include "http/json/offering_codec.hpp"

#include "http/time_zone.hpp"
#include "tests/http/samples.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace cavea::http::json {

namespace {

using engine::OfferingKind;

const House& theatre() {
  static const auto house = House::of(samples::theatre());
  return house;
}

const House& studio() {
  static const auto house = House::of(samples::studio());
  return house;
}

Json good_performance() {
  return Json::parse(R"({
    "title": "The Lighthouse", "venue": "grand-theatre", "starts_at": "2026-12-04T19:30",
    "currency": "GBP", "prices": {"premium": 9500, "standard": 0}})");
}

Json good_class() {
  return Json::parse(R"({
    "id": "yoga-1", "title": "Morning Flow", "venue": "river-studio", "kind": "class",
    "starts_at": "2026-12-07T07:30", "currency": "EUR", "capacity": 18, "price": 1400})");
}

BadInput fault_of(const Json& value, OfferingKind kind, const House* house) {
  auto result = read_offering(value, kind, house, samples::now);
  REQUIRE_FALSE(result.has_value());
  return std::move(result).error();
}

bool names(const BadInput& input, std::string_view field) {
  return std::any_of(input.faults.begin(), input.faults.end(), [&](const auto& fault) {
    return fault.field == field;
  });
}

}  // namespace

TEST_CASE("an offering is written as its golden file says") {
  std::string out;
  append_offering(out, samples::performance(), samples::now);
  CHECK(out == samples::golden("performance.json"));
  out.clear();
  append_offering(out, samples::yoga(1400), samples::now);
  CHECK(out == samples::golden("class.json"));
  out.clear();
  auto cancelled = samples::yoga(1400);
  cancelled.status = engine::OfferingStatus::cancelled;
  cancelled.cancel_reason = "The teacher is ill.";
  append_offering(out, cancelled, samples::now);
  CHECK(out == samples::golden("class_cancelled.json"));
}

TEST_CASE("a performance is read with defaults for what was left out") {
  const auto input =
      read_offering(good_performance(), OfferingKind::performance, &theatre(), samples::now);
  REQUIRE(input.has_value());
  CHECK_FALSE(input->id.has_value());
  const auto& definition = *input->definition;
  CHECK(definition.starts_at == engine::Timestamp{1'796'412'600'000});
  CHECK(definition.ends_at == definition.starts_at + engine::Duration{2 * 3'600'000});
  CHECK(definition.sale_opens_at == samples::now);
  CHECK(definition.sale_closes_at == definition.starts_at);
  CHECK(definition.time_zone == "Europe/London");
  CHECK(definition.hold_time == engine::Duration{600'000});
  CHECK(definition.performance()->zone_prices == std::vector<engine::Money>{{9500}, {0}});
  CHECK(definition.performance()->seat_map_revision == engine::Revision{1});
  CHECK(definition.performance()->refuse_single_gaps);
}

TEST_CASE("a class is read at the local time of its venue") {
  const auto input = read_offering(good_class(), OfferingKind::klass, &studio(), samples::now);
  REQUIRE(input.has_value());
  CHECK(input->definition->starts_at == engine::Timestamp{1'796'625'000'000});
  CHECK(input->definition->klass()->capacity == 18);
  CHECK(input->definition->klass()->price == engine::Money{1400});
}

TEST_CASE("every fault of an offering is found, with its pointer") {
  auto value = good_performance();
  value["version"] = 1;
  value["capacity"] = 3;
  value["kind"] = "class";
  value["title"] = "";
  value["starts_at"] = "2026-03-29T01:30";
  value["ends_at"] = 17;
  value["person_limit"] = 1.0;
  value["hold_seconds"] = "600";
  value["currency"] = "XYZ";
  value["prices"] = {{"premium", -1}};
  value["refuse_single_gaps"] = nullptr;
  value["refuse_overlaps"] = "yes";
  value["description"] = "bell \x07";
  const auto input = fault_of(value, OfferingKind::performance, &theatre());
  CHECK(input.severity == Severity::shape);
  for (const auto* field :
       {"/version",
        "/capacity",
        "/kind",
        "/title",
        "/starts_at",
        "/ends_at",
        "/person_limit",
        "/hold_seconds",
        "/currency",
        "/prices/premium",
        "/prices/standard",
        "/refuse_single_gaps",
        "/refuse_overlaps",
        "/description"}) {
    CAPTURE(field);
    CHECK(names(input, field));
  }
  CHECK(input.faults.size() == 14);
}

TEST_CASE("an offering that cannot be is a fault of meaning") {
  auto value = good_performance();
  value["prices"]["royal"] = 20000;
  value["prices"].erase("standard");
  value["ends_at"] = "2026-12-04T18:00";
  auto input = fault_of(value, OfferingKind::performance, &theatre());
  CHECK(input.severity == Severity::meaning);
  CHECK(names(input, "/prices/royal"));
  CHECK(names(input, "/prices/standard"));
  CHECK(names(input, "/ends_at"));

  input = fault_of(good_class(), OfferingKind::klass, nullptr);
  CHECK(input.severity == Severity::meaning);
  CHECK(input.faults == engine::Faults{{"/venue", "must be the id of a venue that exists"}});
}

TEST_CASE("what is missing is asked for") {
  const auto input = fault_of(Json::object(), OfferingKind::klass, nullptr);
  CHECK(input.severity == Severity::shape);
  for (const auto* field : {"/title", "/venue", "/starts_at", "/currency", "/capacity", "/price"}) {
    CAPTURE(field);
    CHECK(names(input, field));
  }
  CHECK(input.faults.size() == 6);
}

TEST_CASE("a definition that was written is read back as it was") {
  for (const auto& view : {samples::performance(), samples::yoga(1400)}) {
    const auto house = House::of(*view.definition);
    const auto value = writable_offering(*view.definition);
    const auto input = read_offering(value, kind_of(*view.definition), &house, samples::now);
    REQUIRE(input.has_value());
    CHECK(writable_offering(*input->definition) == value);
  }
}

TEST_CASE("a refund policy is read and written step by step, and left out when there is none") {
  auto value = good_class();
  value["refund_policy"] = Json::parse(
      R"([{"before_minutes": 10080, "percent": 100}, {"percent": 50, "before_minutes": 0}])");
  const auto input = read_offering(value, OfferingKind::klass, &studio(), samples::now);
  REQUIRE(input.has_value());
  const engine::RefundPolicy wanted{{{7 * 86'400'000}, 100}, {{0}, 50}};
  CHECK(input->definition->refund_policy == wanted);
  CHECK(writable_offering(*input->definition)["refund_policy"] == value["refund_policy"]);
  auto view = samples::yoga();
  view.definition = input->definition;
  std::string out;
  append_offering(out, view, samples::now);
  CHECK(Json::parse(out)["refund_policy"] == value["refund_policy"]);

  for (const auto* patch : {R"({"refund_policy": null})", R"({"refund_policy": []})"}) {
    const auto parsed = Json::parse(patch);
    CHECK_FALSE(check_patch(parsed, OfferingKind::klass).has_value());
    const auto after = read_offering(
        apply_patch(*input->definition, parsed), OfferingKind::klass, &studio(), samples::now);
    REQUIRE(after.has_value());
    CHECK(after->definition->refund_policy.empty());
    CHECK_FALSE(writable_offering(*after->definition).contains("refund_policy"));
  }
}

TEST_CASE("a refund policy that cannot be read or cannot be is refused by its step") {
  const auto refused = [](const char* policy, Severity severity, std::string_view field) {
    auto value = good_class();
    value["refund_policy"] = Json::parse(policy);
    CAPTURE(policy);
    const auto input = fault_of(value, OfferingKind::klass, &studio());
    CHECK(input.severity == severity);
    CHECK(input.faults.size() == 1);
    CHECK(names(input, field));
  };
  refused("{}", Severity::shape, "/refund_policy");
  refused("[7]", Severity::shape, "/refund_policy/0");
  refused(R"([{"percent": 50}])", Severity::shape, "/refund_policy/0/before_minutes");
  refused(R"([{"before_minutes": 60}])", Severity::shape, "/refund_policy/0/percent");
  refused(
      R"([{"before_minutes": 60, "percent": 101}])", Severity::shape, "/refund_policy/0/percent");
  refused(
      R"([{"before_minutes": 527041, "percent": 1}])",
      Severity::shape,
      "/refund_policy/0/before_minutes");
  refused(
      R"([{"before_minutes": 60, "percent": 1, "fee": 2}])",
      Severity::shape,
      "/refund_policy/0/fee");
  refused(
      R"([{"before_minutes": 60, "percent": 50}, {"before_minutes": 60, "percent": 20}])",
      Severity::meaning,
      "/refund_policy/1/before_minutes");
  auto steps = Json::array();
  for (int i = 11; i > 0; --i) steps.push_back({{"before_minutes", i}, {"percent", 1}});
  refused(steps.dump().c_str(), Severity::shape, "/refund_policy");
}

TEST_CASE("a patch changes what it names and nothing else") {
  const auto before = samples::performance();
  const auto patch =
      Json::parse(R"({"title": "Evening", "prices": {"premium": 1}, "person_limit": null})");
  CHECK_FALSE(check_patch(patch, OfferingKind::performance).has_value());
  CHECK_FALSE(patch_needs_venue(patch, *before.definition));
  const auto house = House::of(*before.definition);
  const auto input = read_offering(
      apply_patch(*before.definition, patch), OfferingKind::performance, &house, samples::now);
  REQUIRE(input.has_value());
  const auto& after = *input->definition;
  CHECK(after.title == "Evening");
  CHECK(after.person_limit == 0);
  CHECK(after.performance()->zone_prices == std::vector<engine::Money>{{1}, {6500}});
  CHECK(after.starts_at == before.definition->starts_at);
  CHECK(after.description == before.definition->description);
  CHECK(after.performance()->seat_map == before.definition->performance()->seat_map);
}

TEST_CASE("a patch may not name what is computed or unknown, even to remove it") {
  const auto patch = Json::parse(R"({"status": null, "colour": null, "seat_map_revision": 3})");
  const auto wrong = check_patch(patch, OfferingKind::performance);
  REQUIRE(wrong.has_value());
  CHECK(wrong->severity == Severity::shape);
  CHECK(names(*wrong, "/status"));
  CHECK(names(*wrong, "/colour"));
  CHECK(names(*wrong, "/seat_map_revision"));
  CHECK(check_patch(Json::array(), OfferingKind::klass).has_value());
  const auto latest = Json::parse(R"({"seat_map_revision": "latest"})");
  CHECK_FALSE(check_patch(latest, OfferingKind::performance).has_value());
  CHECK(check_patch(latest, OfferingKind::klass).has_value());
}

TEST_CASE("an id is made of title and start") {
  auto definition = *samples::performance().definition;
  CHECK(make_offering_id(definition, 1).view() == "the-lighthouse-2026-12-04-1930");
  CHECK(make_offering_id(definition, 2).view() == "the-lighthouse-2026-12-04-1930-2");
  definition.title = "  King's \"Speech\" -- Ä & more!  ";
  CHECK(make_offering_id(definition, 1).view() == "kings-speech-more-2026-12-04-1930");
  definition.title = "猫";
  CHECK(make_offering_id(definition, 1).view() == "performance-2026-12-04-1930");
  definition.title = std::string(200, 'x');
  CHECK(make_offering_id(definition, 9).view().size() <= 64);
}

TEST_CASE("the sale state says the weightiest thing first") {
  auto view = samples::yoga();
  const auto& definition = *view.definition;
  const auto state = [&](engine::Timestamp now) {
    return name_of_state(engine::sale_state_of(view, now));
  };
  const engine::Duration moment{1};
  CHECK(state(definition.sale_opens_at - moment) == "upcoming");
  CHECK(state(definition.sale_opens_at) == "on_sale");
  CHECK(state(definition.sale_closes_at) == "closed");
  CHECK(state(definition.ends_at) == "ended");
  view.counts = {.free = 0, .held = 18, .sold = 0, .blocked = 0};
  CHECK(state(definition.sale_opens_at) == "sold_out");
  CHECK(state(definition.sale_closes_at) == "closed");
  view.status = engine::OfferingStatus::cancelled;
  CHECK(state(definition.ends_at) == "cancelled");
  for (const auto* name : {"upcoming", "on_sale", "sold_out", "closed", "ended", "cancelled"}) {
    CHECK(name_of_state(state_named(name).value()) == name);
  }
  CHECK_FALSE(state_named("open").has_value());
}

}  // namespace cavea::http::json
