#pragma once

#include "engine/boxed.hpp"
#include "engine/commands.hpp"
#include "engine/definition.hpp"
#include "engine/ids.hpp"
#include "engine/payment.hpp"
#include "engine/rejection.hpp"
#include "engine/reservation.hpp"
#include "engine/saga_limits.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

// The saga of a reservation that has to be paid or that spans several offerings: takes places leg
// by leg, lets the customer pay, makes the places sold, and gives back what cannot be kept
// (Garcia-Molina and Salem, "Sagas", SIGMOD 1987). Pure: a saga is data, `decide` says what an
// input makes of it, and `steps_of` what has to be done outside for it to go on. Steps follow from
// the state alone and may be carried out again: after a crash they are, and who is asked twice does
// it once.
//
//  claiming --all held--> held --StartPayment--> awaiting_payment --all sold--> confirmed
//     | a leg refused      | deadline, cancel         | deadline, cancel            | cancel
//     v                    v                          v                             v
//  rejected        expired, cancelled     expired, cancelled, or     cancelled, or refund_pending,
//                                         refund_pending, refunded   refunded
//
// Inside `awaiting_payment`: the payment is created (`MoneyState::wanted`), the customer pays
// (`open`), the money is reserved (`authorised`; `SagaGoal::confirm` from here), taken
// (`captured`), and the legs are sold. A payment that turns out to be paid after the places went is
// rescued once.
//
// Inside `confirmed`, an exchange: what it takes is a saga within the saga, which has what is given
// up as a credit. It lives as any other, and once its places are sold it becomes part of the
// reservation, which then gives back the places that were to go.

namespace cavea::engine {

/// Where a leg (the places of one offering) stands. Stored: numbers never change.
enum class LegState : std::uint8_t {
  wanted = 1,  ///< To be claimed.
  found = 2,   ///< Held or sold by its offering before the saga began, which takes it over.
  held = 3,    ///< Held for the saga, longer than the saga's own deadline.
  sold = 4,
  gone = 5,     ///< Given back, or never had.
  refused = 6,  ///< By its offering, for `SagaLeg::refusal`.
};

/// Places of a leg that were asked back and are not given back yet.
struct GiveBack {
  std::vector<std::string> seats;  ///< Labels.
  std::uint32_t quantity = 0;      ///< Places of a class.
  Timestamp asked_at;              ///< Decides how much is refunded.
  Cause cause = Cause::user;
  std::uint64_t number = 0;  ///< The saga's version when it was asked: makes the step's key.
  /// Of them, by number, those that were exchanged for others: no money is owed for them.
  std::vector<Place> exchanged{};
};

struct SagaLeg {
  OfferingId offering;
  Claim claim;                ///< What was asked for.
  ReservationId reservation;  ///< Its id in the offering.
  LegState state = LegState::wanted;
  std::vector<ReservationLine> lines;  ///< Once it was held; those given back are marked.
  Version version;                     ///< Of the offering, after the last answer about the leg.
  std::optional<Rejection> refusal;
  Timestamp starts_at;
  Duration cancellation_cutoff;
  RefundPolicy refund_policy;  ///< As it was when the leg was taken.
  std::optional<GiveBack> giving_back;

