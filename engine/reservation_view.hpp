#pragma once

#include "engine/definition.hpp"
#include "engine/ids.hpp"
#include "engine/reservation.hpp"
#include "engine/saga.hpp"
#include "engine/venue.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// Reservations as people see them.

namespace cavea::engine {

/// What a person's calendar shows, for a program that has only its secret address. Answered with a
/// `CalendarView`, or `calendar_not_found`.
struct GetCalendar {
  std::string user;
  std::uint32_t epoch = 0;  ///< Of the address: must be the person's.
};

/// A reservation that is carried by a saga, with what gives its titles and labels.
struct SagaView {
  Saga saga;
  /// By leg, then by those of what an exchange takes; null where the offering is not known yet.
  std::vector<DefinitionRef> definitions;
};

/// A reservation with the definition that gives its labels.
struct ReservationView {
  Reservation reservation;
  DefinitionRef definition;
  bool replayed = false;  ///< The answer to an idempotency key or reservation id seen before.
  /// Null for a reservation without a saga. Otherwise all is in here, and of the members above only
  /// `reservation.id` and `replayed` count.
  std::shared_ptr<const SagaView> saga{};
};

struct ReservationPage {
  std::vector<ReservationView> reservations;
  std::optional<ReservationId> next;
};

/// A reservation, and when it, or when and where it takes place, changed last.
struct CalendarEntry {
  ReservationView view;
  Timestamp changed_at;
};

/// The newest reservations of a person, whatever became of them, newest first.
struct CalendarView {
  std::vector<CalendarEntry> entries;
  std::vector<Venue> venues;  ///< Where they take place, as far as it is known.
};

}  // namespace cavea::engine
