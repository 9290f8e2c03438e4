#include "engine/assert.hpp"
#include "engine/seat_search.hpp"

#include <algorithm>
#include <tuple>

namespace cavea::engine {
namespace {

/// A free seat that the party may get.
struct FreeSeat {
  std::uint32_t position = 0;
  std::uint32_t neighbours = 0;  ///< Seats of its run, itself included.
};

std::vector<FreeSeat> free_seats(const SeatSearch& search) {
  std::vector<FreeSeat> seats;
  for (const auto& segment : search.seating().segments) {
    if (!search.may_give(segment)) continue;
    search.for_each_run_of(segment, [&](const Run& run) {
      for (auto at = run.begin; at < run.end; ++at) seats.push_back({at, run.size()});
    });
  }
  return seats;
}

/// Moves the `count` seats nearest to `target` to the front, nearest first.
void nearest_first(
    const SeatSearch& search, std::vector<FreeSeat>& seats, std::size_t count, Point target) {
  const auto key = [&](const FreeSeat& seat) {
    return std::tuple(
        squared_distance(search.point(seat.position), target), search.chair(seat.position).place);
  };
  std::partial_sort(
      seats.begin(),
      seats.begin() + static_cast<std::ptrdiff_t>(count),
      seats.end(),
      [&](const FreeSeat& a, const FreeSeat& b) { return key(a) < key(b); });
}

std::vector<Place> places_of(
    const SeatSearch& search, const std::vector<FreeSeat>& seats, std::size_t count) {
  std::vector<Place> result;
  for (std::size_t i = 0; i < count; ++i) {
    result.push_back(search.chair(seats[i].position).place);
  }
  return result;
}

/// An accessible seat, rather one with a neighbour, and what is nearest to it.
std::optional<std::vector<Place>> scatter_around_accessible(
    const SeatSearch& search, std::vector<FreeSeat> seats, std::uint32_t party_size) {
  const auto key = [&](const FreeSeat& seat) {
    const auto& chair = search.chair(seat.position);
    return std::tuple(!chair.accessible, seat.neighbours == 1, chair.distance, chair.place);
  };
  const auto middle =
      std::min_element(seats.begin(), seats.end(), [&](const FreeSeat& a, const FreeSeat& b) {
        return key(a) < key(b);
      });
  if (middle == seats.end() || !search.chair(middle->position).accessible) return std::nullopt;

  std::iter_swap(seats.begin(), middle);
  const auto first = seats.front();
  seats.erase(seats.begin());
  nearest_first(search, seats, party_size - 1, search.point(first.position));
  seats.insert(seats.begin(), first);
  return places_of(search, seats, party_size);
}

/// An odd party where only pairs are free: all but one as `groups`, that one as near to them as can
/// be.
std::vector<Place> scatter_one(
    const SeatSearch& search, std::vector<FreeSeat> seats, const std::vector<Window>& groups) {
  std::vector<Place> result;
  for (const auto& group : groups) append_places(search, group, result);
  std::erase_if(seats, [&](const FreeSeat& seat) {
    return std::find(result.begin(), result.end(), search.chair(seat.position).place)
           != result.end();
  });
  CAVEA_ASSERT(!seats.empty());
  nearest_first(search, seats, 1, search.point(groups.front().position));
  result.push_back(search.chair(seats.front().position).place);
  return result;
}

}  // namespace

std::optional<std::vector<Place>> scatter_party(
    const SeatSearch& search, std::uint32_t party_size) {
  auto seats = free_seats(search);
  if (seats.size() < party_size) return std::nullopt;
  if (search.needs_accessible) {
    return scatter_around_accessible(search, std::move(seats), party_size);
  }

  const auto alone = std::stable_partition(
      seats.begin(), seats.end(), [](const FreeSeat& seat) { return seat.neighbours > 1; });
  const auto with_neighbours = static_cast<std::size_t>(alone - seats.begin());
  if (with_neighbours >= party_size) {
    if (const auto window = best_window(search, party_size - 1)) {
      return scatter_one(search, std::move(seats), {*window});
    }
    const auto groups = split_party(search, party_size - 1);
    CAVEA_ASSERT(groups.has_value());
    return scatter_one(search, std::move(seats), *groups);
  }

  // Everybody who can have a neighbour has one; the others get the nearest single seats.
  std::vector<FreeSeat> singles(alone, seats.end());
  seats.erase(alone, seats.end());
  const auto rest = party_size - with_neighbours;
  nearest_first(search, singles, rest, search.map.focal_point());
  seats.insert(seats.end(), singles.begin(), singles.begin() + static_cast<std::ptrdiff_t>(rest));
  return places_of(search, seats, party_size);
}

}  // namespace cavea::engine
