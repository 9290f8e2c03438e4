#pragma once

#include "engine/payment.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace cavea::tests {

/// A payment provider inside the test: keeps intents as Stripe does, answers at once, and lets the
/// test be the customer. For tests of actors; the adapter is tested against sockets.
class Till final : public engine::PaymentPort {
 public:
  void ask(engine::PaymentRequest request, engine::PaymentContinuation then) noexcept override {
    std::unique_lock lock(mutex_);
    ++asked_;
    if (is_down_) {
      lock.unlock();
      then(
          engine::PaymentFailure{engine::PaymentFailure::Kind::unavailable, "down", "It is down."});
      return;
    }
    auto answer = std::visit([&](const auto& one) { return carry_out(one); }, request);
    const bool is_capture = std::holds_alternative<engine::CapturePayment>(request);
    if (loses_answers_ || (fails_captures_ && is_capture)) {
      answer = engine::PaymentFailure{
          engine::PaymentFailure::Kind::unavailable, "timeout", "It did not answer."};
    }
    lock.unlock();
    then(std::move(answer));
  }

  [[nodiscard]] engine::NoticeResult verify_notice(
      std::string_view, std::string_view, engine::Timestamp) const noexcept override {
    return engine::NoticeFault{engine::NoticeFault::Kind::signature_wrong, "never"};
  }

  /// The customer pays the newest payment of a reservation.
  engine::Payment pay(engine::ReservationId reservation) {
    const std::lock_guard lock(mutex_);
    auto& payment = payments_.at(newest_of(reservation));
    if (payment.status != engine::PaymentStatus::canceled) {
      payment.status = engine::PaymentStatus::requires_capture;
    }
    return payment;
  }

  engine::Payment payment_of(engine::ReservationId reservation) {
    const std::lock_guard lock(mutex_);
    return payments_.at(newest_of(reservation));
  }

  /// A payment that somebody made beside Cavea, or that Cavea made and forgot.
  engine::PaymentId add(engine::Payment payment) {
    const std::lock_guard lock(mutex_);
    payment.id.value = "pi_" + std::to_string(1'000 + payments_.size());
    payment.created_at = {clock_ms / 1'000 * 1'000};
    const auto id = payment.id;
    payments_.emplace(id.value, std::move(payment));
    return id;
  }

  engine::Payment payment(const engine::PaymentId& id) {
    const std::lock_guard lock(mutex_);
    return payments_.at(id.value);
  }

  /// The provider does not know it any more.
  void forget(const engine::PaymentId& id) {
    const std::lock_guard lock(mutex_);
    payments_.erase(id.value);
  }

  /// The bank does not take back what was refunded, and nobody is told.
  void lose_refunds(engine::ReservationId reservation) {
    const std::lock_guard lock(mutex_);
    payments_.at(newest_of(reservation)).refunded = engine::Money{};
  }

  /// Refunds that were carried out, those that were lost included.
  [[nodiscard]] std::uint64_t refunds() {
    const std::lock_guard lock(mutex_);
    return refunds_;
  }

  /// What is asked for is carried out, and never answered.
  void lose_answers(bool is_lost) {
    const std::lock_guard lock(mutex_);
    loses_answers_ = is_lost;
  }

  /// Captures are carried out, and answered with a failure each time they are asked for.
  void fail_captures() {
    const std::lock_guard lock(mutex_);
    fails_captures_ = true;
  }

  /// A day has passed.
  void forget_keys() {
    const std::lock_guard lock(mutex_);
    by_key_.clear();
  }

  /// What the provider's clock says.
  std::atomic<std::int64_t> clock_ms{0};

  void be_down(bool is_down) {
    const std::lock_guard lock(mutex_);
    is_down_ = is_down;
  }

 private:
  std::string newest_of(engine::ReservationId reservation) {
    std::string newest;
    for (const auto& [id, payment] : payments_) {
      if (payment.reservation == reservation) newest = id;
    }
    return newest;
  }

  engine::PaymentAnswer carry_out(const engine::CreatePayment& request) {
    const auto [at, is_new] = by_key_.try_emplace(request.key, "");
    if (is_new) {
      engine::Payment payment;
      payment.id.value = "pi_" + std::to_string(1'000 + payments_.size());
      payment.client_secret = payment.id.value + "_secret";
      payment.status = engine::PaymentStatus::requires_payment_method;
      payment.amount = request.amount;
      payment.currency = request.currency;
      payment.reservation = request.reservation;
      payment.refunded = engine::Money{};
      payment.created_at = {clock_ms / 1'000 * 1'000};
      at->second = payment.id.value;
      payments_.emplace(payment.id.value, payment);
    }
    return payments_.at(at->second);
  }

  engine::PaymentAnswer carry_out(const engine::CapturePayment& request) {
    auto& payment = payments_.at(request.payment.value);
    if (payment.status == engine::PaymentStatus::canceled) return refused(payment);
    payment.status = engine::PaymentStatus::succeeded;
    payment.captured = request.amount;
    return payment;
  }

  engine::PaymentAnswer carry_out(const engine::CancelPayment& request) {
    auto& payment = payments_.at(request.payment.value);
    if (payment.status == engine::PaymentStatus::succeeded) return refused(payment);
    payment.status = engine::PaymentStatus::canceled;
    return payment;
  }

  engine::PaymentAnswer carry_out(const engine::RefundPayment& request) {
    auto& payment = payments_.at(request.payment.value);
    if (by_key_.try_emplace(request.key, request.payment.value).second) {
      payment.refunded->minor += request.amount.minor;
      ++refunds_;
    }
    return payment;
  }

  engine::PaymentAnswer carry_out(const engine::LookUpPayment& request) {
    const auto found = payments_.find(request.payment.value);
    if (found != payments_.end()) return found->second;
    engine::PaymentFailure failure;
    failure.kind = engine::PaymentFailure::Kind::refused;
    failure.code = "resource_missing";
    failure.message = "There is no such payment.";
    return failure;
  }

  /// Newest first: ids grow.
  engine::PaymentAnswer carry_out(const engine::ListPayments& request) {
    engine::PaymentPage page;
    for (auto at = payments_.rbegin(); at != payments_.rend(); ++at) {
      const auto& [id, payment] = *at;
      if (request.after && id >= request.after->value) continue;
      if (payment.created_at < request.created_from) continue;
      if (page.payments.size() == std::min(request.limit, page_max)) {
        page.next = page.payments.back().id;
        break;
      }
      page.payments.push_back(payment);
    }
    return page;
  }

  static engine::PaymentAnswer refused(const engine::Payment& payment) {
    engine::PaymentFailure failure;
    failure.kind = engine::PaymentFailure::Kind::refused;
    failure.code = "payment_intent_unexpected_state";
    failure.payment = payment;
    return failure;
  }

  std::mutex mutex_;
  std::map<std::string, engine::Payment> payments_;
  std::map<std::string, std::string> by_key_;
  std::uint64_t asked_ = 0;
  std::uint64_t refunds_ = 0;
  bool is_down_ = false;
  bool loses_answers_ = false;
  bool fails_captures_ = false;

  /// Small, so that every test of lists needs several pages.
  static constexpr std::uint32_t page_max = 2;
};

}  // namespace cavea::tests
