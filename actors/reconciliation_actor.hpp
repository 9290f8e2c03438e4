#pragma once

#include "actors/probe.hpp"
#include "actors/reads.hpp"
#include "actors/reconciliation_board.hpp"
#include "actors/record_table.hpp"
#include "actors/step_answers.hpp"
#include "engine/command_bus.hpp"
#include "engine/payment.hpp"
#include "engine/reconciliation.hpp"

#include <caf/all.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cavea::actors {

using piece_atom = caf::atom_constant<caf::atom("piece")>;

/// What reconciliation works with. Everything outlives it.
struct ReconciliationParts {
  std::uint16_t shard_count = 0;
  engine::Duration every;        ///< From start to start; zero: only when somebody asks for it.
  engine::Duration looks_back;   ///< What was paid, or changed, since then is compared.
  engine::Duration at_rest_for;  ///< A saga that changed since then is still on its way.
  std::optional<engine::ReconciliationReport> last;  ///< As it was kept.
  engine::CommandBus* bus = nullptr;
  StepAnswers* answers = nullptr;
  engine::PaymentPort* payments = nullptr;
  Reads* reads = nullptr;
  ActorsProbe* probe = nullptr;
  ReconciliationBoard* board = nullptr;
  std::function<std::int64_t()> clock_ms;
  std::function<void(KeepRecords)> keep;  ///< In the shard that has the report.
};

/// What is known before the actor has done anything; it is on the board when the actor is made.
[[nodiscard]] engine::ReconciliationView view_at_start(const ReconciliationParts& parts);

/// Compares the payments of the provider with the sagas of the node, now and then, and repairs what
/// differs. One thing after the other, so that it takes little of the provider and of the node:
///
///   ListPayments, page by page --> their sagas (reader thread) --> suspects
///   all sagas, piece by piece (reader thread), those not listed --> suspects
///   suspect --> its saga (reader) --> LookUpPayment --> ReconcilePayment to the saga's mailbox,
///               or, where no saga holds it, CancelPayment or RefundPayment under a key of its own
///
/// The saga is read before the provider is asked, and takes the answer only while it is what was
/// read. Nothing is kept of a run under way: after a crash it begins anew, and finds the rest.
class ReconciliationState {
 public:
  ReconciliationState(
      caf::event_based_actor* self, std::shared_ptr<const ReconciliationParts> parts);

  /// Somebody wants a run, and what is known of it.
  struct Start {
    engine::ReturnAddress back;
  };

  /// What the provider answered.
  struct Answered {
    engine::PaymentAnswer answer;
  };

  /// Payments of a page, each with its saga, if it has one here.
  struct PageRead {
    std::vector<std::pair<engine::Payment, std::optional<engine::Saga>>> payments;
  };

  struct SuspectRead {
    std::optional<engine::Saga> saga;
  };

  /// A piece of the sagas.
  struct Walked {
    std::vector<std::pair<engine::ReservationId, engine::PaymentId>> suspects;
    std::uint64_t moving = 0;
    engine::ReservationId after;  ///< The last that was looked at.
    bool is_last = false;         ///< Of its shard.
  };

  void on_tick();
  void on_start(const Start& start);
  void on_answered(Answered answered);
  void on_page_read(PageRead page);
  void on_suspect_read(SuspectRead read);
  void on_told(const StepAnswered& answered);
  void on_walked(Walked walked);
  void on_kept();
  void on_piece();

 private:
  enum class Asked : std::uint8_t { nothing, page, payment, undoing };

  /// A payment that may differ from its saga.
  struct Suspect {
    engine::ReservationId reservation;
    engine::PaymentId payment;
  };

  void begin();
  void ask(Asked what, engine::PaymentRequest request);
  void list();
  void on_page(engine::PaymentPage page);
  void consider(const engine::Payment& payment, const std::optional<engine::Saga>& saga);
  void next_suspect();
  void on_looked_up(const engine::PaymentAnswer& answer);
  void compare_held(const engine::Payment& payment);
  void undo(const engine::Payment& payment);
  void on_undone(const engine::PaymentAnswer& answer);
  void found(engine::PaymentDifference difference, const engine::Payment* theirs);
  void settle(engine::PaymentRepair repair, std::string detail = {});
  void walk();
  void finish(std::string error);
  void keep_report();
  void show();

  /// What the provider said, in one line.
  [[nodiscard]] static std::string detail_of(const engine::PaymentFailure& failure);

  [[nodiscard]] bool is_running() const { return run_.started_at != engine::Timestamp{}; }

  [[nodiscard]] bool is_moving(const engine::Saga& saga) const;

  [[nodiscard]] engine::Timestamp now() const { return {parts_->clock_ms()}; }

  caf::event_based_actor* self_;
  std::shared_ptr<const ReconciliationParts> parts_;
  std::optional<engine::ReconciliationReport> last_;
  std::optional<engine::Timestamp> next_at_;

  // Of the run under way.
  engine::ReconciliationReport run_;
  Asked asked_ = Asked::nothing;
  std::optional<engine::PaymentId> listed_until_;
  bool is_listed_ = false;                            ///< All pages were read.
  std::shared_ptr<std::vector<std::uint64_t>> seen_;  ///< Hashes of the payments that were listed.
  std::deque<Suspect> suspects_;
  Suspect suspect_;                  ///< The one being looked at.
  engine::Saga saga_;                ///< Its saga, as it was read.
  engine::ReconciliationItem item_;  ///< What was found.
  engine::ShardId walked_shard_;
  engine::ReservationId walked_until_;
};

caf::behavior reconciliation_actor(
    caf::stateful_actor<std::unique_ptr<ReconciliationState>>* self,
    std::shared_ptr<const ReconciliationParts> parts);

}  // namespace cavea::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::ReconciliationState::Start)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::ReconciliationState::Answered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::ReconciliationState::PageRead)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::ReconciliationState::SuspectRead)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::ReconciliationState::Walked)
