#pragma once

#include "engine/command_bus.hpp"
#include "engine/ids.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace cavea::tickets {

/// Lets one person in to one offering: one sold place of a reservation.
struct Ticket {
  /// Counted from 1 over all places that the reservation ever had, in the order in which it is
  /// shown, so that a ticket keeps its number when others are given back.
  std::uint32_t number = 0;

  std::uint32_t item = 0;             ///< Of the reservation, from 0.
  engine::ReservationId reservation;  ///< As its person knows it.
  engine::ReservationId booking;  ///< Its id in the offering; another one when a saga carries it.
  engine::OfferingId offering;
  engine::Place place;
  std::string label;   ///< "stalls-A-12"; empty in a class.
  std::string holder;  ///< Whose reservation it is.
  engine::Timestamp starts_at;

  bool operator==(const Ticket&) const = default;
};

/// Whether the places are the person's for certain, so that there are tickets.
[[nodiscard]] bool is_confirmed(const engine::ReservationView& view);

/// A ticket for each place that is sold and not given back; none while it is not confirmed.
[[nodiscard]] std::vector<Ticket> tickets_of(const engine::ReservationView& view);

}  // namespace cavea::tickets
