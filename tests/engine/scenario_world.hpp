#pragma once

#include "engine/decide.hpp"
#include "tests/engine/scenario_answer.hpp"
#include "tests/engine/scenario_words.hpp"

#include <map>
#include <set>
#include <string>

namespace cavea::engine::testing {

/// One venue and one offering, told what to do in the language of `scenarios/README.md`.
class World {
 public:
  /// Carries out a line and says what came of it; empty for lines that only set the scene
  /// ("now 12:00", "house ..."). Throws when the line cannot be read.
  std::string run(const std::string& line);

  /// Asserts that the state holds together and that the events lead to it again.
  void check() const;

  /// Every rejection that was given so far.
  [[nodiscard]] const std::set<Rejection>& seen() const { return seen_; }

 private:
  std::string run_offering_command(const OfferingCommand& command);
  std::string run_venue_command(const VenueCommand& command);
  std::string add_crowd(std::uint32_t count);
  std::string carry_out(const OfferingEvents& events, const Answer& answer);
  [[nodiscard]] std::string show() const;
  [[nodiscard]] std::string show_waiting() const;

  OfferingCommand parse_offering_command(const std::string& verb, Words& words);
  CreateOffering parse_create(Words& words);
  ChangeOffering parse_change(Words& words);
  HoldPlaces parse_hold(Words& words);
  CancelReservation parse_cancel(Words& words);
  PinHold parse_pin(Words& words);
  JoinWaitingList parse_wait(Words& words);
  LeaveWaitingList parse_leave(Words& words);
  AcceptOffer parse_accept(Words& words);
  Claim parse_claim(Words& words);
  [[nodiscard]] std::vector<ReservationLine> lines_of(ReservationId id) const;
  VenueCommand parse_venue_command(const std::string& verb, const std::string& line);
  ReservationId reservation(const std::string& name);
  [[nodiscard]] std::string name_of_reservation(ReservationId id) const;

  Timestamp now_ = time_from("12:00");
  Venue venue_;
  Offering offering_;
  OfferingEvents history_;
  std::map<std::uint64_t, std::string> names_;
  std::set<Rejection> seen_;
};

}  // namespace cavea::engine::testing
