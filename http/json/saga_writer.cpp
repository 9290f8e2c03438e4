#include "http/json/saga_writer.hpp"

#include "engine/reconciliation.hpp"
#include "http/json/reservation_parts.hpp"
#include "http/json/time_writer.hpp"
#include "http/json/writer.hpp"

#include <algorithm>
#include <cstddef>

namespace cavea::http::json {

namespace {

using engine::LegState;
using engine::MoneyState;
using engine::RescueState;
using engine::Saga;
using engine::SagaGoal;
using engine::SagaLeg;
using engine::SagaStatus;

std::string_view name_of(RescueState state) {
  switch (state) {
    case RescueState::none:
      return "none";
    case RescueState::claiming:
      return "claiming";
    case RescueState::done:
      return "done";
    case RescueState::failed:
      return "failed";
  }
  return "none";
}

/// Whether the places of a leg are the person's: one that is to be given back has none any more,
/// and one that is wanted none yet.
bool has_places(const Saga& saga, const SagaLeg& leg) {
  if (saga.goal == SagaGoal::release) return false;
  return leg.state == LegState::found || leg.state == LegState::held || leg.state == LegState::sold;
}

std::string_view line_status(
    const Saga& saga, const SagaLeg& leg, const engine::ReservationLine& line) {
  if (!is_kept(leg, line) || !has_places(saga, leg)) return "given_back";
  const bool is_sold =
      leg.state == LegState::sold || (leg.state == LegState::found && saga.was_confirmed);
  return is_sold ? "sold" : "held";
}

struct Sum {
  std::size_t count = 0;
  engine::Money price;
};

/// The places of a leg that are the person's.
Sum sum_of(const Saga& saga, const SagaLeg& leg) {
  Sum sum;
  if (!has_places(saga, leg)) return sum;
  for (const auto& line : leg.lines) {
    if (!is_kept(leg, line)) continue;
    ++sum.count;
    sum.price.minor += line.price.minor;
  }
  return sum;
}

engine::DefinitionRef definition_of(const engine::SagaView& view, std::size_t leg) {
  return leg < view.definitions.size() ? view.definitions[leg] : nullptr;
}

/// The clock that all times of the document are shown by: of the first offering that is known.
TimeZone zone_of(const engine::SagaView& view) {
  const auto known =
      std::find_if(view.definitions.begin(), view.definitions.end(), [](const auto& one) {
        return one != nullptr;
      });
  return known == view.definitions.end() ? TimeZone::utc() : card_of(*known).zone;
}

/// What costs nothing is in the currency in which it could cost something.
engine::Currency currency_of(const engine::SagaView& view) {
  if (view.saga.currency != engine::Currency{}) return view.saga.currency;
  for (const auto& definition : view.definitions) {
    if (definition != nullptr) return definition->currency;
  }
  return {};
}

void write_deadline(Writer& writer, const Saga& saga, SagaStatus status, const TimeZone& zone) {
  const bool is_shown = status == SagaStatus::held || status == SagaStatus::awaiting_payment
                        || status == SagaStatus::expired;
  if (is_shown && saga.deadline != engine::Timestamp{}) {
    write_time(writer, "held_until", saga.deadline, zone);
  } else {
    writer.key("held_until").null();
  }
}

void write_item(
    Writer& writer, const Saga& saga, const SagaLeg& leg, const engine::DefinitionRef& definition) {
  const auto& card = card_of(definition);
  writer.begin_object().key("offering").text(leg.offering.view());
  if (!card.members.empty()) writer.raw(card.members);
  writer.key("quantity").number(sum_of(saga, leg).count);
  writer.key("places").begin_array();
  const auto* performance = definition ? definition->performance() : nullptr;
  for (const auto& line : leg.lines) {
    write_place(writer, line, performance, line_status(saga, leg, line));
  }
  writer.end_array();
  if (leg.refusal) writer.key("refusal").text(engine::name_of(*leg.refusal));
  if (leg.version.value != 0) writer.key("version").number(leg.version.value);
  writer.end_object();
}

/// Whether the customer may still pay: with the secret, the browser can confirm the payment.
bool may_be_paid(const Saga& saga) {
  return saga.payment.state == MoneyState::open && saga.goal == SagaGoal::hold
         && saga.rescue == RescueState::none;
}

void write_text_or_null(Writer& writer, std::string_view key, std::string_view text) {
  writer.key(key);
  if (text.empty()) {
    writer.null();
  } else {
    writer.text(text);
  }
}

/// What was or is to be paid, all payments together.
std::int64_t amount_of(const Saga& saga) {
  auto amount = saga.payment.amount.minor - saga.paid_elsewhere().minor;
  for (const auto& payment : saga.more_payments) amount += payment.captured.minor;
  return amount;
}

/// How the newest payment stands that anything came of.
MoneyState money_state_of(const Saga& saga) {
  const auto& more = saga.more_payments;
  const bool has_more = std::any_of(
      more.begin(), more.end(), [](const auto& payment) { return payment.captured.minor > 0; });
  return has_more ? MoneyState::captured : saga.payment.state;
}

void write_payment(
    Writer& writer, const Saga& saga, const std::string& user, const Viewer& viewer) {
  const auto& payment = saga.payment;
  writer.key("payment");
  if (money_state_of(saga) == MoneyState::none) {
    writer.null();
    return;
  }
  const bool is_open = may_be_paid(saga);
  const bool shows_secret = is_open && viewer.user == user;
  // Why the customer's try failed; later it is about the provider, for who looks after the system.
  const bool shows_error = is_open || viewer.is_admin;
  writer.begin_object().key("status").text(engine::word_of(money_state_of(saga)));
  write_text_or_null(writer, "client_secret", shows_secret ? payment.client_secret : "");
  writer.key("currency").text(saga.currency.view());
  writer.key("amount").number(amount_of(saga));
  writer.key("captured").number(saga.captured().minor);
  writer.key("refund_due").number(saga.refund_due().minor);
  writer.key("refunded").number(saga.refunded().minor);
  write_text_or_null(writer, "error", shows_error ? payment.last_error : "");
  writer.end_object();
}

std::uint32_t extensions_left(const Saga& saga) {
  using engine::saga_limits::extensions_max;
  const bool may_be_held = saga.goal == SagaGoal::hold && saga.rescue == RescueState::none;
  return may_be_held ? extensions_max - std::min(saga.extensions, extensions_max) : 0;
}

/// Which places an exchange gives up.
void write_part(
    Writer& writer, const engine::ExchangedPart& part, const engine::DefinitionRef& definition) {
  writer.begin_object().key("item").number(part.leg);
  writer.key("quantity").number(part.places.size());
  if (const auto* performance = definition ? definition->performance() : nullptr) {
    writer.key("seats").begin_array();
    for (const auto place : part.places) writer.text(performance->seat_map->label(place));
    writer.end_array();
  }
  writer.end_object();
}

void write_exchange(
    Writer& writer, const engine::SagaView& view, const Viewer& viewer, const TimeZone& zone) {
  writer.key("exchange");
  const auto& exchange = view.saga.exchange;
  if (!exchange) {
    writer.null();
    return;
  }
  const Saga& taking = *exchange->takes;
  const auto status = status_of(taking);
  writer.begin_object().key("status").text(engine::name_of(status));
  write_deadline(writer, taking, status, zone);
  writer.key("give_back").begin_array();
  for (const auto& part : exchange->gives) write_part(writer, part, definition_of(view, part.leg));
  writer.end_array();
  writer.key("items").begin_array();
  for (std::size_t i = 0; i < taking.legs.size(); ++i) {
    const auto definition = definition_of(view, view.saga.legs.size() + i);
    write_item(writer, taking, taking.legs[i], definition);
  }
  writer.end_array();
  writer.key("credit").number(taking.credit.minor);
  writer.key("to_pay").number(taking.due().minor);
  write_payment(writer, taking, view.saga.user, viewer);
  writer.key("extensions_left").number(extensions_left(taking)).end_object();
}

}  // namespace

void append_saga(std::string& out, const engine::SagaView& view, const Viewer& viewer) {
  const auto& saga = view.saga;
  const auto zone = zone_of(view);
  const auto status = status_of(saga);
  engine::Money total;
  for (const auto& leg : saga.legs) total.minor += sum_of(saga, leg).price.minor;

  Writer writer(out);
  writer.begin_object().key("id").text(saga.id.str());
  writer.key("status").text(engine::name_of(status)).key("user").text(saga.user);
  write_time(writer, "created_at", saga.created_at, zone);
  write_time(writer, "changed_at", saga.changed_at, zone);
  write_deadline(writer, saga, status, zone);
  writer.key("total").begin_object().key("amount").number(total.minor);
  writer.key("currency").text(currency_of(view).view()).end_object();
  writer.key("items").begin_array();
  for (std::size_t i = 0; i < saga.legs.size(); ++i) {
    write_item(writer, saga, saga.legs[i], definition_of(view, i));
  }
  writer.end_array();
  write_payment(writer, saga, saga.user, viewer);
  writer.key("rescued").boolean(saga.rescue == RescueState::done);
  writer.key("rescue").text(name_of(saga.rescue));
  writer.key("extensions_left").number(extensions_left(saga));
  write_exchange(writer, view, viewer, zone);
  writer.key("version").number(saga.version).end_object();
}

}  // namespace cavea::http::json
