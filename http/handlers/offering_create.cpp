#include "http/handlers/answers.hpp"
#include "http/handlers/offering_changes.hpp"
#include "http/handlers/request_input.hpp"
#include "http/idempotency.hpp"
#include "http/json/offering_codec.hpp"

#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <variant>

namespace cavea::http {

namespace {

using engine::Answer;
using engine::OfferingKind;

/// Ids that are tried in order for an offering without one: title and start rarely come twice.
constexpr unsigned ordered_attempts_max = 9;

/// After them, ids with a drawn number are tried: one is enough, unless a number comes twice.
constexpr unsigned attempts_max = ordered_attempts_max + 3;

/// The number behind an id: the attempt itself, or one of nine digits. A request that may be
/// repeated draws the same numbers each time, so that it meets its own key again.
unsigned number_of(const Request& request, unsigned attempt) {
  if (attempt <= ordered_attempts_max) return attempt;
  constexpr unsigned first_drawn = 100'000'000;
  constexpr unsigned drawn_count = 900'000'000;
  const auto key = idempotency_of(request);
  if (!key) return first_drawn + std::random_device()() % drawn_count;
  const auto seed = key->key + '\n' + key->caller + '\n' + std::to_string(attempt);
  const auto drawn = fingerprint_of(request.method, request.path, seed).low;
  return first_drawn + static_cast<unsigned>(drawn % drawn_count);
}

void submit_creation(
    Exchange& exchange,
    const engine::OfferingId& id,
    engine::DefinitionRef definition,
    Continuation then) {
  engine::OfferingRequest request{
      .offering = id, .command = engine::CreateOffering{std::move(definition)}};
  exchange.submit({std::move(request), idempotency_of(exchange.request())}, std::move(then));
}

void reply_new_offering(Exchange& exchange, Answer& answer) {
  const auto* view = answer_as<engine::OfferingView>(exchange, answer);
  if (view != nullptr) reply_offering(exchange, 201, *view);
}

/// Takes the first id that is free. A refused attempt leaves no trace of its idempotency key, and a
/// repeated request tries the same ids in the same order until it meets the one that has its key.
void create_with_made_id(Exchange& exchange, engine::DefinitionRef definition, unsigned attempt) {
  const auto id = json::make_offering_id(*definition, number_of(exchange.request(), attempt));
  auto then = [definition, attempt](Exchange& asked, Answer&& answer) {
    const auto* refusal = std::get_if<engine::Refusal>(&answer);
    const bool is_used = refusal != nullptr && refusal->reason == engine::Rejection::id_used;
    if (is_used && attempt < attempts_max) {
      return create_with_made_id(asked, definition, attempt + 1);
    }
    reply_new_offering(asked, answer);
  };
  submit_creation(exchange, id, definition, std::move(then));
}

void create_in(
    Exchange& exchange, OfferingKind kind, const json::Json& body, const json::House* house) {
  auto input = json::read_offering(body, kind, house, exchange.request().received_at);
  if (!input) return reply_bad_input(exchange, input.error());
  if (!input->id) return create_with_made_id(exchange, std::move(input->definition), 1);
  submit_creation(
      exchange, *input->id, std::move(input->definition), [](Exchange& asked, Answer&& answer) {
        reply_new_offering(asked, answer);
      });
}

}  // namespace

void create_offering(Exchange& exchange, OfferingKind kind) {
  if (!check_idempotency(exchange, KeyNeed::optional)) return;
  auto body = read_body(exchange);
  if (!body) return;
  const auto venue = json::venue_named_in(*body);
  if (!venue) return create_in(exchange, kind, *body, nullptr);

  exchange.query(
      engine::GetVenue{*venue},
      [kind, document = std::move(*body)](Exchange& asked, Answer&& answer) {
        if (const auto* view = std::get_if<engine::VenueView>(&answer)) {
          const auto house = json::House::of(view->venue);
          return create_in(asked, kind, document, &house);
        }
        const auto* refusal = std::get_if<engine::Refusal>(&answer);
        const bool is_missing =
            refusal != nullptr && refusal->reason == engine::Rejection::venue_not_found;
        if (is_missing) return create_in(asked, kind, document, nullptr);
        std::ignore = answer_as<engine::VenueView>(asked, answer);
      });
}

}  // namespace cavea::http
