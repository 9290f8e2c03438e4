#include "engine/best_available.hpp"

#include "engine/assert.hpp"
#include "engine/seat_search.hpp"

#include <utility>

namespace cavea::engine {
namespace {

/// Steps 1 and 2 over the seats that `search` may give.
std::optional<std::vector<Place>> seat_neighbours(
    const SeatSearch& search, std::uint32_t party_size) {
  const auto window = best_window(search, party_size);
  if (!window) return std::nullopt;
  std::vector<Place> result;
  append_places(search, *window, result);
  return result;
}

/// Steps 1 to 4 over the seats that `search` may give.
std::optional<std::vector<Place>> seat_party(const SeatSearch& search, std::uint32_t party_size) {
  if (auto neighbours = seat_neighbours(search, party_size)) return neighbours;
  std::vector<Place> result;
  if (const auto groups = split_party(search, party_size)) {
    for (const auto& group : *groups) append_places(search, group, result);
    return result;
  }
  return scatter_party(search, party_size);
}

}  // namespace

std::optional<std::vector<Place>> best_available(
    const SeatMap& map,
    const PlaceTable& places,
    std::uint32_t party_size,
    const SeatFilter& filter) {
  CAVEA_ASSERT(party_size > 0);
  SeatSearch search{
      .map = map,
      .places = places,
      .filter = filter,
      .gives_special = filter.accessible,
      .needs_accessible = filter.accessible};
  auto result = seat_party(search, party_size);
  if (result || filter.accessible) return result;

  // The ordinary seats do not suffice: better somebody sits on a kept seat than nobody.
  search.gives_special = true;
  return seat_party(search, party_size);
}

std::optional<std::vector<Place>> best_neighbours(
    const SeatMap& map,
    const PlaceTable& places,
    std::uint32_t party_size,
    const SeatFilter& filter) {
  CAVEA_ASSERT(party_size > 0);
  const SeatSearch search{
      .map = map,
      .places = places,
      .filter = filter,
      .gives_special = filter.accessible,
      .needs_accessible = filter.accessible};
  return seat_neighbours(search, party_size);
}

std::uint32_t count_matching(
    const SeatMap& map, const PlaceTable& places, const SeatFilter& filter) {
  const SeatSearch search{.map = map, .places = places, .filter = filter, .gives_special = true};
  std::uint32_t count = 0;
  bool has_accessible = false;
  for (const auto& segment : search.seating().segments) {
    if (!search.may_give(segment)) continue;
    for (auto at = segment.begin; at < segment.end; ++at) {
      const auto& chair = search.chair(at);
      if (!search.may_give(chair) || !places.is_free(chair.place)) continue;
      ++count;
      has_accessible |= chair.accessible;
    }
  }
  return filter.accessible && !has_accessible ? 0 : count;
}

}  // namespace cavea::engine