  /// Nothing is held for it, and nothing will be.
  [[nodiscard]] bool is_over() const noexcept {
    return state == LegState::gone || state == LegState::refused;
  }
};

/// What the saga is on its way to. Stored: numbers never change.
enum class SagaGoal : std::uint8_t {
  hold = 1,     ///< Take all legs, then wait for the customer.
  confirm = 2,  ///< Take the money, then sell.
  release = 3,  ///< Give everything back.
};

/// How far the money is. Stored: numbers never change.
enum class MoneyState : std::uint8_t {
  none = 0,        ///< Nothing to pay, or not asked for yet.
  wanted = 1,      ///< The payment is to be created at the provider.
  open = 2,        ///< The customer may pay.
  authorised = 3,  ///< The customer paid; the money is to be captured, or let go.
  captured = 4,
  closing =
      5,       ///< No longer wanted: to be cancelled at the provider, unless it was paid meanwhile.
  closed = 6,  ///< Cancelled: nothing can come any more.
};

struct SagaPayment {
  MoneyState state = MoneyState::none;
  PaymentId id;
  std::string client_secret;
  Money amount;  ///< Asked for.
  Money captured;
  Money refund_due;           ///< Of `captured`, all together.
  Money refund_asked;         ///< Of `refund_due`: one refund is answered before the next.
  Money refunded;             ///< Of `refund_asked`; more when somebody else refunded, too.
  std::uint32_t attempt = 0;  ///< Payments created so far; part of the provider's keys.
  /// What the provider said no to so far, or took back later; part of its keys, which remember an
  /// answer for a day.
  std::uint32_t refusals = 0;
  bool is_unclear = false;  ///< To be looked up before anything else is asked.
  std::string last_error;
};

/// Whether a place of the leg is the customer's for longer: not given back, and not exchanged for
/// another and on its way back.
[[nodiscard]] bool is_kept(const SagaLeg& leg, const ReservationLine& line);

/// The places of a leg, those that are not the customer's any longer marked as given back.
[[nodiscard]] std::vector<ReservationLine> lines_kept(const SagaLeg& leg);

/// What became of a payment that came after the hold had ended. Stored: numbers never change.
enum class RescueState : std::uint8_t {
  none = 0,
  claiming = 1,  ///< Claims the same places again, or others as good.
  done = 2,      ///< Has places again.
  failed = 3,    ///< Nothing was left: the money goes back.
};

/// The words that users see (docs/api.md). Stored in events: numbers never change.
enum class SagaStatus : std::uint8_t {
  claiming = 1,
  held = 2,
  awaiting_payment = 3,
  confirmed = 4,
  rejected = 5,
  expired = 6,
  cancelled = 7,
  refund_pending = 8,
  refunded = 9,
};

struct Saga;

/// Places of a leg that an exchange gives up.
struct ExchangedPart {
  std::uint32_t leg = 0;
  std::vector<std::string> seats;  ///< Labels; as in `GiveBack`.
  std::uint32_t quantity = 0;      ///< As in `GiveBack`.
  std::vector<Place> places;       ///< All of them, by number.
};

/// Places of a confirmed reservation that are to be given up for others, in one step. Kept after it
/// came to nothing, until the next one.
struct SagaExchange {
  std::vector<ExchangedPart> gives;  ///< At most one part of each leg.
  Timestamp asked_at;                ///< Decides how much is refunded.
  /// Price of places that their offering took back while the others were being sold: it goes back
  /// to the customer if that comes to nothing.
  Money lost;
  /// What is to be had for them, not confirmed yet; its legs come after those of the reservation
  /// where legs are counted.
  Boxed<Saga> takes;
};

struct Saga {
  ReservationId id;  ///< Of a hold that it took over, or of its own.
  std::string user;
  Timestamp created_at;
  Timestamp changed_at;
  std::uint64_t version = 0;  ///< Grows by one with every change.
  SagaGoal goal = SagaGoal::hold;
  Cause cause = Cause::user;  ///< Why it is released.
  bool was_confirmed = false;
  Duration hold_time;  ///< The shortest of the legs'.
  Timestamp deadline;  ///< Of the hold, a whole second; zero until all legs are held.
  Timestamp
      pinned_until;  ///< Past the deadline while the provider's answer is out; zero: not pinned.
  std::uint32_t extensions = 0;
  RescueState rescue = RescueState::none;
  Currency currency;
  std::vector<SagaLeg> legs;  ///< At least one; claimed in this order.
  SagaPayment payment;
  /// Of the exchanges that became part of it, each with a number (`attempt`) of its own.
  std::vector<SagaPayment> more_payments{};
  Money credit{};  ///< What is given up for it; only of what an exchange takes.
  std::optional<SagaExchange> exchange{};

  /// What the places that were not given back cost together.
  [[nodiscard]] Money total() const;

  /// What was paid without us, at the box office, when the saga took over what was sold already.
  /// It is an amount of `payment`, which was never asked for.
  [[nodiscard]] Money paid_elsewhere() const;

  /// What of it has to be paid.
  [[nodiscard]] Money due() const;

  /// Sums over all its payments; without those of an exchange under way.
  [[nodiscard]] Money captured() const;
  [[nodiscard]] Money refund_due() const;
  [[nodiscard]] Money refunded() const;
};

/// A payment of the saga, or of its exchange; null: it has none with this id.
[[nodiscard]] const SagaPayment* payment_of(const Saga& saga, const PaymentId& id);

/// All of them: its own, those of exchanges before, and that of the one under way.
[[nodiscard]] std::vector<const SagaPayment*> payments_of(const Saga& saga);

/// Whether an exchange may still become part of the reservation, or has something to undo.
[[nodiscard]] bool is_exchanging(const Saga& saga);

/// Why nothing came of it: what a leg was refused for, with the leg's number as `item`. Nothing:
/// none was.
[[nodiscard]] std::optional<Refusal> refusal_of(const Saga& saga);

[[nodiscard]] SagaStatus status_of(const Saga& saga);
[[nodiscard]] std::string_view name_of(SagaStatus status);

/// Whether nothing is left to be done or waited for.
[[nodiscard]] bool is_finished(const Saga& saga);

// ---- Inputs -------------------------------------------------------------------------------------

struct WantedLeg {
  OfferingId offering;
  Claim claim;
  ReservationId reservation;  ///< Filled by the bus.
};

/// Begins a saga over several offerings: all or nothing.
struct BeginReservation {
  std::string user;
  std::vector<WantedLeg> legs;
};

/// What the saga has to know of a leg's offering and reservation.
struct LegView {
  Reservation reservation;
  Timestamp starts_at;
  Duration hold_time;
  Duration cancellation_cutoff;
  RefundPolicy refund_policy;
};

/// Begins a saga over a hold that is there already; for an exchange, over what is sold already.
struct TakeOver {
  LegView leg;
  bool is_for_exchange = false;
};

/// The customer wants to pay: creates the payment, once.
struct StartPayment {};

/// As much time again as the hold had, at most `extensions_max` times.
struct ExtendHold {};

/// Gives back everything, or places of one leg.
struct CancelPlaces {
  struct Part {
    std::uint32_t leg = 0;
    std::vector<std::string> seats;  ///< Labels of a performance's seats.
    std::uint32_t quantity = 0;      ///< Places of a class; zero without seats: all of the leg.
  };

