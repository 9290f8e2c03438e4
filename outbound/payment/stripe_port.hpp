#pragma once

#include "engine/payment.hpp"
#include "engine/result.hpp"
#include "outbound/payment/circuit_breaker.hpp"
#include "outbound/payment/log_gate.hpp"
#include "outbound/payment/probe.hpp"
#include "outbound/payment/provider_reply.hpp"
#include "outbound/payment/settings.hpp"
#include "outbound/payment/transfer.hpp"
#include "outbound/transfer_loop.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace spdlog {
class logger;
}

namespace cavea::outbound::payment {

/// Why the adapter cannot start: one sentence for people that names the setting.
struct StartFailure {
  std::string text;
};

/// Speaks to Stripe, or to whoever speaks its API. One thread carries all calls; whoever asks only
/// puts the request down. A call that ends without a clear answer is repeated with the same key
/// after a random pause, while its time lasts; when the provider is down a circuit breaker answers
/// in its place. What finishes a payment that was begun (capture, cancel, refund) goes before what
/// begins one.
class StripePort final : public engine::PaymentPort, private TransferLoop::User {
 public:
  /// `logger` may be null.
  [[nodiscard]] static engine::Result<std::unique_ptr<StripePort>, StartFailure> open(
      Settings settings, std::shared_ptr<spdlog::logger> logger);

  /// Answers everything that is not answered yet with `unavailable`, then returns.
  ~StripePort() override;

  void ask(engine::PaymentRequest request, engine::PaymentContinuation then) noexcept override;

  [[nodiscard]] engine::NoticeResult verify_notice(
      std::string_view body,
      std::string_view signature,
      engine::Timestamp now) const noexcept override;

  [[nodiscard]] const Probe& probe() const noexcept { return probe_; }

 private:
  using Time = TransferLoop::Clock::time_point;

  /// A request until it is answered.
  struct Work {
    std::size_t kind = 0;  ///< The index of the request in `engine::PaymentRequest`.
    ProviderCall call;
    engine::PaymentContinuation then;
    Time asked_at{};
    Time deadline{};
    unsigned attempts = 0;
    Time attempt_began{};
    CircuitBreaker::Pass pass{};
    engine::PaymentFailure last;  ///< How the last try failed, from the second on.
  };

  using WorkRef = std::unique_ptr<Work>;

  struct Asked {
    engine::PaymentRequest request;
    engine::PaymentContinuation then;
    Time asked_at{};
  };

  /// A transfer with what it carries while it is under way.
  struct Slot final : Transfer {
    using Transfer::Transfer;

    WorkRef work;
  };

  StripePort(Settings settings, std::shared_ptr<spdlog::logger> logger);

  // On the loop's thread.
  Time on_turn(Time now) override;
  void on_done(CURL* handle, CURLcode result, Time now) override;
  void take_asked();
  void take(Asked asked);
  void take_due_retries(Time now);
  void drop_overdue(std::deque<WorkRef>& queue, Time now);
  void begin_waiting(Time now);
  [[nodiscard]] WorkRef next_waiting();
  void begin(WorkRef work, CircuitBreaker::Pass pass, Time now);
  [[nodiscard]] Slot& free_slot();
  [[nodiscard]] static Verdict verdict_of(const Slot& slot, CURLcode result);
  [[nodiscard]] bool retry_later(Slot& slot, const Verdict& verdict, Time now);
  void note_health(const Work& work, CircuitBreaker::Outcome health, Time now);
  void answer(Work& work, engine::PaymentAnswer answer, Time now);
  void log_failure(const Slot& slot, const engine::PaymentFailure& failure, Time now);

  Settings settings_;
  std::shared_ptr<spdlog::logger> logger_;
  CommonHeaders headers_;
  mutable Probe probe_;

  std::atomic<std::size_t> unanswered_{0};
  std::mutex mutex_;          ///< For the two below.
  std::vector<Asked> asked_;  ///< What the loop's thread has not taken yet.
  bool is_stopping_ = false;

  // Of the loop's thread.
  std::vector<Asked> taken_;
  std::deque<WorkRef> urgent_;  ///< Wait for a slot; oldest first.
  std::deque<WorkRef> others_;
  std::vector<std::pair<Time, WorkRef>> retries_;  ///< A heap; the next one first.
  std::vector<std::unique_ptr<Slot>> slots_;
  std::vector<Slot*> free_slots_;
  CircuitBreaker breaker_;
  std::mt19937_64 random_{std::random_device{}()};
  LogGate log_gate_;

  TransferLoop loop_;  ///< Last, so that it ends before what it works with.
};

}  // namespace cavea::outbound::payment
