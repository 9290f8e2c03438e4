#pragma once

#include "engine/saga_event.hpp"
#include "tests/engine/saga_clock.hpp"
#include "tests/engine/saga_offering.hpp"
#include "tests/engine/saga_provider.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace cavea::engine::testing {

enum class SagaMessage : std::uint8_t {
  to_offering,
  from_offering,
  to_provider,
  from_provider,
  notice,  ///< Of the provider; sent again until it arrives, for a while.
  told,    ///< By an offering that gave places back; sent again until it arrives.
  timer,
};

/// What becomes of messages.
class SagaWeather {
 public:
  virtual ~SagaWeather() = default;

  virtual Duration delay(SagaMessage message, Timestamp now) = 0;
  virtual bool is_lost(SagaMessage message, Timestamp now) = 0;
  virtual bool comes_twice(SagaMessage message, Timestamp now) = 0;
};

/// A node with sagas between people, offerings and a payment provider. It carries out the steps of
/// its sagas as the real one does: each again and again until it is answered, with longer and
/// longer pauses; after a crash it begins anew with what the states say.
class SagaWorld {
 public:
  /// A saga with what the world knows about it.
  struct Slot {
    struct Asked {
      std::uint64_t number = 0;  ///< The saga's version then.
      Timestamp at;
    };

    /// How often a step was asked for; forgotten in a crash.
    struct Tries {
      bool is_under_way = false;
      unsigned count = 0;
      Timestamp not_before;
    };

    Saga saga;
    std::vector<Asked> cancellations;  ///< That were accepted.
    std::map<std::string, Tries> tries;
    unsigned provider_failures = 0;  ///< In a row.
    Timestamp provider_not_before;
    unsigned provider_calls = 0;
    unsigned offering_calls = 0;
    unsigned inputs = 0;
    std::vector<SagaEvent> events;  ///< That were told of it, in their order.

    /// An exchange that came about: the saga on both sides of that.
    struct Exchanged {
      Saga before;
      Saga after;
    };

    std::vector<Exchanged> exchanges;
    std::int64_t paid_for_nothing = 0;  ///< For exchanges that came to nothing.
  };

  SagaWorld(SagaWeather& weather, Timestamp now);

  SagaClock clock;
  SagaProvider provider;

  SagaOffering& add_offering(const std::string& id, DefinitionRef definition, RefundPolicy policy);

  [[nodiscard]] SagaOffering& offering(const OfferingId& id) { return offerings_.at(id); }

  [[nodiscard]] const std::map<OfferingId, SagaOffering>& offerings() const { return offerings_; }

  [[nodiscard]] const std::deque<Slot>& slots() const { return slots_; }

  [[nodiscard]] const Slot& slot(std::size_t saga) const { return slots_.at(saga); }

  /// Nothing: the node is down.
  std::optional<std::size_t> begin(const std::string& user, std::vector<WantedLeg> legs);
  std::optional<std::size_t> take_over(
      const OfferingId& offering, ReservationId reservation, bool is_for_exchange = false);

  /// An input of a person; nothing: the node is down, and nobody knows.
  std::optional<SagaDecision> tell(std::size_t saga, const SagaInput& input);

  /// An administrator cancels an offering: its reservations are given back one by one.
  void cancel_offering(const OfferingId& id);

  /// Compares all payments of the provider with the sagas, and repairs what differs.
  void reconcile();

  /// How often a saga was told by that how its payment stands, and how often a payment that no saga
  /// holds was cancelled.
  [[nodiscard]] unsigned told_count() const { return told_; }

  [[nodiscard]] unsigned undone_count() const { return undone_; }

  /// Everything that is under way in the node is forgotten; what was sent may still be carried out.
  void crash(Duration down);

  /// The node crashes at its input with this number: before it is decided (then it is lost), or
  /// once it is committed, before anything is done about it.
  struct CrashPoint {
    unsigned input = 0;  ///< From 1; 0: never.
    bool is_after = false;
    Duration down;
  };

  CrashPoint crash_point;

  [[nodiscard]] unsigned input_count() const { return inputs_; }

  [[nodiscard]] ReservationId new_id() { return {1, ++last_id_}; }

  /// A crashed node says at its start that it does not know about refunds that it may have asked.
  bool is_unsure_after_crash = false;

 private:
  // saga_world.cpp
  std::optional<SagaDecision> process(std::size_t index, const SagaInput& input);
  void watch(std::size_t index, const SagaInput& input, const SagaDecision& decision);
  void restart();
  void arm_timer(std::size_t index);
  void send_notice(const Payment& payment, unsigned tries);
  void tell_lost(ReservationId saga, const LegView& view);
  void expire_later(const OfferingId& offering, ReservationId reservation, Timestamp until);
  std::optional<std::size_t> open(Saga saga, const SagaInput& input);

  // saga_reconciler.cpp
  void reconcile(std::size_t index, const Payment& listed);
  void undo_unheld(const PaymentId& payment);

  // saga_driver.cpp
  void carry_out_steps(std::size_t index);
  bool may_ask(Slot& slot, const SagaStep& step, std::size_t index);
  void ask_offering(std::size_t index, const SagaStep& step);
  void ask_provider(std::size_t index, const SagaStep& step);
  void on_leg_answer(std::size_t index, const LegAnswered& answer, bool is_first);
  void on_payment_answer(std::size_t index, const PaymentAnswered& answer, bool is_first);
  void on_unknown(std::size_t index, const std::string& key);
  template <class Action>
  void later_if_running(SagaMessage message, const Action& action);
  static void check_sale(const SagaWorld& world, const Saga& saga);

  SagaWeather& weather_;
  std::map<OfferingId, SagaOffering> offerings_;
  std::map<OfferingId, Timestamp> link_;  ///< When the last message to it arrives.
  std::deque<Slot> slots_;
  std::map<ReservationId, std::size_t> index_of_;
  std::uint64_t incarnation_ = 0;
  Timestamp down_until_;
  unsigned inputs_ = 0;
  unsigned told_ = 0;
  unsigned undone_ = 0;
  std::uint64_t last_id_ = 0;
};

/// Once, or never, or twice, as the weather wants it. What is lost is noticed after a while.
template <class Action>
void SagaWorld::later_if_running(SagaMessage message, const Action& action) {
  const auto incarnation = incarnation_;
  clock.after(weather_.delay(message, clock.now()), [this, incarnation, message, action] {
    if (incarnation != incarnation_) return;
    action(true);
    if (!weather_.comes_twice(message, clock.now())) return;
    clock.after(weather_.delay(message, clock.now()), [this, incarnation, action] {
      if (incarnation == incarnation_) action(false);
    });
  });
}

}  // namespace cavea::engine::testing