  std::optional<Part> part;
  Cause cause = Cause::user;  ///< `user`: not after the cut-off.
};

/// Gives up places for others: the new ones are held first, then what they cost more is paid
/// (`StartPayment`), or what they cost less is refunded by the policies of what goes; only when
/// they are sold the old ones go. Until then places that are to go can not be cancelled.
struct BeginExchange {
  std::vector<ExchangedPart> gives;  ///< `places` of those named by seats are filled by the bus.
  std::vector<WantedLeg> legs;
};

/// Lets go of what an exchange holds, unless it is being paid.
struct CancelExchange {};

/// The offering of a leg was cancelled: what was paid for it goes back whole. Before it is paid the
/// whole reservation goes.
struct OfferingGone {
  ReservationId reservation;  ///< The leg's.
};

/// What the offering of a leg answered to a step, or tells by itself: that it gave back places.
/// May come late and more than once. Answers that do not tell what happened (`outcome_unknown`,
/// `overloaded` ...) are none: the step is carried out again.
struct LegAnswered {
  std::uint32_t leg = 0;
  std::variant<LegView, Rejection> answer;
  /// Of the step that is answered: a refusal of what is not wanted any more says nothing. Empty: of
  /// the step that is wanted now.
  std::string key{};
};

/// The provider's answer or notice. May come late and more than once.
struct PaymentAnswered {
  std::variant<Payment, PaymentFailure> answer;
  bool is_notice = false;  ///< Told by the provider itself, perhaps late; not asked for.
  std::string key{};       ///< As in `LegAnswered`.
};

/// How the payment stands at the provider, read there while the saga was at `version`:
/// reconciliation (`engine/reconciliation.hpp`). Refused with `payment_under_way` when the saga has
/// moved on since, or finds out by itself how the payment stands. The only input by which less may
/// have gone back than was said before: a refund that failed later is asked for once more.
struct ReconcilePayment {
  Payment payment;
  std::uint64_t version = 0;
};

/// The clock came to `wake_at`.
struct DeadlineCame {};

using SagaInput = std::variant<
    BeginReservation,
    TakeOver,
    StartPayment,
    ExtendHold,
    CancelPlaces,
    BeginExchange,
    CancelExchange,
    OfferingGone,
    LegAnswered,
    PaymentAnswered,
    DeadlineCame,
    ReconcilePayment>;

/// Nothing: the input changes nothing; the saga after the input; or a refusal, which changes
/// nothing.
using SagaDecision = std::variant<std::monostate, Saga, Refusal>;

/// Decides on an input. `saga` without legs is one that does not exist yet: only `BeginReservation`
/// and `TakeOver` make one (with `Saga::id` set by the caller).
[[nodiscard]] SagaDecision decide(const Saga& saga, const SagaInput& input, Timestamp now);

// ---- Steps --------------------------------------------------------------------------------------

/// Claim the places, held for the saga (`HoldPlaces::saga`).
struct ClaimLeg {
  std::uint32_t leg = 0;
};

/// Take over the hold, or what is sold already (`PinHold`).
struct PinLeg {
  std::uint32_t leg = 0;
};

struct SellLeg {
  std::uint32_t leg = 0;
};

/// Give back all of a leg, or what `SagaLeg::giving_back` says.
struct ReleaseLeg {
  std::uint32_t leg = 0;
};

/// After a failure the next request waits, longer each time, also one under another key. Who does
/// not know whether a request was carried out (after a crash) may say so with a failure of kind
/// `unavailable`: then it is looked up, which matters for a refund whose key the provider may have
/// forgotten meanwhile.
struct AskPayment {
  PaymentRequest request;
};

using SagaWork = std::variant<ClaimLeg, PinLeg, SellLeg, ReleaseLeg, AskPayment>;

struct SagaStep {
  /// Names the step for whoever carries it out: the same step has the same key, also after a
  /// crash, and another one never has. An offering gets it as its idempotency key; the provider's
  /// is in the request.
  std::string key;
  SagaWork work;
};

/// What has to be done now, in order; may be carried out side by side.
[[nodiscard]] std::vector<SagaStep> steps_of(const Saga& saga);

/// When the saga wants `DeadlineCame`; nothing: it waits for no clock.
[[nodiscard]] std::optional<Timestamp> wake_at(const Saga& saga);

}  // namespace cavea::engine
