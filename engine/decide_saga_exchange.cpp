#include "engine/saga_turn.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <variant>

// Places of a confirmed reservation for others. What is taken is a saga of its own inside the
// reservation's; here is what passes between the two.

namespace cavea::engine {

namespace {

bool has_payment_step(const Saga& saga, const std::string& key) {
  const auto steps = steps_of(saga);
  return std::any_of(steps.begin(), steps.end(), [&](const auto& step) {
    return std::holds_alternative<AskPayment>(step.work) && (key.empty() || step.key == key);
  });
}

bool has_leg(const Saga& saga, const ReservationId& reservation) {
  return std::any_of(saga.legs.begin(), saga.legs.end(), [&](const auto& leg) {
    return leg.reservation == reservation;
  });
}

/// Whether the provider's answer is about the payment of what the exchange takes.
bool is_about(const Saga& taking, const Saga& saga, const PaymentAnswered& input) {
  const auto* payment = std::get_if<Payment>(&input.answer);
  if (payment != nullptr && payment->id == taking.payment.id) return true;
  // The answer that makes its id known, or a failure.
  if (input.is_notice || (payment != nullptr && !taking.payment.id.value.empty())) return false;
  if (payment != nullptr && payment->id == saga.payment.id) return false;
  return has_payment_step(taking, input.key);
}

/// The greatest number that a payment has had so far.
std::uint32_t last_attempt(const Saga& saga) {
  auto last = saga.payment.attempt;
  for (const auto& payment : saga.more_payments) last = std::max(last, payment.attempt);
  if (saga.exchange) last = std::max(last, saga.exchange->takes->payment.attempt);
  return last;
}

/// What all its places cost when they were taken.
std::int64_t price_taken(const Saga& saga) {
  std::int64_t sum = 0;
  for (const auto& leg : saga.legs) {
    for (const auto& line : leg.lines) sum += line.price.minor;
  }
  return sum;
}

/// What places of a leg cost together.
Money price_of(const SagaLeg& leg, const std::vector<Place>& places) {
  Money sum;
  for (const auto& line : leg.lines) {
    if (contains(places, line.place)) sum.minor += line.price.minor;
  }
  return sum;
}

PaymentId asked_for(const PaymentRequest& request) {
  if (const auto* refund = std::get_if<RefundPayment>(&request)) return refund->payment;
  if (const auto* look_up = std::get_if<LookUpPayment>(&request)) return look_up->payment;
  return {};
}

}  // namespace

bool is_for_exchange(const Saga& saga, const SagaInput& input, Timestamp now) {
  if (!saga.exchange) return false;
  const Saga& taking = *saga.exchange->takes;
  if (const auto* answered = std::get_if<LegAnswered>(&input)) {
    return answered->leg >= saga.legs.size();
  }
  if (const auto* answered = std::get_if<PaymentAnswered>(&input)) {
    return is_about(taking, saga, *answered);
  }
  if (const auto* read = std::get_if<ReconcilePayment>(&input)) {
    return read->payment.id == taking.payment.id;
  }
  if (const auto* gone = std::get_if<OfferingGone>(&input)) {
    return has_leg(taking, gone->reservation);
  }
  if (std::holds_alternative<DeadlineCame>(input)) {
    const auto at = own_wake_at(taking);
    return at && *at <= now;
  }
  const bool is_to_pay =
      std::holds_alternative<StartPayment>(input) || std::holds_alternative<ExtendHold>(input);
  return is_to_pay && is_exchanging(saga);
}

PaymentId id_in(const Saga& saga, const PaymentAnswered& input) {
  if (const auto* payment = std::get_if<Payment>(&input.answer)) return payment->id;
  for (const auto& step : steps_of(saga)) {
    const auto* ask = std::get_if<AskPayment>(&step.work);
    if (ask != nullptr && step.key == input.key) return asked_for(ask->request);
  }
  return {};
}

std::optional<std::size_t> other_payment_of(const Saga& saga, const PaymentId& id) {
  if (id.value.empty()) return std::nullopt;
  for (std::size_t i = 0; i < saga.more_payments.size(); ++i) {
    if (saga.more_payments[i].id == id) return i;
  }
  return std::nullopt;
}

// ---- What people want ---------------------------------------------------------------------------

SagaDecision SagaTurn::on(const BeginExchange& input) {
  if (saga_.legs.empty()) return Refusal(Rejection::reservation_not_found);
  if (saga_.goal == SagaGoal::release) return Refusal(Rejection::reservation_has_ended);
  if (!saga_.was_confirmed) return Refusal(Rejection::reservation_not_confirmed);
  if (is_exchanging(saga_)) return Refusal(Rejection::exchange_under_way);
  if (is_giving_back()) return Refusal(Rejection::payment_under_way);
  if (input.gives.empty() || input.legs.empty()) return Refusal(Rejection::claim_is_empty);
  const bool is_too_large = input.legs.size() > saga_limits::legs_max
                            || saga_.legs.size() + input.legs.size() > saga_limits::legs_kept_max;
  if (is_too_large) return Refusal(Rejection::claim_too_large);

  Saga taking;
  taking.id = saga_.id;
  taking.currency = saga_.currency;
  taking.payment.attempt = last_attempt(saga_);
  std::vector<ExchangedPart> gives;
  for (auto part : input.gives) {
    const bool is_twice = std::any_of(
        gives.begin(), gives.end(), [&](const auto& other) { return other.leg == part.leg; });
    if (is_twice) return Refusal(Rejection::place_named_twice);
    if (auto refusal = fill_part(part)) return *std::move(refusal);
    taking.credit.minor += price_of(saga_.legs[part.leg], part.places).minor;
    gives.push_back(std::move(part));
  }
  auto begun = decide(taking, BeginReservation{.user = saga_.user, .legs = input.legs}, now_);
  if (auto* refusal = std::get_if<Refusal>(&begun)) return std::move(*refusal);
  saga_.exchange.emplace(SagaExchange{
      .gives = std::move(gives),
      .asked_at = now_,
      .lost = {},
      .takes = Boxed<Saga>(std::get<Saga>(std::move(begun)))});
  return changed();
}

/// Finds the places that a part is about.
std::optional<Refusal> SagaTurn::fill_part(ExchangedPart& part) const {
  if (part.leg >= saga_.legs.size()) return Refusal(Rejection::place_not_in_reservation);
  const auto& leg = saga_.legs[part.leg];
  if (leg.state != LegState::sold && leg.state != LegState::found) {
    return Refusal(Rejection::place_not_in_reservation);
  }
  if (auto refusal = refuse_by_cutoff(leg, Cause::user)) return refusal;
  std::vector<Place> places;
  for (const auto& line : leg.lines) {
    if (!line.given_back) places.push_back(line.place);
  }
  const bool are_there = part.places.size() == part.seats.size()
                         && std::all_of(part.places.begin(), part.places.end(), [&](auto place) {
                              return contains(places, place);
                            });
  auto named = part.places;
  std::sort(named.begin(), named.end());
  const bool is_twice = std::adjacent_find(named.begin(), named.end()) != named.end();
  if (is_twice) return Refusal(Rejection::place_named_twice);
  const bool is_too_much = part.quantity > places.size();
  if (places.empty() || !are_there || is_too_much) {
    return Refusal(Rejection::place_not_in_reservation);
  }
  if (!part.seats.empty()) return std::nullopt;
  // Of a class the last ones go.
  std::sort(places.begin(), places.end());
  if (part.quantity > 0) places.erase(places.begin(), places.end() - part.quantity);
  part.places = std::move(places);
  return std::nullopt;
}

SagaDecision SagaTurn::on(const CancelExchange& /*input*/) {
  if (saga_.legs.empty()) return Refusal(Rejection::reservation_not_found);
  if (!is_exchanging(saga_)) return Refusal(Rejection::no_exchange_under_way);
  if (saga_.exchange->takes->goal == SagaGoal::release) return {};
  return on_exchange(CancelPlaces{});
}

// ---- What becomes of it -------------------------------------------------------------------------

SagaDecision SagaTurn::on_exchange(const SagaInput& input) {
  auto& taking = *saga_.exchange->takes;
  auto inner = input;
  if (auto* answered = std::get_if<LegAnswered>(&inner)) {
    answered->leg -= static_cast<std::uint32_t>(saga_.legs.size());
  }
  if (auto* read = std::get_if<ReconcilePayment>(&inner)) {
    if (read->version != saga_.version) return Refusal(Rejection::payment_under_way);
    read->version = taking.version;
  }
  auto decision = decide(taking, inner, now_);
  auto* next = std::get_if<Saga>(&decision);
  if (next == nullptr) return decision;
  taking = std::move(*next);
  settle_exchange();
  return changed();
}

void SagaTurn::settle_exchange() {
  if (!saga_.exchange) return;
  if (saga_.exchange->takes->was_confirmed) return merge_exchange();
  // It came to nothing: what its offering took back meanwhile is owed after all.
  if (is_exchanging(saga_)) return;
  owe_money(std::exchange(saga_.exchange->lost, Money{}));
  auto& taking = *saga_.exchange->takes;
  auto& payment = taking.payment;
  // The places that were to go are free for other things now: a payment that comes yet goes back.
  if (payment.state == MoneyState::closed) taking.rescue = RescueState::failed;
  if (payment.captured.minor > 0) {
    // Paid back by now: kept with what else was paid, since the next exchange replaces this one.
    saga_.more_payments.push_back(payment);
    payment = {};
    payment.attempt = saga_.more_payments.back().attempt;
  }
  if (saga_.goal == SagaGoal::confirm && has_none()) release(Cause::offering_cancelled);
}

/// Whether what is to be had instead is paid for already.
bool SagaTurn::is_selling_exchange() const {
  return is_exchanging(saga_) && saga_.exchange->takes->goal == SagaGoal::confirm;
}

/// What was taken becomes part of the reservation, and what it was taken for goes.
void SagaTurn::merge_exchange() {
  auto exchange = *std::exchange(saga_.exchange, std::nullopt);
  auto& taking = *exchange.takes;
  std::int64_t percent = 100;
  Money paid_here;
  for (const auto& part : exchange.gives) {
    const auto& leg = saga_.legs[part.leg];
    percent = std::min(percent, refund_percent(leg, exchange.asked_at, Cause::user));
    if (was_paid_here(leg)) paid_here.minor += price_of(leg, part.places).minor;
    give_up(part);
  }
  // Cheaper places were the customer's choice; that an offering took some of them back was not.
  const auto excess = std::max<std::int64_t>(taking.credit.minor - taking.total().minor, 0);
  const auto chosen = std::max<std::int64_t>(taking.credit.minor - price_taken(taking), 0);
  owe_money({std::min(excess - chosen + chosen * percent / 100, paid_here.minor)});
  if (saga_.currency == Currency{}) saga_.currency = taking.currency;
  // One that came to nothing is kept, too: its number is taken.
  if (taking.payment.attempt > last_attempt(saga_)) {
    if (taking.payment.state == MoneyState::none) taking.payment.state = MoneyState::closed;
    saga_.more_payments.push_back(std::move(taking.payment));
  }
  std::move(taking.legs.begin(), taking.legs.end(), std::back_inserter(saga_.legs));
}

/// Asks a leg's offering to take back what was exchanged, unless it did already.
void SagaTurn::give_up(const ExchangedPart& part) {
  auto& leg = saga_.legs[part.leg];
  const bool is_there = std::any_of(leg.lines.begin(), leg.lines.end(), [&](const auto& line) {
    return !line.given_back && contains(part.places, line.place);
  });
  if (leg.state != LegState::sold || !is_there) return;
  leg.giving_back = GiveBack{
      .seats = part.seats,
      .quantity = part.quantity,
      .asked_at = now_,
      .cause = Cause::user,
      .number = saga_.version + 1,
      .exchanged = part.places};
}

// ---- What it forbids ----------------------------------------------------------------------------

/// Whether places of a leg are to be given up in an exchange that may still come about.
bool SagaTurn::is_to_go(const SagaLeg& leg) const {
  if (!is_exchanging(saga_)) return false;
  const auto number = static_cast<std::uint32_t>(&leg - saga_.legs.data());
  const auto& gives = saga_.exchange->gives;
  return std::any_of(
      gives.begin(), gives.end(), [&](const auto& part) { return part.leg == number; });
}

bool SagaTurn::is_to_go(const SagaLeg& leg, Place place) const {
  if (!is_to_go(leg)) return false;
  const auto number = static_cast<std::uint32_t>(&leg - saga_.legs.data());
  const auto& gives = saga_.exchange->gives;
  return std::any_of(gives.begin(), gives.end(), [&](const auto& part) {
    return part.leg == number && contains(part.places, place);
  });
}

/// What is to be exchanged cannot be cancelled, unless the exchange only has something to undo; of
/// an offering that is cancelled, the exchange is given up.
std::optional<Refusal> SagaTurn::refuse_exchanged(const SagaLeg& leg, Cause cause) {
  if (!is_to_go(leg)) return std::nullopt;
  const bool is_undoing = saga_.exchange->takes->goal == SagaGoal::release;
  if (cause != Cause::offering_cancelled && !is_undoing)
    return Refusal(Rejection::exchange_under_way);
  return drop_exchange(cause);
}

/// What is released already, and not to be had again if it is paid late.
Saga SagaTurn::given_up(Cause cause) {
  saga_.cause = cause;
  release_payment();
  return std::move(saga_);
}

/// Ends an exchange that is under way, unless it is being paid.
std::optional<Refusal> SagaTurn::drop_exchange(Cause cause) {
  if (!is_exchanging(saga_)) return std::nullopt;
  auto& taking = *saga_.exchange->takes;
  if (is_selling_exchange()) return Refusal(Rejection::payment_under_way);
  if (taking.goal == SagaGoal::release) {
    // A payment that comes late, or came, now finds nothing to be rescued for.
    taking = SagaTurn(taking, now_).given_up(cause);
  } else {
    auto decision = decide(taking, CancelPlaces{.part = {}, .cause = cause}, now_);
    if (auto* next = std::get_if<Saga>(&decision)) taking = std::move(*next);
  }
  settle_exchange();
  return std::nullopt;
}

}  // namespace cavea::engine
