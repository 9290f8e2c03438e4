#pragma once

#include "engine/offering.hpp"
#include "engine/waiting.hpp"

#include <memory>
#include <optional>
#include <set>
#include <vector>

namespace cavea::engine {

/// What is free for those who wait: the free places of an offering and those that were kept for
/// them. INTERNAL to the engine; shrinks while one decision gives places away, the offering does
/// not change.
class WaitingPool {
 public:
  virtual ~WaitingPool() = default;

  [[nodiscard]] virtual bool is_empty() const = 0;

  /// The places that a party gets; nothing when there are none for it.
  [[nodiscard]] virtual std::optional<std::vector<Place>> fit(const WaitingWish& wish) = 0;

  /// A party has them now.
  virtual void give(const WaitingParty& party, const std::vector<Place>& places) = 0;

  /// Nobody gets them for now.
  virtual void keep(const std::vector<Place>& places) = 0;

  /// They were kept, and are not any more.
  virtual void give_free(const std::set<Place>& places) = 0;

  /// The places, fewer than the party has people, that are nearest to being enough for a party that
  /// does not fit. They must be among those that it will get if the others come free.
  [[nodiscard]] virtual std::vector<Place> closest_to_enough(const WaitingWish& wish) = 0;

  [[nodiscard]] static std::unique_ptr<WaitingPool> of(const Offering& offering);
};

/// Whether one of the places is such as the party wants.
[[nodiscard]] bool is_of_use(
    const OfferingDefinition& definition,
    const WaitingWish& wish,
    const std::vector<Place>& places);

/// The free seats that a party gets; nothing when there are none for it.
[[nodiscard]] std::optional<std::vector<Place>> fitting_seats(
    const SeatMap& map, const PlaceTable& places, const WaitingWish& wish);

/// The largest party with such a wish that could ever have places, if all were free.
[[nodiscard]] std::uint32_t largest_party(
    const OfferingDefinition& definition, const WaitingWish& wish);

}  // namespace cavea::engine
