#pragma once

#include "engine/decide.hpp"

#include <functional>
#include <string>

namespace cavea::engine::testing {

/// Says decisions as scenarios do: "sold r1: 0 1", "refused sold_out".
class Answer {
 public:
  /// `name_of` gives the name of a reservation; `definition` labels places (null: by number).
  Answer(std::function<std::string(ReservationId)> name_of, DefinitionRef definition)
      : name_of_(std::move(name_of)), definition_(std::move(definition)) {}

  [[nodiscard]] std::string say(const Decision& decision) const;
  [[nodiscard]] std::string say(const VenueDecision& decision) const;
  [[nodiscard]] std::string say(const Refusal& refusal) const;
  [[nodiscard]] std::string say(const OfferingEvent& event) const;

 private:
  [[nodiscard]] std::string say_one(const OfferingCreated& event) const;
  [[nodiscard]] std::string say_one(const OfferingChanged& event) const;
  [[nodiscard]] std::string say_one(const OfferingCancelled& event) const;
  [[nodiscard]] std::string say_one(const OfferingDeleted& event) const;
  [[nodiscard]] std::string say_one(const PlacesHeld& event) const;
  [[nodiscard]] std::string say_one(const PlacesSold& event) const;
  [[nodiscard]] std::string say_one(const ReservationConfirmed& event) const;
  [[nodiscard]] std::string say_one(const HoldExpired& event) const;
  [[nodiscard]] std::string say_one(const PlacesGivenBack& event) const;
  [[nodiscard]] std::string say_one(const ReservationCancelled& event) const;
  [[nodiscard]] std::string say_one(const PlacesBlocked& event) const;
  [[nodiscard]] std::string say_one(const PlacesUnblocked& event) const;
  [[nodiscard]] std::string say_one(const HoldPinned& event) const;
  [[nodiscard]] std::string say_one(const WaitingJoined& event) const;
  [[nodiscard]] std::string say_one(const WaitingLeft& event) const;
  [[nodiscard]] std::string say_one(const WaitingGranted& event) const;
  [[nodiscard]] std::string say_one(const WaitingPassedOver& event) const;
  [[nodiscard]] std::string say_one(const WaitingClosed& event) const;

  [[nodiscard]] std::string label(Place place) const;
  [[nodiscard]] std::string labels(const std::vector<Place>& places) const;
  [[nodiscard]] std::string labels(const std::vector<ReservationLine>& lines) const;

  std::function<std::string(ReservationId)> name_of_;
  DefinitionRef definition_;
};

}  // namespace cavea::engine::testing
