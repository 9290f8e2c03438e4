#include "actors/exchange_reads.hpp"

#include <vector>

namespace cavea::actors {

namespace {

using engine::Refusal;
using engine::Rejection;

std::optional<Refusal> find_places(
    engine::ExchangedPart& part, const engine::OfferingDefinition& definition) {
  const auto* performance = definition.performance();
  const bool fits = performance == nullptr ? part.seats.empty() : part.quantity == 0;
  if (!fits) return Refusal(Rejection::claim_kind_not_offered);
  part.places.clear();
  for (const auto& label : part.seats) {
    const auto place = performance->seat_map->find(label);
    if (!place) return Refusal(Rejection::place_unknown);
    part.places.push_back(*place);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> find_places(
    engine::BeginExchange& exchange, const engine::ReservationView& reservation) {
  const auto definitions = reservation.saga != nullptr ? reservation.saga->definitions
                                                       : std::vector{reservation.definition};
  for (auto& part : exchange.gives) {
    if (part.leg >= definitions.size()) return Refusal(Rejection::place_not_in_reservation);
    const auto& definition = definitions[part.leg];
    if (definition == nullptr) return Refusal(Rejection::offering_not_found);
    if (auto refusal = find_places(part, *definition)) return refusal;
  }
  return std::nullopt;
}

}  // namespace cavea::actors
