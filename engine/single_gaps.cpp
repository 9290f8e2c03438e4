#include "engine/single_gaps.hpp"

#include "engine/limits.hpp"
#include "engine/seating.hpp"

#include <algorithm>
#include <optional>
#include <tuple>

namespace cavea::engine {
namespace {

using Positions = std::vector<std::uint32_t>;

Positions positions_of(const Seating& seating, const std::vector<Place>& selection) {
  Positions positions;
  positions.reserve(selection.size());
  for (const auto place : selection) {
    const auto position = seating.positions.at(place.value);
    if (position != Seating::nowhere) positions.push_back(position);
  }
  std::sort(positions.begin(), positions.end());
  return positions;
}

bool holds(const Positions& sorted, std::uint32_t position) {
  return std::binary_search(sorted.begin(), sorted.end(), position);
}

/// Free seats side by side before the selection, and which of them it takes.
struct Block {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  Positions taken;
  Positions gaps;  ///< Left alone against the rule.
};

/// The seats of `block` that are left with no free neighbour.
Positions left_alone(const Seating& seating, const Block& block) {
  Positions alone;
  for (auto at = block.begin; at < block.end; ++at) {
    if (holds(block.taken, at) || !seating.chairs[at].is_ordinary()) continue;
    const bool has_left = at > block.begin && !holds(block.taken, at - 1);
    const bool has_right = at + 1 < block.end && !holds(block.taken, at + 1);
    if (!has_left && !has_right) alone.push_back(at);
  }
  return alone;
}

Positions gaps_of(const Seating& seating, const Block& block) {
  const bool takes_special =
      std::any_of(block.taken.begin(), block.taken.end(), [&](std::uint32_t position) {
        return !seating.chairs[position].is_ordinary();
      });
  if (takes_special) return {};
  // The last seats: whoever takes all but one leaves one, whichever it is.
  if (block.end - block.begin == block.taken.size() + 1) return {};
  return left_alone(seating, block);
}

/// The blocks that a selection touches, by position.
std::vector<Block> blocks_of(
    const Seating& seating, const PlaceTable& places, const Positions& selection) {
  const auto is_open = [&](std::uint32_t position) {
    return places.is_free(seating.chairs[position].place) || holds(selection, position);
  };
  std::vector<Block> blocks;
  for (const auto position : selection) {
    if (!blocks.empty() && position < blocks.back().end) {
      blocks.back().taken.push_back(position);
      continue;
    }
    Block block{.begin = position, .end = position + 1, .taken = {position}, .gaps = {}};
    while (!seating.chairs[block.begin].is_first && is_open(block.begin - 1)) --block.begin;
    while (!seating.chairs[block.end - 1].is_last && is_open(block.end)) ++block.end;
    blocks.push_back(std::move(block));
  }
  for (auto& block : blocks) block.gaps = gaps_of(seating, block);
  return blocks;
}

/// As many seats side by side as a group has, and how far from it they are.
struct Candidate {
  std::uint64_t distance = 0;   ///< Between the middles, squared, times the square of the size.
  std::uint32_t place_gap = 0;  ///< How far the first places are apart: decides on undrawn maps.
  Place first;
  std::uint32_t position = 0;

  auto operator<=>(const Candidate&) const = default;
};

/// Where a group is. All groups that are compared are of one size, so sums serve as their middles.
struct CoordinateSum {
  std::int64_t x = 0;
  std::int64_t y = 0;

  void add(Point at) {
    x += at.x;
    y += at.y;
  }

  void subtract(Point at) {
    x -= at.x;
    y -= at.y;
  }

  [[nodiscard]] std::uint64_t distance_to(const CoordinateSum& other) const {
    constexpr std::int64_t difference_max = (std::int64_t{1} << 31) - 1;
    const auto dx = std::clamp(x - other.x, -difference_max, difference_max);
    const auto dy = std::clamp(y - other.y, -difference_max, difference_max);
    return static_cast<std::uint64_t>(dx * dx) + static_cast<std::uint64_t>(dy * dy);
  }
};

/// Looks for places for a group that has to move, while `staying` seats are taken.
class Mover {
 public:
  Mover(const SeatMap& map, const PlaceTable& places, const Positions& group, Positions staying)
      : map_(map),
        seating_(map.seating()),
        places_(places),
        staying_(std::move(staying)),
        size_(static_cast<std::uint32_t>(group.size())),
        zones_(map.zones().size()) {
    first_ = chair(group.front()).place;
    for (const auto position : group) {
      first_ = std::min(first_, chair(position).place);
      middle_.add(point(position));
      zones_[chair(position).zone] = true;
    }
  }

