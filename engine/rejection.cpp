#include "engine/rejection.hpp"

#include "engine/assert.hpp"

#include <algorithm>
#include <iterator>

namespace cavea::engine {

namespace {

struct Entry {
  Rejection rejection;
  std::string_view name;
  std::string_view sentence;
};

/// By precedence. A test compares it with the enum in the header, so none can be forgotten.
constexpr Entry entries[] = {
    {Rejection::not_ready, "not_ready", "This node is starting or stopping; try again shortly."},
    {Rejection::overloaded, "overloaded", "Too much is going on right now; try again shortly."},
    {Rejection::outcome_unknown,
     "outcome_unknown",
     "Whether it happened is not known; ask again with the same idempotency key."},
    {Rejection::idempotency_key_running,
     "idempotency_key_running",
     "The first request with this idempotency key is still being worked on."},
    {Rejection::idempotency_key_reused,
     "idempotency_key_reused",
     "This idempotency key was used with another request."},
    {Rejection::venue_not_found, "venue_not_found", "There is no such venue."},
    {Rejection::offering_not_found, "offering_not_found", "There is no such performance or class."},
    {Rejection::id_used, "id_used", "This id is taken or was used before."},
    {Rejection::revision_mismatch,
     "revision_mismatch",
     "It was changed by somebody else in the meantime; read it again."},
    {Rejection::definition_not_valid, "definition_not_valid", "Some fields are not valid."},
    {Rejection::offering_is_cancelled,
     "offering_is_cancelled",
     "The performance or class was cancelled."},
    {Rejection::venue_in_use,
     "venue_in_use",
     "Performances or classes still take place at this venue."},
    {Rejection::change_needs_empty_offering,
     "change_needs_empty_offering",
     "This may not change any more, since places were taken."},
    {Rejection::change_loses_taken_place,
     "change_loses_taken_place",
     "Places that are held or sold would be lost by this change."},
    {Rejection::offering_has_reservations,
     "offering_has_reservations",
     "There are still reservations for it."},
    {Rejection::claim_is_empty, "claim_is_empty", "No places were asked for."},
    {Rejection::claim_too_large, "claim_too_large", "Too many places were asked for at once."},
    {Rejection::claim_kind_not_offered,
     "claim_kind_not_offered",
     "Places cannot be named in this way: seats are for performances, a quantity for classes."},
    {Rejection::place_unknown, "place_unknown", "Some of the seats do not exist."},
    {Rejection::place_named_twice, "place_named_twice", "A seat was named more than once."},
    {Rejection::zone_unknown, "zone_unknown", "Some of the price zones do not exist."},
    {Rejection::section_unknown, "section_unknown", "Some of the sections do not exist."},
    {Rejection::sale_not_open, "sale_not_open", "The sale has not opened yet."},
    {Rejection::sale_closed, "sale_closed", "The sale has closed."},
    {Rejection::sold_out, "sold_out", "Nothing that matches is free."},
    {Rejection::not_enough_places,
     "not_enough_places",
     "Fewer places that match are free than were asked for."},
    {Rejection::places_taken, "places_taken", "Some of the seats are not free any more."},
    {Rejection::person_limit_reached,
     "person_limit_reached",
     "One person may not have that many places here."},
    {Rejection::single_seat_gap,
     "single_seat_gap",
     "These seats would leave a single seat alone; please leave none or at least two."},
    {Rejection::overlapping_reservation,
     "overlapping_reservation",
     "You have another reservation at that time."},
    {Rejection::reservation_not_found, "reservation_not_found", "There is no such reservation."},
    {Rejection::hold_has_expired,
     "hold_has_expired",
     "The time to confirm this reservation is over."},
    {Rejection::reservation_has_ended,
     "reservation_has_ended",
     "The reservation was cancelled or has expired."},
    {Rejection::reservation_not_held,
     "reservation_not_held",
     "The reservation is confirmed already."},
    {Rejection::cancellation_cutoff_passed,
     "cancellation_cutoff_passed",
     "It is too late to cancel."},
    {Rejection::place_not_in_reservation,
     "place_not_in_reservation",
     "Some of the places do not belong to this reservation."},
    {Rejection::place_not_free, "place_not_free", "Some of the places are not free."},
    {Rejection::place_not_blocked, "place_not_blocked", "Some of the places are not blocked."},
    {Rejection::already_waiting, "already_waiting", "This person is on the waiting list already."},
    {Rejection::party_too_large,
     "party_too_large",
     "There will never be places for a party of this size; a smaller one may wait."},
    {Rejection::places_are_free,
     "places_are_free",
     "There are free places for this party; reserve them instead."},
    {Rejection::waiting_list_full, "waiting_list_full", "The waiting list is full."},
    {Rejection::waiting_not_found,
     "waiting_not_found",
     "There is no such party on a waiting list."},
    {Rejection::waiting_has_ended, "waiting_has_ended", "This party does not wait any more."},
    {Rejection::offer_must_be_paid,
     "offer_must_be_paid",
     "This offer is not free of charge; it is confirmed when it is paid."},
    {Rejection::hold_cannot_be_extended,
     "hold_cannot_be_extended",
     "The hold was extended as often as it may be."},
    {Rejection::payment_under_way,
     "payment_under_way",
     "A payment or a cancellation is under way; try again in a moment."},
    {Rejection::payment_not_offered,
     "payment_not_offered",
     "Nothing can be paid here: no payment provider is set up."},
    {Rejection::currencies_differ,
     "currencies_differ",
     "What is paid at once must be in one currency; reserve it one by one."},
    {Rejection::reservation_not_confirmed,
     "reservation_not_confirmed",
     "Only a confirmed reservation has tickets."},
    {Rejection::ticket_not_found, "ticket_not_found", "The reservation has no such ticket."},
    {Rejection::ticket_not_valid,
     "ticket_not_valid",
     "This is no ticket, or none that was signed here."},
    {Rejection::ticket_of_other_offering,
     "ticket_of_other_offering",
     "The ticket is for something else."},
    {Rejection::ticket_given_back, "ticket_given_back", "The place of this ticket was given back."},
    {Rejection::ticket_is_inside,
     "ticket_is_inside",
     "Somebody came in by this ticket and has not gone out."},
    {Rejection::ticket_is_outside,
     "ticket_is_outside",
     "Nobody came in by this ticket who could go out now."},
    {Rejection::check_in_nonce_reused,
     "check_in_nonce_reused",
     "This nonce was used for a scan of the ticket the other way."},
    {Rejection::calendar_not_found, "calendar_not_found", "There is no such calendar."},
    {Rejection::changes_not_kept,
     "changes_not_kept",
     "Changes after this cursor are not kept any more."},
    {Rejection::changes_cursor_unknown,
     "changes_cursor_unknown",
     "This cursor is not of this node's data."},
    {Rejection::changes_part_unknown,
     "changes_part_unknown",
     "The changes of this node come in parts, of which this is none."},
    {Rejection::dead_letter_not_found,
     "dead_letter_not_found",
     "There is no such dead letter, or not any more."},
    {Rejection::webhook_not_found, "webhook_not_found", "There is no such webhook."},
    {Rejection::webhook_limit_reached,
     "webhook_limit_reached",
     "A node has no more than 16 webhooks."},
    {Rejection::exchange_under_way,
     "exchange_under_way",
     "An exchange of these places is under way; pay for it, cancel it, or wait for its end."},
    {Rejection::no_exchange_under_way,
     "no_exchange_under_way",
     "No exchange of this reservation is under way."},
};

static_assert(
    std::is_sorted(std::begin(entries), std::end(entries), [](const auto& a, const auto& b) {
      return a.rejection < b.rejection;
    }));

const Entry& entry_of(Rejection rejection) {
  const auto at = std::lower_bound(
      std::begin(entries), std::end(entries), rejection, [](const Entry& entry, Rejection wanted) {
        return entry.rejection < wanted;
      });
  CAVEA_ASSERT(at != std::end(entries) && at->rejection == rejection);
  return *at;
}

}  // namespace

const std::vector<Rejection>& all_rejections() {
  static const auto all = [] {
    std::vector<Rejection> rejections;
    for (const auto& entry : entries) rejections.push_back(entry.rejection);
    return rejections;
  }();
  return all;
}

std::string_view name_of(Rejection rejection) {
  return entry_of(rejection).name;
}

std::string_view sentence_of(Rejection rejection) {
  return entry_of(rejection).sentence;
}

bool is_worth_retrying(Rejection rejection) {
  return rejection == Rejection::not_ready || rejection == Rejection::overloaded
         || rejection == Rejection::outcome_unknown
         || rejection == Rejection::idempotency_key_running
         || rejection == Rejection::payment_under_way;
}

std::string_view name_of(PlaceState state) {
  switch (state) {
    case PlaceState::free:
      return "free";
    case PlaceState::held:
      return "held";
    case PlaceState::sold:
      return "sold";
    case PlaceState::blocked:
      return "blocked";
    case PlaceState::retired:
      return "retired";
  }
  return "";
}

}  // namespace cavea::engine
