#include "tickets/ticket.hpp"

namespace cavea::tickets {

namespace {

using engine::LegState;
using engine::OfferingDefinition;
using engine::ReservationLine;
using engine::ReservationStatus;
using engine::ReservationView;
using engine::Saga;
using engine::SagaStatus;

std::string label_of(const OfferingDefinition* definition, engine::Place place) {
  const auto* seated = definition == nullptr ? nullptr : definition->performance();
  if (seated == nullptr || place.value >= seated->seat_map->seat_count()) return {};
  return seated->seat_map->label(place);
}

/// Adds the tickets of one item; `like` has what they have in common and counts on.
void add_item(
    std::vector<Ticket>& tickets,
    Ticket& like,
    const std::vector<ReservationLine>& lines,
    const OfferingDefinition* definition,
    bool is_sold) {
  for (const auto& line : lines) {
    ++like.number;
    if (!is_sold || line.given_back) continue;
    like.place = line.place;
    like.label = label_of(definition, line.place);
    tickets.push_back(like);
  }
}

std::vector<Ticket> tickets_of_saga(const engine::SagaView& view) {
  const Saga& saga = view.saga;
  std::vector<Ticket> tickets;
  Ticket like;
  like.reservation = saga.id;
  like.holder = saga.user;
  for (std::size_t i = 0; i < saga.legs.size(); ++i) {
    const auto& leg = saga.legs[i];
    const auto* definition = i < view.definitions.size() ? view.definitions[i].get() : nullptr;
    like.item = static_cast<std::uint32_t>(i);
    like.booking = leg.reservation;
    like.offering = leg.offering;
    // The saga remembers when a leg was to start; the definition knows whether it was moved.
    like.starts_at = definition == nullptr ? leg.starts_at : definition->starts_at;
    add_item(tickets, like, lines_kept(leg), definition, leg.state == LegState::sold);
  }
  return tickets;
}

}  // namespace

bool is_confirmed(const ReservationView& view) {
  if (view.saga) return status_of(view.saga->saga) == SagaStatus::confirmed;
  return view.reservation.status == ReservationStatus::confirmed;
}

std::vector<Ticket> tickets_of(const ReservationView& view) {
  if (!is_confirmed(view)) return {};
  if (view.saga) return tickets_of_saga(*view.saga);
  const auto& reservation = view.reservation;
  std::vector<Ticket> tickets;
  Ticket like;
  like.reservation = reservation.id;
  like.booking = reservation.id;
  like.offering = reservation.offering;
  like.holder = reservation.user;
  if (view.definition) like.starts_at = view.definition->starts_at;
  add_item(tickets, like, reservation.lines, view.definition.get(), true);
  return tickets;
}

}  // namespace cavea::tickets
