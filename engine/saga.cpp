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

SagaStatus released_status(const Saga& saga) {
  const auto& payment = saga.payment;
  if (payment.state == MoneyState::captured && payment.refund_due.minor > 0) {
    return payment.refunded < payment.refund_due ? SagaStatus::refund_pending
                                                 : SagaStatus::refunded;
  }
  const bool is_rejected = std::any_of(
      saga.legs.begin(), saga.legs.end(), [](const auto& leg) { return leg.refusal.has_value(); });
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

Money Saga::total() const {
  Money sum;
  for (const auto& leg : legs) {
    if (leg.is_over()) continue;
    for (const auto& line : leg.lines) {
      if (!line.given_back) sum.minor += line.price.minor;
    }
  }
  return sum;
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
  if (saga.payment.is_unclear || !is_settled(saga.payment)) return false;
  const bool is_giving_back = std::any_of(
      saga.legs.begin(), saga.legs.end(), [](const auto& leg) { return leg.giving_back; });
  if (is_giving_back) return false;
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

std::optional<Timestamp> wake_at(const Saga& saga) {
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

// ---- Steps --------------------------------------------------------------------------------------

namespace {

/// Collects the steps of one saga.
class StepList {
 public:
  explicit StepList(const Saga& saga) : saga_(saga), id_(saga.id.str()) {}

  std::vector<SagaStep> take() {
    if (saga_.payment.is_unclear) {
      look_up();
    } else {
      ask_for_money();
    }
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
    return std::move(steps_);
  }

 private:
  template <class Visit>
  void for_each_leg(const Visit& visit) {
    for (std::uint32_t leg = 0; leg < saga_.legs.size(); ++leg) visit(leg, saga_.legs[leg]);
  }

  void add(std::string name, SagaWork work) {
    steps_.push_back({id_ + ":" + std::move(name), std::move(work)});
  }

  [[nodiscard]] std::string key_of(const std::string& name) const {
    const auto& payment = saga_.payment;
    return id_ + ":" + name + ":" + std::to_string(payment.attempt) + ":"
           + std::to_string(payment.refusals);
  }

  template <class Request>
  void ask(Request request) {
    auto key = request.key;
    steps_.push_back({std::move(key), AskPayment{std::move(request)}});
  }

  void look_up() {
    const auto number = std::to_string(static_cast<int>(saga_.payment.state));
    steps_.push_back({key_of("look:" + number), AskPayment{LookUpPayment{saga_.payment.id}}});
  }

  void create() {
    const auto& payment = saga_.payment;
    ask(CreatePayment{key_of("pay"), saga_.id, payment.amount, saga_.currency, saga_.user});
  }

  void refund() {
    const auto& payment = saga_.payment;
    if (payment.refunded >= payment.refund_asked) return;
    const Money amount{payment.refund_asked.minor - payment.refunded.minor};
    ask(RefundPayment{
        key_of("refund:" + std::to_string(payment.refund_asked.minor)),
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
      if (one.state == LegState::wanted && may_claim) add("claim:" + claim, ClaimLeg{leg});
      if (one.state == LegState::wanted) may_claim = false;
      if (one.state == LegState::found) add("pin:" + number, PinLeg{leg});
      const bool is_paid =
          saga_.payment.state == MoneyState::captured || saga_.payment.state == MoneyState::none;
      if (one.state == LegState::held && saga_.goal == SagaGoal::confirm && is_paid) {
        add("sell:" + claim, SellLeg{leg});
      }
    });
  }

  void release(std::uint32_t leg) {
    const auto& one = saga_.legs[leg];
    auto name = "release:" + std::to_string(leg) + ":" + one.reservation.str();
    if (saga_.goal != SagaGoal::release && one.giving_back) {
      name += ":" + std::to_string(one.giving_back->number);
    }
    add(std::move(name), ReleaseLeg{leg});
  }

  void ask_for_money() {
    const auto& payment = saga_.payment;
    switch (payment.state) {
      case MoneyState::none:
      case MoneyState::open:
      case MoneyState::closed:
        break;
      case MoneyState::wanted:
        if (has_all(saga_, LegState::held)) create();
        break;
      case MoneyState::authorised:
        if (saga_.goal == SagaGoal::confirm) {
          ask(CapturePayment{key_of("capture"), payment.id, payment.amount, saga_.currency});
        }
        break;
      case MoneyState::closing:
        // Created or not: who does not know asks for it again first, under the same key.
        if (payment.id.value.empty()) {
          create();
        } else {
          ask(CancelPayment{key_of("close"), payment.id});
        }
        break;
      case MoneyState::captured:
        refund();
        break;
    }
  }

  const Saga& saga_;
  std::string id_;
  std::vector<SagaStep> steps_;
};

}  // namespace

std::vector<SagaStep> steps_of(const Saga& saga) {
  return StepList(saga).take();
}

}  // namespace cavea::engine
