#include "engine/diary.hpp"

namespace cavea::engine {

DiaryQuestion diary_question(
    const OfferingId& offering,
    const OfferingDefinition& definition,
    PersonKey person,
    ReservationId reservation) {
  DiaryQuestion question;
  question.person = person;
  question.offering = offering;
  question.reservation = reservation;
  question.starts_at = definition.starts_at;
  question.ends_at = definition.ends_at;
  return question;
}

std::vector<AcceptOffer> offers_to_accept(const Offering& offering, const OfferingEvents& granted) {
  std::vector<AcceptOffer> offers;
  if (!offering.waiting || !offering.definition->refuse_overlaps) return offers;
  for (const auto& event : granted) {
    const auto* grant = std::get_if<WaitingGranted>(&event);
    if (grant == nullptr) continue;
    const auto found = offering.waiting->find(grant->id);
    if (!found || !found->party->book_at_once) continue;
    AcceptOffer offer;
    offer.reservation = grant->id;
    offer.person = found->party->person;
    offers.push_back(offer);
  }
  return offers;
}

}  // namespace cavea::engine
