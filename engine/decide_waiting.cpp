#include "engine/decide_one.hpp"
#include "engine/limits.hpp"
#include "engine/waiting_pool.hpp"

#include <algorithm>

// What people ask of a waiting list.

namespace cavea::engine {

namespace {

std::optional<Refusal> refuse_by_wish(
    const OfferingDefinition& definition, const WaitingWish& wish) {
  if (wish.party_size == 0) return Rejection::claim_is_empty;
  if (wish.party_size > limits::places_per_reservation_max) {
    return refuse_with_available(Rejection::claim_too_large, limits::places_per_reservation_max);
  }
  const auto* performance = definition.performance();
  if (performance == nullptr) {
    const bool names_seats = wish.accessible || !wish.zones.empty() || !wish.sections.empty();
    if (names_seats) return Rejection::claim_kind_not_offered;
    return std::nullopt;
  }
  const auto filter = filter_of(*performance->seat_map, wish.zones, wish.sections, wish.accessible);
  if (!filter) return filter.error();
  return std::nullopt;
}

std::optional<Refusal> refuse_by_size(const Offering& offering, const WaitingWish& wish) {
  // Others wait for the same.
  if (offering.waiting && offering.waiting->queues().contains(wish)) return std::nullopt;
  const auto largest = largest_party(*offering.definition, wish);
  if (wish.party_size <= largest) return std::nullopt;
  return refuse_with_available(Rejection::party_too_large, largest);
}

bool has_places_for(const Offering& offering, const WaitingWish& wish) {
  const auto* performance = offering.definition->performance();
  if (performance == nullptr) return offering.places.counts().free >= wish.party_size;
  return fitting_seats(*performance->seat_map, offering.places, wish).has_value();
}

/// What two people mean by the same words: parties with the same wish wait in one queue.
WaitingWish plain(const OfferingDefinition& definition, WaitingWish wish) {
  if (definition.performance() == nullptr || wish.party_size == 1) wish.together = false;
  for (auto* names : {&wish.zones, &wish.sections}) {
    std::sort(names->begin(), names->end());
    names->erase(std::unique(names->begin(), names->end()), names->end());
  }
  return wish;
}

bool costs_nothing(const Offering& offering, const Holder& holder) {
  return std::all_of(holder.places.begin(), holder.places.end(), [&](Place place) {
    return offering.definition->price_of(place).minor == 0;
  });
}

}  // namespace

Decision decide_one(const Offering& offering, const JoinWaitingList& command, Timestamp now) {
  if (!offering.exists()) return Rejection::offering_not_found;
  if (offering.status == OfferingStatus::cancelled) return Rejection::offering_is_cancelled;
  const auto& definition = *offering.definition;
  if (auto refusal = refuse_by_wish(definition, command.wish)) return *std::move(refusal);
  if (auto refusal = refuse_by_sale(definition, now)) return *std::move(refusal);
  if (auto refusal = refuse_by_person_limit(offering, command.person, command.wish.party_size)) {
    return *std::move(refusal);
  }
  const auto* waiting = offering.waiting.get();
  if (waiting != nullptr && waiting->has(command.person)) return Rejection::already_waiting;
  auto wish = plain(definition, command.wish);
  if (auto refusal = refuse_by_size(offering, wish)) return *std::move(refusal);
  const bool is_further = command.any_of && command.any_of->rank > 0;
  if (!is_further && has_places_for(offering, wish)) return Rejection::places_are_free;
  if (waiting != nullptr && waiting->size() >= limits::waiting_parties_max) {
    return Rejection::waiting_list_full;
  }

  // From here it must succeed.
  return happened(WaitingJoined{
      .id = command.id,
      .user = command.user,
      .person = command.person,
      .wish = std::move(wish),
      .book_at_once = command.book_at_once,
      .any_of = command.any_of});
}

Decision decide_one(const Offering& offering, const LeaveWaitingList& command, Timestamp /*now*/) {
  if (!offering.exists()) return Rejection::offering_not_found;
  const auto found =
      offering.waiting ? offering.waiting->find(command.id) : std::optional<WaitingList::Found>();
  if (!found) return Rejection::waiting_has_ended;
  if (command.person && *command.person != found->party->person) {
    return Rejection::waiting_not_found;
  }

  // From here it must succeed.
  const auto end = command.person ? WaitingEnd::user : WaitingEnd::administrator;
  return happened(WaitingLeft{.id = command.id, .end = end});
}

Decision decide_one(const Offering& offering, const AcceptOffer& command, Timestamp now) {
  if (!offering.exists()) return Rejection::offering_not_found;
  if (offering.status == OfferingStatus::cancelled) return Rejection::offering_is_cancelled;
  const auto holder = offering.places.find(command.reservation);
  if (!holder || holder->person != command.person) return Rejection::reservation_not_found;
  if (holder->is_held && now >= holder->held_until) {
    return refuse_with_time(Rejection::hold_has_expired, holder->held_until);
  }
  if (!holder->is_held) return Rejection::reservation_not_held;
  if (!costs_nothing(offering, *holder)) return Rejection::offer_must_be_paid;
  if (offering.definition->refuse_overlaps && !command.diary_is_free) {
    return AskDiary{
        diary_question(offering.id, *offering.definition, command.person, command.reservation)};
  }

  // From here it must succeed.
  return happened(ReservationConfirmed{.reservation = command.reservation});
}

Decision decide_one(const Offering& offering, const MatchWaiting& /*command*/, Timestamp now) {
  return decide_waiting(offering, {}, now);
}

bool is_kept(const Offering& offering, Place place) {
  return offering.waiting && offering.waiting->kept().contains(place);
}

OfferingEvents close_waiting(const Offering& offering, WaitingEnd end) {
  OfferingEvents events;
  if (offering.waiting && offering.waiting->size() > 0) {
    events.push_back(WaitingClosed{.end = end});
  }
  return events;
}

}  // namespace cavea::engine
