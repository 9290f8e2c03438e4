#include "engine/saga.hpp"

#include "engine/saga_turn.hpp"

#include <algorithm>
#include <functional>

namespace cavea::engine {

namespace {

/// Places or money that have to go yet, or answers that have to come.
bool is_settled(const SagaPayment& payment) {
  switch (payment.state) {
    case MoneyState::none:
    case MoneyState::closed:
      return true;
    case MoneyState::captured:
      return payment.refunded >= payment.refund_due;
    case MoneyState::wanted:
    case MoneyState::open:
    case MoneyState::authorised:
    case MoneyState::closing:
      return false;
  }
  return false;
}

/// Whether all its payments are.
bool is_money_settled(const Saga& saga) {
  const auto is_done = [](const auto& payment) {
    return !payment.is_unclear && is_settled(payment);
  };
  return is_done(saga.payment)
         && std::all_of(saga.more_payments.begin(), saga.more_payments.end(), is_done);
}

bool is_refund_pending(const SagaPayment& payment) {
  return payment.state == MoneyState::captured && payment.refunded < payment.refund_due;
}

Money sum_of(const Saga& saga, Money SagaPayment::*part) {
  auto sum = saga.payment.*part;
  for (const auto& payment : saga.more_payments) sum.minor += (payment.*part).minor;
  return sum;
}

SagaStatus released_status(const Saga& saga) {
  const auto& more = saga.more_payments;
  const bool has_money = saga.payment.state == MoneyState::captured || !more.empty();
  if (has_money && saga.refund_due().minor > 0) {
    const bool is_pending =
        is_refund_pending(saga.payment) || std::any_of(more.begin(), more.end(), is_refund_pending);
    return is_pending ? SagaStatus::refund_pending : SagaStatus::refunded;
  }
  // What was sold before the saga may have ended before it could be taken over.
  const bool is_rejected = refusal_of(saga).has_value() && !saga.was_confirmed;
  if (is_rejected && saga.rescue == RescueState::none) return SagaStatus::rejected;
  return saga.cause == Cause::deadline ? SagaStatus::expired : SagaStatus::cancelled;
}

}  // namespace

bool has_all(const Saga& saga, LegState state) {
  bool has_one = false;
  for (const auto& leg : saga.legs) {
    if (leg.state == LegState::gone) continue;
    if (leg.state != state) return false;
    has_one = true;
  }
  return has_one;
}

bool is_kept(const SagaLeg& leg, const ReservationLine& line) {
  const bool is_exchanged = leg.giving_back && contains(leg.giving_back->exchanged, line.place);
  return !line.given_back && !is_exchanged;
}

std::vector<ReservationLine> lines_kept(const SagaLeg& leg) {
  auto lines = leg.lines;
  for (auto& line : lines) line.given_back = !is_kept(leg, line);
  return lines;
}

Money Saga::total() const {
  Money sum;
  for (const auto& leg : legs) {
    if (leg.is_over()) continue;
    for (const auto& line : leg.lines) {
      if (is_kept(leg, line)) sum.minor += line.price.minor;
    }
  }
  return sum;
}

Money Saga::due() const {
  return {std::max<std::int64_t>(total().minor - credit.minor, 0)};
}

Money Saga::paid_elsewhere() const {
  const bool was_never_asked = payment.state == MoneyState::none && payment.attempt == 0;
  return was_never_asked ? payment.amount : Money{};
}

Money Saga::captured() const {
  return sum_of(*this, &SagaPayment::captured);
}

Money Saga::refund_due() const {
  return sum_of(*this, &SagaPayment::refund_due);
}

Money Saga::refunded() const {
  return sum_of(*this, &SagaPayment::refunded);
}

std::vector<const SagaPayment*> payments_of(const Saga& saga) {
  std::vector<const SagaPayment*> payments{&saga.payment};
  for (const auto& payment : saga.more_payments) payments.push_back(&payment);
  if (saga.exchange) payments.push_back(&saga.exchange->takes->payment);
  return payments;
}

const SagaPayment* payment_of(const Saga& saga, const PaymentId& id) {
  if (id.value.empty()) return nullptr;
  for (const auto* payment : payments_of(saga)) {
    if (payment->id == id) return payment;
  }
  return nullptr;
}

bool is_exchanging(const Saga& saga) {
  return saga.exchange.has_value() && !is_finished(*saga.exchange->takes);
}

std::optional<Refusal> refusal_of(const Saga& saga) {
  for (std::uint32_t leg = 0; leg < saga.legs.size(); ++leg) {
    if (!saga.legs[leg].refusal) continue;
    Refusal refusal(*saga.legs[leg].refusal);
    refusal.item = leg;
    return refusal;
  }
  return std::nullopt;
}

SagaStatus status_of(const Saga& saga) {
  switch (saga.goal) {
    case SagaGoal::hold:
      if (saga.rescue == RescueState::claiming) return SagaStatus::awaiting_payment;
      if (saga.deadline == Timestamp{}) return SagaStatus::claiming;
      return saga.payment.state == MoneyState::none || saga.payment.state == MoneyState::closed
                 ? SagaStatus::held
                 : SagaStatus::awaiting_payment;
    case SagaGoal::confirm:
      return saga.was_confirmed ? SagaStatus::confirmed : SagaStatus::awaiting_payment;
    case SagaGoal::release:
      return released_status(saga);
  }
  return SagaStatus::cancelled;
}

std::string_view name_of(SagaStatus status) {
  switch (status) {
    case SagaStatus::claiming:
      return "claiming";
    case SagaStatus::held:
      return "held";
    case SagaStatus::awaiting_payment:
      return "awaiting_payment";
    case SagaStatus::confirmed:
      return "confirmed";
    case SagaStatus::rejected:
      return "rejected";
    case SagaStatus::expired:
      return "expired";
    case SagaStatus::cancelled:
      return "cancelled";
    case SagaStatus::refund_pending:
      return "refund_pending";
    case SagaStatus::refunded:
      return "refunded";
  }
  return "cancelled";
}

bool is_finished(const Saga& saga) {
  if (!is_money_settled(saga) || is_exchanging(saga)) return false;
  const bool is_moving = std::any_of(saga.legs.begin(), saga.legs.end(), [](const auto& leg) {
    return leg.giving_back || leg.state == LegState::found;
  });
  if (is_moving) return false;
  switch (saga.goal) {
    case SagaGoal::hold:
      return false;
    case SagaGoal::confirm:
      return saga.was_confirmed;
    case SagaGoal::release:
      return std::all_of(saga.legs.begin(), saga.legs.end(), std::mem_fn(&SagaLeg::is_over));
  }
  return true;
}

std::optional<Timestamp> own_wake_at(const Saga& saga) {
  switch (saga.goal) {
    case SagaGoal::hold:
      if (saga.pinned_until != Timestamp{}) return saga.pinned_until;
      if (saga.deadline != Timestamp{}) return saga.deadline;
      return saga.created_at + saga_limits::claiming_max;
    case SagaGoal::confirm:
      if (saga.payment.state == MoneyState::captured || saga.was_confirmed) return std::nullopt;
      if (saga.pinned_until != Timestamp{}) return saga.pinned_until;
      return std::nullopt;
    case SagaGoal::release:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<Timestamp> wake_at(const Saga& saga) {
  const auto own = own_wake_at(saga);
  const auto exchange = saga.exchange ? own_wake_at(*saga.exchange->takes) : std::nullopt;
  return own && exchange ? std::min(own, exchange) : (own ? own : exchange);
}

// ---- Steps --------------------------------------------------------------------------------------

namespace {

/// Collects the steps of one saga, without those of its exchange. Its legs are counted from
/// `first_leg` on.
class StepList {
 public:
  StepList(const Saga& saga, std::vector<SagaStep>& steps, std::uint32_t first_leg)
      : saga_(saga), id_(saga.id.str()), steps_(steps), first_leg_(first_leg) {}

  void add_all() {
    ask_for_money(saga_.payment);
    for (const auto& payment : saga_.more_payments) ask_for_money(payment);
    if (saga_.goal == SagaGoal::release) {
      for_each_leg([&](auto leg, const auto& one) {
        if (one.state == LegState::held || one.state == LegState::sold) release(leg);
      });
    } else {
      take_legs();
      for_each_leg([&](auto leg, const auto& one) {
        if (one.giving_back) release(leg);
      });
    }
  }

 private:
  template <class Visit>
  void for_each_leg(const Visit& visit) {
    for (std::uint32_t leg = 0; leg < saga_.legs.size(); ++leg) visit(leg, saga_.legs[leg]);
  }

  /// In a step, a leg is named by its number among all.
  template <class Work>
  void add(std::string name, std::uint32_t leg) {
    steps_.push_back({id_ + ":" + std::move(name), Work{first_leg_ + leg}});
  }

  [[nodiscard]] std::string key_of(const std::string& name, const SagaPayment& payment) const {
    return id_ + ":" + name + ":" + std::to_string(payment.attempt) + ":"
           + std::to_string(payment.refusals);
  }

  template <class Request>
  void ask(Request request) {
    auto key = request.key;
    steps_.push_back({std::move(key), AskPayment{std::move(request)}});
  }

  void look_up(const SagaPayment& payment) {
    const auto number = std::to_string(static_cast<int>(payment.state));
    steps_.push_back({key_of("look:" + number, payment), AskPayment{LookUpPayment{payment.id}}});
  }

  void create(const SagaPayment& payment) {
    ask(CreatePayment{
        key_of("pay", payment), saga_.id, payment.amount, saga_.currency, saga_.user});
  }

  void refund(const SagaPayment& payment) {
    if (payment.refunded >= payment.refund_asked) return;
    const Money amount{payment.refund_asked.minor - payment.refunded.minor};
    ask(RefundPayment{
        key_of("refund:" + std::to_string(payment.refund_asked.minor), payment),
        payment.id,
        amount,
        saga_.currency});
  }

  /// Legs are claimed one after the other, so that the first refusal ends it.
  void take_legs() {
    bool may_claim = true;
    for_each_leg([&](auto leg, const auto& one) {
      const auto number = std::to_string(leg);
      // A rescue claims again under ids of its own.
      const auto claim = number + ":" + one.reservation.str();
      if (one.state == LegState::wanted && may_claim) add<ClaimLeg>("claim:" + claim, leg);
      if (one.state == LegState::wanted) may_claim = false;
      if (one.state == LegState::found) add<PinLeg>("pin:" + number, leg);
      const bool is_paid =
          saga_.payment.state == MoneyState::captured || saga_.payment.state == MoneyState::none;
      if (one.state == LegState::held && saga_.goal == SagaGoal::confirm && is_paid) {
        add<SellLeg>("sell:" + claim, leg);
      }
    });
  }

  void release(std::uint32_t leg) {
    const auto& one = saga_.legs[leg];
    auto name = "release:" + std::to_string(leg) + ":" + one.reservation.str();
    if (saga_.goal != SagaGoal::release && one.giving_back) {
      name += ":" + std::to_string(one.giving_back->number);
    }
    add<ReleaseLeg>(std::move(name), leg);
  }

  void ask_for_money(const SagaPayment& payment) {
    if (payment.is_unclear) return look_up(payment);
    switch (payment.state) {
      case MoneyState::none:
      case MoneyState::open:
      case MoneyState::closed:
        break;
      case MoneyState::wanted:
        if (has_all(saga_, LegState::held)) create(payment);
        break;
      case MoneyState::authorised:
        if (saga_.goal == SagaGoal::confirm) {
          ask(CapturePayment{
              key_of("capture", payment), payment.id, payment.amount, saga_.currency});
        }
        break;
      case MoneyState::closing:
        // Created or not: who does not know asks for it again first, under the same key.
        if (payment.id.value.empty()) {
          create(payment);
        } else {
          ask(CancelPayment{key_of("close", payment), payment.id});
        }
        break;
      case MoneyState::captured:
        refund(payment);
        break;
    }
  }

  const Saga& saga_;
  std::string id_;
  std::vector<SagaStep>& steps_;
  std::uint32_t first_leg_;
};

}  // namespace

std::vector<SagaStep> steps_of(const Saga& saga) {
  std::vector<SagaStep> steps;
  StepList(saga, steps, 0).add_all();
  // Nothing is taken for places before they are the saga's.
  const bool is_taken_over = std::none_of(saga.legs.begin(), saga.legs.end(), [](const auto& leg) {
    return leg.state == LegState::found;
  });
  if (saga.exchange && is_taken_over) {
    const auto own = static_cast<std::uint32_t>(saga.legs.size());
    StepList(*saga.exchange->takes, steps, own).add_all();
  }
  return steps;
}

}  // namespace cavea::engine
