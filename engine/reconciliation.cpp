#include "engine/reconciliation.hpp"

#include <numeric>
#include <utility>

namespace cavea::engine {

std::string_view name_of(PaymentDifference difference) noexcept {
  switch (difference) {
    case PaymentDifference::authorised_unknown:
      return "authorised_unknown";
    case PaymentDifference::captured_unknown:
      return "captured_unknown";
    case PaymentDifference::canceled_unknown:
      return "canceled_unknown";
    case PaymentDifference::not_captured:
      return "not_captured";
    case PaymentDifference::amount_differs:
      return "amount_differs";
    case PaymentDifference::refund_unknown:
      return "refund_unknown";
    case PaymentDifference::refund_lost:
      return "refund_lost";
    case PaymentDifference::not_found:
      return "not_found";
    case PaymentDifference::not_held:
      return "not_held";
  }
  return "";
}

std::string_view name_of(PaymentRepair repair) noexcept {
  switch (repair) {
    case PaymentRepair::none:
      return "none";
    case PaymentRepair::told:
      return "told";
    case PaymentRepair::waits:
      return "waits";
    case PaymentRepair::cancelled:
      return "cancelled";
    case PaymentRepair::refunded:
      return "refunded";
    case PaymentRepair::failed:
      return "failed";
  }
  return "";
}

std::string_view word_of(MoneyState state) noexcept {
  switch (state) {
    case MoneyState::none:
      return "none";
    case MoneyState::wanted:
      return "wanted";
    case MoneyState::open:
      return "open";
    case MoneyState::authorised:
      return "authorised";
    case MoneyState::captured:
      return "captured";
    case MoneyState::closing:
      return "closing";
    case MoneyState::closed:
      return "closed";
  }
  return "";
}

bool is_not_held(const Saga& saga, const Payment& payment) {
  if (payment.reservation != saga.id || payment_of(saga, payment.id) != nullptr) return false;
  // The answer to its making may still come.
  const auto is_being_made = [](const SagaPayment& ours) {
    return ours.id.value.empty()
           && (ours.state == MoneyState::wanted || ours.state == MoneyState::closing);
  };
  const bool may_become_ours = is_being_made(saga.payment)
                               || (saga.exchange && is_being_made(saga.exchange->takes->payment));
  return !may_become_ours;
}

bool is_comparable(const SagaPayment& ours) {
  if (ours.id.value.empty() || ours.is_unclear) return false;
  return ours.state == MoneyState::open || ours.state == MoneyState::captured
         || ours.state == MoneyState::closed;
}

const SagaPayment* comparable_payment(const Saga& saga, const PaymentId& id) {
  const auto* ours = payment_of(saga, id);
  return ours != nullptr && is_comparable(*ours) ? ours : nullptr;
}

std::optional<PaymentDifference> difference_between(
    const SagaPayment& ours, const Payment& theirs) {
  const bool is_taken = theirs.status == PaymentStatus::succeeded;
  switch (ours.state) {
    case MoneyState::none:
    case MoneyState::wanted:
    case MoneyState::authorised:
    case MoneyState::closing:
      return std::nullopt;
    case MoneyState::closed:
      // What was authorised and let go may count as refunded: no money is in it.
      if (is_taken) return PaymentDifference::captured_unknown;
      return std::nullopt;
    case MoneyState::open:
      if (is_taken) return PaymentDifference::captured_unknown;
      if (theirs.status == PaymentStatus::requires_capture) {
        return PaymentDifference::authorised_unknown;
      }
      if (theirs.status == PaymentStatus::canceled) return PaymentDifference::canceled_unknown;
      return std::nullopt;
    case MoneyState::captured:
      break;
  }
  if (!is_taken) return PaymentDifference::not_captured;
  if (theirs.captured != ours.captured) return PaymentDifference::amount_differs;
  if (!theirs.refunded || *theirs.refunded == ours.refunded) return std::nullopt;
  return *theirs.refunded > ours.refunded ? PaymentDifference::refund_unknown
                                          : PaymentDifference::refund_lost;
}

std::optional<PaymentRequest> undo(const Payment& payment, Timestamp now) {
  const auto& id = payment.id;
  if (payment.status == PaymentStatus::canceled) return std::nullopt;
  if (payment.status != PaymentStatus::succeeded) {
    // A cancellation may be repeated; a key would be answered with an old no.
    auto key = "reconcile:cancel:" + id.value + ":" + std::to_string(now.ms);
    return CancelPayment{std::move(key), id};
  }
  const auto gone = payment.refunded.value_or(Money{});
  if (gone >= payment.captured) return std::nullopt;
  auto key = "reconcile:refund:" + id.value + ":" + std::to_string(gone.minor);
  const Money left{payment.captured.minor - gone.minor};
  return RefundPayment{std::move(key), id, left, payment.currency};
}

std::uint64_t ReconciliationReport::different() const {
  return std::accumulate(differences.begin(), differences.end(), std::uint64_t{0});
}

std::uint64_t ReconciliationReport::unrepaired() const {
  const auto count = [this](PaymentRepair repair) {
    return repairs.at(static_cast<std::size_t>(repair));
  };
  return count(PaymentRepair::none) + count(PaymentRepair::waits) + count(PaymentRepair::failed);
}

void ReconciliationReport::add(ReconciliationItem item) {
  ++differences.at(static_cast<std::size_t>(item.difference));
  ++repairs.at(static_cast<std::size_t>(item.repair));
  if (items.size() < reconciliation_limits::items_max) items.push_back(std::move(item));
}

}  // namespace cavea::engine
