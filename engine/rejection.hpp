#pragma once

#include "engine/definition.hpp"
#include "engine/ids.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cavea::engine {

/// Why a command was refused, by precedence: where several hold, the first is given.
/// Numbers are stored and counted; they never change and never are used again. The HTTP status,
/// the problem type, the metric label and the tests hang off this one list.
enum class Rejection : std::uint8_t {
  // Before any offering is asked (the command bus).
  not_ready = 1,                ///< The node is starting or stopping.
  overloaded = 2,               ///< A queue is full; the same request later may succeed.
  outcome_unknown = 3,          ///< It may or may not have happened; ask again with the same key.
  idempotency_key_running = 4,  ///< The first request with this key has no answer yet.
  idempotency_key_reused = 5,   ///< The key was used with another body.

  // The offering or venue as a whole.
  venue_not_found = 10,
  offering_not_found = 11,
  id_used = 12,               ///< An offering or venue with this id is or was there.
  revision_mismatch = 13,     ///< `If-Match` names an older revision.
  definition_not_valid = 14,  ///< `Refusal::faults` says which fields.
  offering_is_cancelled = 15,
  venue_in_use = 16,  ///< Offerings refer to it.

  // Changes of an offering that has reservations.
  change_needs_empty_offering = 20,  ///< That field may not change once places are taken.
  change_loses_taken_place = 21,     ///< A held or sold place would vanish.
  offering_has_reservations = 22,    ///< Only an offering without live reservations may be deleted.

  // Claims: the question itself.
  claim_is_empty = 30,
  claim_too_large = 31,
  claim_kind_not_offered = 32,  ///< Seats of a class, or a bare quantity of a performance.
  place_unknown = 33,
  place_named_twice = 34,
  zone_unknown = 35,
  section_unknown = 36,

  // Claims: the state of the sale.
  sale_not_open = 40,
  sale_closed = 41,
  sold_out = 42,           ///< Nothing free is left that would match.
  not_enough_places = 43,  ///< Something is free, but less than asked.
  places_taken = 44,       ///< `Refusal::places` says which and how.
  person_limit_reached = 45,
  single_seat_gap = 46,          ///< `Refusal::places` are the seats left alone.
  overlapping_reservation = 47,  ///< `Refusal::overlap` says which; see `engine/diary.hpp`.

  // Reservations.
  reservation_not_found = 50,  ///< None, or another person's.
  hold_has_expired = 51,
  reservation_has_ended = 52,  ///< Cancelled or expired before.
  reservation_not_held = 53,   ///< It is confirmed already.
  cancellation_cutoff_passed = 54,
  place_not_in_reservation = 55,

  // Blocks.
  place_not_free = 60,
  place_not_blocked = 61,

  // Waiting lists.
  already_waiting = 70,    ///< One person waits once.
  party_too_large = 71,    ///< It could never have places; `Refusal::available`: the largest.
  places_are_free = 72,    ///< Nobody has to wait: reserve them.
  waiting_list_full = 73,  ///< `limits::waiting_parties_max`.
  waiting_not_found = 74,  ///< None, or another person's.
  waiting_has_ended = 75,  ///< Granted, left or withdrawn before.
  offer_must_be_paid = 76,

  // Sagas.
  hold_cannot_be_extended = 80,  ///< As often as it may be, it was.
  payment_under_way = 81,        ///< In a moment it is known what can be done.
  payment_not_offered = 82,      ///< No provider is set up.
  currencies_differ = 83,        ///< What is paid at once costs in several currencies.

  // Tickets.
  reservation_not_confirmed = 100,  ///< It has no tickets yet, or no more.
  ticket_not_found = 101,           ///< The reservation has none of that number, or no more.
  ticket_not_valid = 102,           ///< Nothing that was signed here.
  ticket_of_other_offering = 103,   ///< The door is of another one.
  ticket_given_back = 104,          ///< Its place was, or the whole reservation.
  ticket_is_inside = 105,           ///< Somebody came in by it and did not go out.
  ticket_is_outside = 106,          ///< Nobody came in by it who could go out.
  check_in_nonce_reused = 107,      ///< The nonce stands for a scan the other way.
  calendar_not_found = 108,         ///< The address was never good, or is no more.

  // The event feed.
  changes_not_kept = 110,        ///< `ChangesGone` says where to go on.
  changes_cursor_unknown = 111,  ///< Of other data, or of data that a backup has replaced.
  changes_part_unknown = 112,    ///< This node's changes come in other parts.

  // Notifications.
  dead_letter_not_found = 120,

  // Webhooks.
  webhook_not_found = 130,
  webhook_limit_reached = 131,  ///< `limits::webhooks_max`.

  // Exchanges.
  exchange_under_way = 150,     ///< The places are to be given up in it.
  no_exchange_under_way = 151,  ///< Nothing to be let go.
};

/// Every rejection in order of precedence.
[[nodiscard]] const std::vector<Rejection>& all_rejections();

/// The stable name: "places_taken".
[[nodiscard]] std::string_view name_of(Rejection rejection);

/// One English sentence for people, without details.
[[nodiscard]] std::string_view sentence_of(Rejection rejection);

/// Whether the same command may succeed a little later without anybody doing anything about it.
[[nodiscard]] bool is_worth_retrying(Rejection rejection);

enum class PlaceState : std::uint8_t { free = 0, held = 1, sold = 2, blocked = 3, retired = 4 };

[[nodiscard]] std::string_view name_of(PlaceState state);

/// A place that stood in the way, and how.
struct PlaceRefusal {
  Place place;
  PlaceState state = PlaceState::free;

  bool operator==(const PlaceRefusal&) const = default;
};

/// A reservation of the same person that stands in the way, because both take place at one time.
struct Overlap {
  ReservationId reservation;  ///< As its person knows it: of the order, where it is part of one.
  OfferingId offering;
  DefinitionRef definition;  ///< Of that offering.
};

/// A rejection with what the person needs to do better next time.
struct Refusal {
  Rejection reason{};
  std::vector<PlaceRefusal> places;              ///< Which places, and how they stand.
  std::vector<std::vector<Place>> alternatives;  ///< Legal selections near the refused one.
  std::vector<std::string> unknown_names;  ///< Seats, zones or sections that the map does not have.
  /// not_enough_places, place_not_free: places that are free; person_limit_reached: what the person
  /// may still take; claim_too_large, party_too_large: the most; change_loses_taken_place: the
  /// smallest capacity; offering_has_reservations, place_not_in_reservation, place_not_blocked: how
  /// many there are.
  /// Nothing: not known any more, as of an item of several after a restart.
  std::optional<std::uint32_t> available;
  /// sale_not_open: when it opens; sale_closed: when it closed; hold_has_expired: when it did;
  /// cancellation_cutoff_passed: the last moment at which a user might have cancelled;
  /// ticket_is_inside, ticket_is_outside: since when (zero: it was never used).
  Timestamp at;
  Faults faults;             ///< definition_not_valid and changes: which fields.
  DefinitionRef definition;  ///< For the labels of the places; may be null.
  /// Of a reservation over several offerings: the item that was refused, from 0.
  std::optional<std::uint32_t> item;
  std::optional<Overlap> overlap;  ///< overlapping_reservation; nothing: as `available`.

  Refusal() = default;

  Refusal(Rejection why) : reason(why) {}
};

}  // namespace cavea::engine
