#pragma once

#include "actors/messages.hpp"
#include "actors/probe.hpp"
#include "actors/reads.hpp"
#include "actors/step_answers.hpp"
#include "actors/work.hpp"
#include "engine/command_bus.hpp"
#include "engine/payment.hpp"
#include "engine/saga.hpp"
#include "engine/saga_command.hpp"

#include <caf/all.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace cavea::actors {

/// What the sagas of a node work with. Everything outlives them.
struct SagaParts {
  engine::CommandBus* bus = nullptr;
  StepAnswers* answers = nullptr;
  engine::PaymentPort* payments = nullptr;  ///< Null: nothing can be paid here.
  Reads* reads = nullptr;
  ActorsProbe* probe = nullptr;
  std::function<std::int64_t()> clock_ms;
};

/// What a saga actor starts with.
struct SagaBirth {
  engine::Saga saga;                             ///< Without legs: it is to be begun.
  std::optional<engine::LegView> to_take_over;   ///< The hold that the first command is about.
  std::atomic<std::int64_t>* waiting = nullptr;  ///< Works of its shard.
  SagaParts parts;
};

/// The actor of one reservation on its way: everything that may happen to it (the customer, the
/// offerings, the provider, the clock) is a message in its one mailbox. It decides by
/// `engine/saga.hpp`, hands what it decided to its shard to be logged, and takes the steps that
/// follow only when that is committed. It ends when the saga is finished.
class SagaState {
 public:
  SagaState(caf::event_based_actor* self, caf::actor shard, SagaBirth birth);

  /// Requests of people and notices of the provider, stamped by the shard.
  void on_works(std::vector<WorkPtr> works);

  /// The saga is in the log up to `version`, with what it was then.
  void on_committed(std::uint64_t version);
  void on_step_answered(StepAnswered answered);
  void on_money_answered(const std::string& key, engine::PaymentAnswer answer);
  void on_wake();
  void on_retry();

  /// How the payment stands, asked beside the steps.
  struct Looked {
    engine::PaymentAnswer answer;
  };

  void on_looked(Looked looked);

 private:
  /// Somebody who is answered once the saga has come as far as they asked for.
  struct Waiter {
    /// `heard`: only that it was taken in, not what the reservation is like now.
    enum class For : std::uint8_t { change, places, payment, given_back, exchange, heard };

    engine::ReturnAddress back;
    For what = For::change;
    std::uint64_t version = 0;  ///< To be committed first.
    std::uint32_t leg = 0;
    std::optional<engine::Rejection> refusal;  ///< What the leg answered to what is waited for.
  };

  void on_request(const WorkPtr& work, const engine::SagaRequest& request);
  [[nodiscard]] engine::SagaDecision decide(const engine::SagaInput& input, engine::Timestamp now);
  void hear(engine::SagaInput input);
  [[nodiscard]] std::optional<engine::LegView> leg_view_of(
      std::uint32_t leg, const engine::LegStanding& standing) const;
  void accept(const WorkPtr& work, engine::Saga next);
  void hand_over(std::vector<WorkPtr> works);

  void take_steps();
  void take_step(const engine::SagaStep& step);
  [[nodiscard]] bool is_refund_key_trusted(const std::string& key);
  void ask_provider(const engine::SagaStep& step, const engine::PaymentRequest& request);
  void ask_offering(const engine::SagaStep& step, engine::LegStep asked);
  void set_alarm();
  void retry_later(const std::string& key);
  void look_beside(const std::string& key);
  void note_refusal(std::uint32_t leg, engine::Rejection reason);
  void answer_waiters();
  void answer(const Waiter& waiter);
  [[nodiscard]] bool is_exchange_settled() const;
  [[nodiscard]] std::optional<engine::Refusal> refusal_of_legs(
      const engine::Saga& saga, std::size_t first_leg) const;
  [[nodiscard]] bool is_answered(const Waiter& waiter) const;
  [[nodiscard]] std::optional<engine::Refusal> refusal_for(const Waiter& waiter) const;
  void end_when_finished();

  [[nodiscard]] engine::Timestamp now() const { return {parts_.clock_ms()}; }

  caf::event_based_actor* self_;
  caf::actor shard_;
  SagaParts parts_;
  engine::Saga saga_;  ///< The newest; may be ahead of the log.
  std::optional<engine::LegView> to_take_over_;
  std::atomic<std::int64_t>* waiting_;
  std::uint64_t committed_ = 0;
  std::set<std::string> under_way_;  ///< Steps that were asked for and not answered.
  std::set<std::string> to_retry_;
  std::map<std::uint32_t, engine::Refusal> refusals_;  ///< The last of each leg, as it was heard.
  /// What each leg was claimed from, for who waits for that; legs that were there before have none.
  std::map<std::uint32_t, engine::DefinitionRef> claimed_from_;
  std::vector<Waiter> waiters_;
  std::optional<engine::Timestamp> alarm_;
  std::uint32_t retries_ = 0;  ///< In a row.
  bool is_retry_sent_ = false;
  bool is_looking_ = false;                  ///< Beside the steps.
  std::set<std::string> refunds_of_before_;  ///< Keys that an actor before may have asked with.
  /// Keys of refunds that were asked for here, and since when.
  std::map<std::string, engine::Timestamp> refunds_since_;
};

caf::behavior saga_actor(
    caf::stateful_actor<std::unique_ptr<SagaState>>* self,
    caf::actor shard,
    std::shared_ptr<SagaBirth> birth);

}  // namespace cavea::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::shared_ptr<cavea::actors::SagaBirth>)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::engine::PaymentAnswer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::SagaState::Looked)
