#pragma once

#include "engine/changes.hpp"
#include "engine/check_in.hpp"
#include "engine/commands.hpp"
#include "engine/ids.hpp"
#include "engine/inbox.hpp"
#include "engine/offering.hpp"
#include "engine/offering_progress.hpp"
#include "engine/reconciliation.hpp"
#include "engine/rejection.hpp"
#include "engine/reservation.hpp"
#include "engine/reservation_view.hpp"
#include "engine/saga.hpp"
#include "engine/venue.hpp"
#include "engine/waiting.hpp"
#include "engine/webhook.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

// The port between whoever speaks to people (HTTP) and whoever keeps the state (actors).
// Everything asked is answered exactly once, through the `AnswerSink` that was given with it.

namespace cavea::engine {

/// 128 bits that stand for the body of a request.
struct Fingerprint {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  bool operator==(const Fingerprint&) const = default;
};

/// From the header `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header).
/// The scope of a key is its caller.
struct IdempotencyKey {
  std::string caller;  ///< 1 to 128 bytes.
  std::string key;     ///< 1 to 255 bytes.
  Fingerprint fingerprint;
};

// ---- Commands -----------------------------------------------------------------------------------

/// A command to one offering. For `HoldPlaces` and `JoinWaitingList` the bus fills the id (give a
/// zero one) and the person.
struct OfferingRequest {
  OfferingId offering;
  OfferingCommand command;
};

/// A command to the offering of a reservation or of a party that waits: `ConfirmReservation`,
/// `CancelReservation`, `AcceptOffer` or `LeaveWaitingList`, whose id says which. `viewer` empty:
/// an administrator.
struct ReservationRequest {
  ReservationId reservation;
  std::string viewer;  ///< Whose it must be; empty for an administrator.
  OfferingCommand command;
};

struct VenueRequest {
  VenueId venue;
  VenueCommand command;
};

/// An input to the saga of a reservation. For `BeginReservation` the bus makes `reservation` and
/// those of the legs, for `BeginExchange` those of the legs (give zero ids). A reservation that has
/// no saga yet gets one by `StartPayment` and `ExtendHold`.
struct SagaRequest {
  ReservationId reservation;
  std::string viewer;  ///< Whose it must be; empty for an administrator or the provider.
  std::variant<
      BeginReservation,
      StartPayment,
      ExtendHold,
      CancelPlaces,
      BeginExchange,
      CancelExchange,
      OfferingGone,
      PaymentAnswered,
      ReconcilePayment>
      command;
};

/// Something that a part of the node keeps beside offerings and reservations.
struct RecordRequest {
  std::variant<ChangePerson, SettleDeadLetter, CheckIn, WebhookCommand> command;
};

struct CommandRequest {
  std::variant<OfferingRequest, ReservationRequest, VenueRequest, SagaRequest, RecordRequest> what;
  std::optional<IdempotencyKey> idempotency;
};

// ---- Queries ------------------------------------------------------------------------------------
// Every query sees at least all that was acknowledged before it was asked.

struct GetOffering {
  OfferingKind kind{};
  OfferingId id;
};

/// Where an offering stands, for people who look for one.
enum class SaleState : std::uint8_t {
  upcoming = 0,
  on_sale = 1,
  sold_out = 2,
  closed = 3,
  ended = 4,
  cancelled = 5
};

/// A position in a list ordered by start and id; the list goes on after it.
struct OfferingCursor {
  Timestamp starts_at;
  OfferingId id;
};

struct ListOfferings {
  OfferingKind kind{};
  Timestamp from{INT64_MIN};  ///< Starts at or after.
  Timestamp to{INT64_MAX};    ///< Starts before.
  std::string text;  ///< Every word occurs in title or description, whatever its case; empty: any.
  std::optional<SaleState> state;
  std::optional<VenueId> venue;
  std::optional<OfferingCursor> after;
  std::uint32_t limit = 50;  ///< 1 to 200.
  Timestamp now;
};

/// The places of a performance, live from its actor.
struct GetSeats {
  OfferingId id;
};

struct GetReservation {
  ReservationId id;
  std::string viewer;  ///< Whose it must be; empty for an administrator.
};

/// Newest first, after `after`.
struct ListReservations {
  std::string user;                    ///< Empty: of everybody (administrators).
  std::optional<OfferingId> offering;  ///< Only of this offering.
  std::optional<ReservationId> after;
  std::uint32_t limit = 50;
};

struct GetVenue {
  VenueId id;
};

struct ListVenues {
  std::optional<VenueId> after;
  std::uint32_t limit = 50;
};

/// What happened, in order for each offering. Where few events match, a page may be short, even
/// empty, and still lead on: the time of a request stays bounded.
struct ListChanges {
  enum class Start : std::uint8_t { beginning = 0, now = 1 };