  /// The nearest `count` candidates that leave no seat alone, nearest first.
  [[nodiscard]] std::vector<Candidate> nearest(std::size_t count) const {
    std::vector<Candidate> best;
    const auto is_free = [&](const Seating::Chair& chair) {
      return places_.is_free(chair.place)
             && !holds(staying_, seating_.positions[chair.place.value]);
    };
    const auto may_give = [&](const Seating::Chair& chair) {
      return chair.is_ordinary() && zones_[chair.zone];
    };
    for (const auto& segment : seating_.segments) {
      for_each_run(
          seating_, segment, is_free, may_give, [&](const Run& run) { visit(run, count, best); });
    }
    return best;
  }

 private:
  [[nodiscard]] const Seating::Chair& chair(std::uint32_t position) const {
    return seating_.chairs[position];
  }

  [[nodiscard]] Point point(std::uint32_t position) const {
    return map_.seats()[chair(position).place.value].at;
  }

  void visit(const Run& run, std::size_t count, std::vector<Candidate>& best) const {
    if (run.size() < size_) return;
    CoordinateSum sum;
    for (auto at = run.begin; at < run.begin + size_; ++at) sum.add(point(at));
    for (auto first = run.begin;; ++first) {
      if (!leaves_single(seating_, run, first, size_)) keep(first, sum, count, best);
      if (first + size_ == run.end) return;
      sum.subtract(point(first));
      sum.add(point(first + size_));
    }
  }

  void keep(
      std::uint32_t position,
      const CoordinateSum& sum,
      std::size_t count,
      std::vector<Candidate>& best) const {
    const auto place = chair(position).place;
    const Candidate candidate{
        .distance = sum.distance_to(middle_),
        .place_gap = std::max(place, first_).value - std::min(place, first_).value,
        .first = place,
        .position = position};
    if (best.size() == count && best.back() < candidate) return;
    best.insert(std::upper_bound(best.begin(), best.end(), candidate), candidate);
    if (best.size() > count) best.pop_back();
  }

  const SeatMap& map_;
  const Seating& seating_;
  const PlaceTable& places_;
  Positions staying_;
  std::uint32_t size_;
  std::vector<bool> zones_;
  Place first_;
  CoordinateSum middle_;
};

Positions with_window(Positions positions, std::uint32_t first, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    positions.push_back(first + static_cast<std::uint32_t>(i));
  }
  std::sort(positions.begin(), positions.end());
  return positions;
}

std::vector<Place> places_at(const Seating& seating, const Positions& positions) {
  std::vector<Place> result;
  result.reserve(positions.size());
  for (const auto position : positions) result.push_back(seating.chairs[position].place);
  std::sort(result.begin(), result.end());
  return result;
}

/// Each block at fault moves to its own nearest place, one after the other.
std::optional<Positions> move_each(
    const SeatMap& map,
    const PlaceTable& places,
    const std::vector<Block>& blocks,
    Positions settled) {
  for (const auto& block : blocks) {
    if (block.gaps.empty()) continue;
    const auto found = Mover(map, places, block.taken, settled).nearest(1);
    if (found.empty()) return std::nullopt;
    settled = with_window(std::move(settled), found.front().position, block.taken.size());
  }
  return settled;
}

}  // namespace

std::vector<Place> single_gaps(
    const SeatMap& map, const PlaceTable& places, const std::vector<Place>& selection) {
  const auto& seating = map.seating();
  std::vector<Place> gaps;
  for (const auto& block : blocks_of(seating, places, positions_of(seating, selection))) {
    for (const auto position : block.gaps) gaps.push_back(seating.chairs[position].place);
  }
  std::sort(gaps.begin(), gaps.end());
  return gaps;
}

std::vector<std::vector<Place>> legal_alternatives(
    const SeatMap& map, const PlaceTable& places, const std::vector<Place>& selection) {
  const auto& seating = map.seating();
  const auto blocks = blocks_of(seating, places, positions_of(seating, selection));

  Positions staying;
  Positions moving;
  for (const auto& block : blocks) {
    auto& part = block.gaps.empty() ? staying : moving;
    part.insert(part.end(), block.taken.begin(), block.taken.end());
  }
  if (moving.empty()) return {};

  std::vector<std::vector<Place>> alternatives;
  for (const auto& candidate :
       Mover(map, places, moving, staying).nearest(limits::alternatives_max)) {
    alternatives.push_back(
        places_at(seating, with_window(staying, candidate.position, moving.size())));
  }
  if (!alternatives.empty()) return alternatives;

  if (const auto moved = move_each(map, places, blocks, staying)) {
    alternatives.push_back(places_at(seating, *moved));
  }
  return alternatives;
}

}  // namespace cavea::engine
