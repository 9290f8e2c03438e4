#include "tests/engine/saga_words.hpp"

#include <array>
#include <sstream>
#include <string_view>

namespace cavea::engine::testing {

namespace {

template <class... Fs>
struct InWords : Fs... {
  using Fs::operator()...;
};

template <std::size_t Count, class Enum>
std::string name_in(const std::array<std::string_view, Count>& names, Enum value) {
  return std::string(names.at(static_cast<std::size_t>(value)));
}

void write(std::ostream& out, const std::vector<ReservationLine>& lines) {
  for (const auto& line : lines) {
    out << ' ' << line.place.value << ':' << line.price.minor << (line.given_back ? "x" : "");
  }
}

void write(std::ostream& out, const Claim& claim) {
  std::visit(
      InWords{
          [&](const NamedSeats& one) {
            for (const auto& seat : one.seats) out << ' ' << seat;
          },
          [&](const Quantity& one) { out << ' ' << one.count; },
          [&](const BestAvailable& one) { out << " best " << one.party_size; },
          [&](const SamePlaces& one) {
            out << " again";
            write(out, one.lines);
          }},
      claim);
}

void write(std::ostream& out, const SagaLeg& leg) {
  out << " [" << name_of(leg.state) << ' ' << leg.offering.view() << ' ' << leg.reservation.low
      << " v" << leg.version.value << " claim";
  write(out, leg.claim);
  out << " lines";
  write(out, leg.lines);
  if (leg.refusal) out << ' ' << engine::name_of(*leg.refusal);
  if (leg.giving_back) {
    out << " giving back " << leg.giving_back->quantity;
    for (const auto& seat : leg.giving_back->seats) out << ' ' << seat;
    if (!leg.giving_back->exchanged.empty()) out << " exchanged";
    for (const auto& place : leg.giving_back->exchanged) out << ' ' << place.value;
    out << " #" << leg.giving_back->number << " at " << leg.giving_back->asked_at.ms << " cause "
        << static_cast<int>(leg.giving_back->cause);
  }
  out << " starts " << leg.starts_at.ms << " cutoff " << leg.cancellation_cutoff.ms;
  for (const auto& step : leg.refund_policy) {
    out << ' ' << step.before_start.ms << ':' << static_cast<int>(step.percent);
  }
  out << ']';
}

void write(std::ostream& out, const SagaPayment& payment) {
  out << " money " << name_of(payment.state) << ' ' << payment.id.value << ' '
      << payment.client_secret << ' ' << payment.amount.minor << " captured "
      << payment.captured.minor << " due " << payment.refund_due.minor << " asked "
      << payment.refund_asked.minor << " refunded " << payment.refunded.minor << " attempt "
      << payment.attempt << " refusals " << payment.refusals
      << (payment.is_unclear ? " unclear " : " ") << payment.last_error;
}

std::string words_of(const PaymentRequest& request) {
  return std::visit(
      InWords{
          [](const CreatePayment& one) { return "create " + std::to_string(one.amount.minor); },
          [](const CapturePayment& one) { return "capture " + std::to_string(one.amount.minor); },
          [](const CancelPayment& /*one*/) { return std::string("close"); },
          [](const RefundPayment& one) { return "refund " + std::to_string(one.amount.minor); },
          [](const LookUpPayment& /*one*/) { return std::string("look up"); },
          [](const ListPayments& /*one*/) { return std::string("list"); }},
      request);
}

void write(std::ostream& out, const LegAnswered& input) {
  out << "leg " << input.leg << ' ' << input.key << ' ';
  if (const auto* why = std::get_if<Rejection>(&input.answer)) {
    out << "refused " << engine::name_of(*why);
    return;
  }
  const auto& record = std::get<LegView>(input.answer).reservation;
  out << "view " << record.id.low << " status " << static_cast<int>(record.status) << " cause "
      << static_cast<int>(record.cause) << " v" << record.version.value;
  write(out, record.lines);
}

void write(std::ostream& out, const PaymentAnswered& input) {
  out << (input.is_notice ? "notice " : "payment ") << input.key << ' ';
  const auto* payment = std::get_if<Payment>(&input.answer);
  if (const auto* failure = std::get_if<PaymentFailure>(&input.answer)) {
    out << engine::name_of(failure->kind) << ' ' << failure->message << ' ';
    if (failure->payment) payment = &*failure->payment;
  }
  if (payment == nullptr) return;
  out << payment->id.value << ' ' << engine::name_of(payment->status) << " captured "
      << payment->captured.minor;
  if (payment->refunded) out << " refunded " << payment->refunded->minor;
}

void write(std::ostream& out, const SagaExchange& exchange) {
  out << " exchange at " << exchange.asked_at.ms << " lost " << exchange.lost.minor << " gives";
  for (const auto& part : exchange.gives) {
    out << " of " << part.leg << ':';
    for (const auto& place : part.places) out << ' ' << place.value;
  }
  out << " for " << exchange.takes->credit.minor << " {" << every_word_of(*exchange.takes) << '}';
}

}  // namespace

std::string every_word_of(const Saga& saga) {
  std::ostringstream out;
  out << engine::name_of(status_of(saga)) << " v" << saga.version << ' ' << name_of(saga.goal)
      << (saga.was_confirmed ? " was confirmed" : "") << " cause " << static_cast<int>(saga.cause)
      << " id " << saga.id.str() << ' ' << saga.user << " created " << saga.created_at.ms
      << " changed " << saga.changed_at.ms << " hold " << saga.hold_time.ms << " deadline "
      << saga.deadline.ms << " pinned " << saga.pinned_until.ms << " extensions " << saga.extensions
      << " rescue " << name_of(saga.rescue) << ' ' << saga.currency.view();
  for (const auto& leg : saga.legs) write(out, leg);
  write(out, saga.payment);
  for (const auto& payment : saga.more_payments) write(out, payment);
  if (saga.exchange) write(out, *saga.exchange);
  out << " do";
  for (const auto& step : steps_of(saga)) out << ' ' << words_of(step) << ',';
  return out.str();
}

std::string every_word_of(const SagaInput& input) {
  std::ostringstream out;
  std::visit(
      InWords{
          [&](const BeginReservation& one) { out << "begin " << one.legs.size(); },
          [&](const TakeOver& one) { out << "take over " << one.leg.reservation.id.low; },
          [&](const StartPayment& /*one*/) { out << "start payment"; },
          [&](const ExtendHold& /*one*/) { out << "extend"; },
          [&](const CancelPlaces& one) {
            out << "cancel" << (one.part ? " part of " + std::to_string(one.part->leg) : "");
          },
          [&](const BeginExchange& one) {
            out << "exchange " << one.gives.size() << " for " << one.legs.size();
          },
          [&](const CancelExchange& /*one*/) { out << "cancel exchange"; },
          [&](const OfferingGone& one) {
            out << "offering of " << one.reservation.str() << " gone";
          },
          [&](const LegAnswered& one) { write(out, one); },
          [&](const PaymentAnswered& one) { write(out, one); },
          [&](const DeadlineCame& /*one*/) { out << "deadline"; },
          [&](const ReconcilePayment& one) {
            out << "reconcile v" << one.version << ' ';
            write(out, PaymentAnswered{one.payment, true});
          }},
      input);
  return out.str();
}

std::string words_of(const SagaStep& step) {
  const auto leg = [](const char* verb, std::uint32_t number) {
    return verb + (" " + std::to_string(number));
  };
  return std::visit(
      InWords{
          [&](const ClaimLeg& one) { return leg("claim", one.leg); },
          [&](const PinLeg& one) { return leg("pin", one.leg); },
          [&](const SellLeg& one) { return leg("sell", one.leg); },
          [&](const ReleaseLeg& one) { return leg("release", one.leg); },
          [&](const AskPayment& one) { return words_of(one.request); }},
      step.work);
}

std::optional<std::uint32_t> leg_of_step(const SagaStep& step) {
  return std::visit(
      [](const auto& one) -> std::optional<std::uint32_t> {
        if constexpr (requires { one.leg; }) return one.leg;
        return std::nullopt;
      },
      step.work);
}

std::string name_of(SagaGoal goal) {
  return name_in(std::array<std::string_view, 4>{"", "hold", "confirm", "release"}, goal);
}

std::string name_of(MoneyState state) {
  return name_in(
      std::array<std::string_view, 7>{
          "none", "wanted", "open", "authorised", "captured", "closing", "closed"},
      state);
}

std::string name_of(LegState state) {
  return name_in(
      std::array<std::string_view, 7>{"", "wanted", "found", "held", "sold", "gone", "refused"},
      state);
}

std::string name_of(RescueState state) {
  return name_in(std::array<std::string_view, 4>{"none", "claiming", "done", "failed"}, state);
}

}  // namespace cavea::engine::testing
