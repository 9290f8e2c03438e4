#include "http/handlers/answers.hpp"
#include "http/handlers/offering_changes.hpp"
#include "http/handlers/request_input.hpp"
#include "http/json/offering_codec.hpp"

#include <tuple>
#include <utility>
#include <variant>

namespace cavea::http {

namespace {

using engine::Answer;
using engine::OfferingKind;

/// A change on its way: what was read of the request.
struct Change {
  OfferingKind kind{};
  engine::OfferingId id;
  engine::Revision expected;
  json::Json patch;
};

void submit_change(Exchange& exchange, const Change& change, engine::DefinitionRef definition) {
  engine::OfferingRequest request{
      .offering = change.id,
      .command = engine::ChangeOffering{
          .definition = std::move(definition), .expected_revision = change.expected}};
  exchange.submit(
      {std::move(request), idempotency_of(exchange.request())},
      [](Exchange& asked, Answer&& answer) {
        const auto* view = answer_as<engine::OfferingView>(asked, answer);
        if (view != nullptr) reply_offering(asked, 200, *view);
      });
}

void change_in(
    Exchange& exchange,
    const Change& change,
    const engine::OfferingDefinition& current,
    const json::House* house) {
  const auto document = json::apply_patch(current, change.patch);
  const auto now = exchange.request().received_at;
  auto input = json::read_offering(document, change.kind, house, now);
  if (!input) return reply_bad_input(exchange, input.error());
  if (input->id && *input->id != change.id) {
    const engine::Faults faults{{"/id", "must be the id in the path"}};
    return reply_problem(exchange, RequestProblem::invalid_request, {}, faults);
  }
  submit_change(exchange, change, std::move(input->definition));
}

void change_with_venue(
    Exchange& exchange,
    Change change,
    engine::DefinitionRef current,
    const engine::VenueId& venue) {
  exchange.query(
      engine::GetVenue{venue},
      [change = std::move(change), current = std::move(current)](Exchange& asked, Answer&& answer) {
        if (const auto* view = std::get_if<engine::VenueView>(&answer)) {
          const auto house = json::House::of(view->venue);
          return change_in(asked, change, *current, &house);
        }
        const auto* refusal = std::get_if<engine::Refusal>(&answer);
        const bool is_missing =
            refusal != nullptr && refusal->reason == engine::Rejection::venue_not_found;
        if (is_missing) return change_in(asked, change, *current, nullptr);
        std::ignore = answer_as<engine::VenueView>(asked, answer);
      });
}

void change_view(Exchange& exchange, Change change, const engine::OfferingView& view) {
  if (view.revision != change.expected) {
    // A patch of another revision is not applied. Revisions never go back, so that a past one is
    // refused by the bus whatever comes with it, or known by its idempotency key and its answer
    // repeated. One that is still to come may be there when the command is: it never goes to the
    // bus, which would take back what made that revision.
    const bool may_be_repeated =
        view.revision.value > change.expected.value && idempotency_of(exchange.request());
    if (may_be_repeated) return submit_change(exchange, change, view.definition);
    return reply_refusal(exchange, engine::Rejection::revision_mismatch);
  }

  const auto& current = *view.definition;
  if (json::patch_needs_venue(change.patch, current)) {
    const auto venue = json::venue_named_in(change.patch).value_or(current.venue);
    return change_with_venue(exchange, std::move(change), view.definition, venue);
  }
  const auto house = json::House::of(current);
  change_in(exchange, change, current, &house);
}

}  // namespace

void change_offering(Exchange& exchange, OfferingKind kind) {
  const auto id = offering_in_path(exchange);
  if (!id || !check_idempotency(exchange, KeyNeed::optional)) return;
  const auto revision = require_if_match(exchange);
  if (!revision) return;
  auto body = read_body(exchange);
  if (!body) return;
  if (const auto wrong = json::check_patch(*body, kind)) return reply_bad_input(exchange, *wrong);

  Change change{.kind = kind, .id = *id, .expected = *revision, .patch = std::move(*body)};
  exchange.query(
      engine::GetOffering{kind, *id},
      [change = std::move(change)](Exchange& asked, Answer&& answer) mutable {
        const auto* view = answer_as<engine::OfferingView>(asked, answer);
        if (view == nullptr) return;
        if (kind_of(*view->definition) != change.kind) {
          return reply_refusal(asked, engine::Rejection::offering_not_found);
        }
        change_view(asked, std::move(change), *view);
      });
}

}  // namespace cavea::http