  std::optional<ChangesPosition> after;
  Start start = Start::beginning;  ///< Without `after`: from the oldest that is kept, or from now.
  std::optional<std::uint16_t> part;  ///< Without `after`; may be left out where there is one.
  ChangeFilter filter;
  std::uint32_t limit = 100;  ///< 1 to 1,000.
  /// When there is nothing to tell, the answer waits for it, so long at most (up to a minute).
  Duration wait;
};

/// The seat feed of a performance: one `SeatsView`, then `SeatDelta`s without a gap, through
/// `AnswerSink::publish`, until `Unsubscribe`. One subscription per sink and offering.
struct Subscribe {
  OfferingId offering;
};

struct Unsubscribe {
  OfferingId offering;
};

/// What became of a wish for places.
struct GetWaiting {
  WaitingId id;
  std::string viewer;  ///< Whose it must be; empty for an administrator.
};

/// The wishes of one user, newest first, those that came to an end included.
struct ListWaiting {
  std::string user;
  std::optional<WaitingId> after;
  std::uint32_t limit = 50;
};

/// Who waits for one offering, first come first. Each view has one item.
struct ListWaitingParties {
  OfferingKind kind{};
  OfferingId offering;
  std::optional<WaitingId> after;
  std::uint32_t limit = 50;
};

using Query = std::variant<
    GetOffering,
    ListOfferings,
    GetSeats,
    GetReservation,
    ListReservations,
    GetCalendar,
    GetVenue,
    ListVenues,
    GetWaiting,
    ListWaiting,
    ListWaitingParties,
    ListInbox,
    GetPerson,
    ListDeadLetters,
    GetCheckIns,
    GetProgress,
    ListChanges,
    ListWebhooks,
    GetWebhook,
    ListWebhookDeliveries,
    TestWebhook,
    GetReconciliation,
    StartReconciliation>;

// ---- Answers ------------------------------------------------------------------------------------

/// An offering with what is left of it.
struct OfferingView {
  OfferingId id;
  OfferingStatus status{};
  Revision revision;
  Version version;
  DefinitionRef definition;
  PlaceCounts counts;
  std::string cancel_reason;
  bool replayed = false;  ///< The answer to an idempotency key seen before.
};

/// The sale state of a view at `now`. Where several hold: cancelled, ended, upcoming, closed, sold
/// out.
[[nodiscard]] SaleState sale_state_of(const OfferingView& view, Timestamp now);

struct OfferingPage {
  std::vector<OfferingView> offerings;
  std::optional<OfferingCursor> next;  ///< Nothing: this was the last page.
};

struct VenueView {
  Venue venue;
  bool replayed = false;  ///< The answer to an idempotency key seen before.
};

struct VenuePage {
  std::vector<VenueView> venues;
  std::optional<VenueId> next;
};

struct ChangePage {
  std::vector<ChangeEvent> events;
  ChangesPosition next;   ///< Where to go on; there is no last page.
  bool has_more = false;  ///< There is something to read right now.
  std::uint16_t parts = 1;
};

/// Changes that were asked for are not kept any more.
struct ChangesGone {
  ChangesPosition next;                ///< Leads to all that are kept.
  std::optional<Timestamp> oldest_at;  ///< When the oldest of those happened, as far as known.
};

/// All places of a performance at one version.
struct SeatsView {
  OfferingId offering;
  Version version;
  DefinitionRef definition;
  std::vector<PlaceState> states;  ///< By place.
};

/// What changed on the way to `version`; the one before had `previous`.
struct SeatDelta {
  OfferingId offering;
  Version previous;
  Version version;
  bool definition_changed = false;  ///< Fetch the map again.
  std::vector<PlaceRefusal> changes;
};

/// Something was done that has nothing more to show (a deletion).
struct Done {
  Version version;
  bool replayed = false;
};

/// A party and how long the line in front of it is.
struct WaitingItem {
  WaitingRecord record;
  DefinitionRef definition;
  std::uint32_t parties_ahead = 0;  ///< While it waits.
  std::uint32_t places_ahead = 0;   ///< What those wait for together.
};

/// A wish for places: an item for each offering that it named, in their order.
struct WaitingView {
  std::vector<WaitingItem> items;
  bool replayed = false;  ///< The answer to an idempotency key seen before.
};

struct WaitingPage {
  std::vector<WaitingView> wishes;
  std::optional<WaitingId> next;
};

/// How a leg of a saga stands after a step that left its places as they are: pinned, or sold. To
/// the saga alone, which knows the rest.
struct LegStanding {
  ReservationId reservation;
  ReservationStatus status = ReservationStatus::held;
  Version version;
  std::vector<Place> places;  ///< Those it still has.
};

using Answer = std::variant<
    Refusal,
    Done,
    OfferingView,
    OfferingPage,
    ReservationView,
    ReservationPage,
    CalendarView,
    VenueView,
    VenuePage,
    SeatsView,
    WaitingView,
    WaitingPage,
    InboxPage,
    PersonView,
    DeadLetterPage,
    CheckInView,
    CheckInsView,
    OfferingProgress,
    ChangePage,
    ChangesGone,
    WebhookView,
    WebhookPage,
    WebhookDeliveryPage,
    WebhookTested,
    ReconciliationView,
    LegStanding>;

struct Delivery {
  std::uint64_t ticket = 0;  ///< As it was given with the request.
  Answer answer;
};

using FeedItem =
    std::variant<std::shared_ptr<const SeatsView>, std::shared_ptr<const SeatDelta>, Refusal>;

/// Where answers go; one per I/O thread. Called from any thread, must not block, must outlive the
/// bus.
class AnswerSink {
 public:
  virtual ~AnswerSink() = default;

  /// Answers that became known together, in order.
  virtual void deliver(std::vector<Delivery> deliveries) noexcept = 0;

  /// An item of a seat feed this sink subscribed to. A `Refusal` ends the subscription
  /// (the performance is not there, was deleted, or its actor was lost: subscribe again).
  virtual void publish(const OfferingId& offering, FeedItem item) noexcept = 0;
};

struct ReturnAddress {
  AnswerSink* sink = nullptr;
  std::uint64_t ticket = 0;
};

/// Takes commands and queries from any thread, never blocks, answers through the return address.
class CommandBus {
 public:
  virtual ~CommandBus() = default;

  /// Answers with a view of what the command made or changed, or a `Refusal`. At a full queue:
  /// `Rejection::overloaded`.
  virtual void submit(CommandRequest request, ReturnAddress back) noexcept = 0;

  virtual void query(Query query, ReturnAddress back) noexcept = 0;

  virtual void subscribe(Subscribe what, AnswerSink* sink) noexcept = 0;
  virtual void unsubscribe(Unsubscribe what, AnswerSink* sink) noexcept = 0;
};

}  // namespace cavea::engine
