#include "http/handlers/offering_changes.hpp"

#include "http/handlers/answers.hpp"
#include "http/handlers/request_input.hpp"
#include "http/json/offering_codec.hpp"
#include "http/json/reservation_codec.hpp"

#include <optional>
#include <utility>
#include <variant>

namespace cavea::http {

namespace {

using engine::Answer;
using engine::OfferingKind;

OfferingKind other_than(OfferingKind kind) {
  return kind == OfferingKind::performance ? OfferingKind::klass : OfferingKind::performance;
}

void reply_view(Exchange& exchange, Answer&& answer) {
  const auto* view = answer_as<engine::OfferingView>(exchange, answer);
  if (view != nullptr) reply_offering(exchange, 200, *view);
}

/// Submits a command to the offering in the path unless that is of the other kind. We ask for the
/// other kind, not for this one: what is in neither (deleted since) goes to the bus, which answers
/// the repetition of a request by its idempotency key.
void submit_to_kind(
    Exchange& exchange,
    OfferingKind kind,
    engine::OfferingCommand command,
    void (*then)(Exchange&, Answer&&)) {
  const auto id = offering_in_path(exchange);
  if (!id) return;
  exchange.query(
      engine::GetOffering{other_than(kind), *id},
      [kind, id = *id, then, command = std::move(command)](
          Exchange& asked, Answer&& answer) mutable {
        const auto* view = std::get_if<engine::OfferingView>(&answer);
        if (view != nullptr && kind_of(*view->definition) != kind) {
          return reply_refusal(asked, engine::Rejection::offering_not_found);
        }
        engine::OfferingRequest request{.offering = id, .command = std::move(command)};
        asked.submit({std::move(request), idempotency_of(asked.request())}, then);
      });
}

void change_blocks(Exchange& exchange, OfferingKind kind, bool is_block) {
  if (!check_idempotency(exchange, KeyNeed::optional)) return;
  const auto body = read_body(exchange);
  if (!body) return;
  auto input = json::read_block(*body, is_block);
  if (!input) return reply_bad_input(exchange, input.error());
  engine::OfferingCommand command;
  if (is_block) {
    command = engine::BlockPlaces{
        .seats = std::move(input->seats),
        .quantity = input->quantity,
        .reason = std::move(input->reason)};
  } else {
    command = engine::UnblockPlaces{.seats = std::move(input->seats), .quantity = input->quantity};
  }
  submit_to_kind(exchange, kind, std::move(command), reply_view);
}

}  // namespace

void delete_offering(Exchange& exchange, OfferingKind kind) {
  if (!check_idempotency(exchange, KeyNeed::optional)) return;
  const auto revision = require_if_match(exchange);
  if (!revision) return;
  submit_to_kind(
      exchange, kind, engine::DeleteOffering{*revision}, [](Exchange& asked, Answer&& answer) {
        reply_done(asked, answer);
      });
}

void cancel_offering(Exchange& exchange, OfferingKind kind) {
  if (!check_idempotency(exchange, KeyNeed::optional)) return;
  engine::CancelOffering command;
  if (!exchange.request().header("If-Match").empty()) {
    const auto revision = require_if_match(exchange);
    if (!revision) return;
    command.expected_revision = *revision;
  }
  const auto body = read_body(exchange);
  if (!body) return;
  auto reason = json::read_reason(*body);
  if (!reason) return reply_bad_input(exchange, reason.error());
  command.reason = std::move(*reason);
  submit_to_kind(exchange, kind, std::move(command), reply_view);
}

void show_progress(Exchange& exchange, OfferingKind kind) {
  const auto id = offering_in_path(exchange);
  if (!id) return;
  exchange.query(
      engine::GetProgress{.kind = kind, .offering = *id}, [](Exchange& asked, Answer&& answer) {
        const auto* progress = answer_as<engine::OfferingProgress>(asked, answer);
        if (progress == nullptr) return;
        auto response = asked.make_response(200);
        response.add_header("Cache-Control", "no-store");
        json::append_progress(response.body, *progress);
        asked.reply(std::move(response));
      });
}

void block_places(Exchange& exchange, OfferingKind kind) {
  change_blocks(exchange, kind, true);
}

void unblock_places(Exchange& exchange, OfferingKind kind) {
  change_blocks(exchange, kind, false);
}

}  // namespace cavea::http
