#include "engine/assert.hpp"
#include "engine/seat_search.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace cavea::engine {
namespace {

/// First groups that a split tries, nearest to the focal point first. More would hardly find better
/// seats.
constexpr std::size_t anchors_max = 32;

/// Looks at blocks that one split may take (anchors x groups x blocks): about two milliseconds.
constexpr std::size_t looks_max = 100'000;

/// Both ends and the middle of neighbours: close enough to a row to say how far it is.
using Marks = std::array<Point, 3>;

/// A run of at least two seats in which one group may sit.
struct PartyBlock {
  Run run;
  std::uint64_t nearest = 0;  ///< The smallest distance of its chairs to the focal point.
  Place first;
  std::uint16_t section = 0;
  bool has_accessible = false;
  Marks marks{};
};

Marks marks_of(const SeatSearch& search, std::uint32_t begin, std::uint32_t size) {
  return {search.point(begin), search.point(begin + size / 2), search.point(begin + size - 1)};
}

std::uint64_t distance_between(const Marks& a, const Marks& b) {
  auto nearest = UINT64_MAX;
  for (const auto from : a) {
    for (const auto to : b) nearest = std::min(nearest, squared_distance(from, to));
  }
  return nearest;
}

std::vector<PartyBlock> blocks_of(const SeatSearch& search) {
  std::vector<PartyBlock> blocks;
  for (const auto& segment : search.seating().segments) {
    if (!search.may_give(segment)) continue;
    search.for_each_run_of(segment, [&](const Run& run) {
      if (run.size() < 2) return;
      PartyBlock block{
          .run = run,
          .nearest = UINT64_MAX,
          .first = search.chair(run.begin).place,
          .section = segment.section,
          .marks = marks_of(search, run.begin, run.size())};
      for (auto at = run.begin; at < run.end; ++at) {
        block.nearest = std::min(block.nearest, search.chair(at).distance);
        block.has_accessible |= search.chair(at).accessible;
      }
      blocks.push_back(block);
    });
  }
  std::sort(blocks.begin(), blocks.end(), [](const PartyBlock& a, const PartyBlock& b) {
    return std::tie(a.nearest, a.first) < std::tie(b.nearest, b.first);
  });
  return blocks;
}

/// How many blocks there are of each length; lengths beyond the party count as the party.
class LengthCounts {
 public:
  explicit LengthCounts(std::uint32_t length_max) : counts_(length_max + 1, 0) {}

  void add(std::uint32_t length) { ++counts_[capped(length)]; }

  void remove(std::uint32_t length) { --counts_[capped(length)]; }

  [[nodiscard]] bool has(std::uint32_t length) const { return counts_[length] != 0; }

  /// Seats in the `blocks` longest blocks.
  [[nodiscard]] std::uint64_t seats_in_longest(std::uint32_t blocks) const {
    std::uint64_t seats = 0;
    for (auto length = counts_.size() - 1; length >= 2 && blocks > 0; --length) {
      const auto used = std::min(blocks, counts_[length]);
      seats += std::uint64_t{used} * length;
      blocks -= used;
    }
    return seats;
  }

  /// The fewest blocks that together have `seats` seats; nothing when all of them have fewer.
  [[nodiscard]] std::optional<std::uint32_t> blocks_for(std::uint32_t seats) const {
    std::uint64_t found = 0;
    std::uint32_t blocks = 0;
    for (auto length = counts_.size() - 1; length >= 2; --length) {
      for (std::uint32_t i = 0; i < counts_[length]; ++i) {
        if (found >= seats) return blocks;
        found += length;
        ++blocks;
      }
    }
    return found >= seats ? std::optional(blocks) : std::nullopt;
  }

 private:
  [[nodiscard]] std::size_t capped(std::uint32_t length) const {
    return std::min<std::size_t>(length, counts_.size() - 1);
  }

  std::vector<std::uint32_t> counts_;
};

/// A way to split the party; less is better.
struct Split {
  std::uint32_t other_sections = 0;  ///< Groups outside the section of the first.
  std::uint64_t spread = 0;          ///< Sum of squared distances of the others to the first.
  std::vector<Window> groups;

  [[nodiscard]] auto key() const { return std::tie(other_sections, spread); }
};

/// How far a block is from where the first group sits; less is better.
struct Remoteness {
  bool is_other_section = false;
  std::uint64_t distance = 0;   ///< Between the seats nearest to each other, squared.
  std::uint64_t nearest = 0;    ///< To the focal point.
  std::uint32_t place_gap = 0;  ///< Decides on maps that are not drawn.
  Place first;

  auto operator<=>(const Remoteness&) const = default;
};

class Splitter {
 public:
  Splitter(const SeatSearch& search, std::uint32_t party_size)
      : search_(search), party_size_(party_size), blocks_(blocks_of(search)), lengths_(party_size) {
    for (const auto& block : blocks_) lengths_.add(block.run.size());
  }

  [[nodiscard]] std::optional<std::vector<Window>> best() {
    const auto [anchors, groups] = find_anchors();
    if (anchors.empty()) return std::nullopt;

    const auto affordable = looks_max / (blocks_.size() * groups);
    const auto tried = std::min(anchors.size(), std::max<std::size_t>(affordable, 1));
    std::optional<Split> best;
    for (std::size_t i = 0; i < tried; ++i) {
      auto split = split_from(anchors[i], groups);
      if (!best || split.key() < best->key()) best = std::move(split);
    }
    return std::move(best->groups);
  }

 private:
  /// The nearest blocks from which the fewest groups suffice, and how many groups that is.
  [[nodiscard]] std::pair<std::vector<std::size_t>, std::uint32_t> find_anchors() {
    const auto needed = groups_by_length();
    const auto groups_from = [&](const PartyBlock& block) {
      if (search_.needs_accessible && !block.has_accessible) return UINT32_MAX;
      return needed[std::min(block.run.size(), party_size_)];
    };
    auto fewest = UINT32_MAX;
    for (const auto& block : blocks_) fewest = std::min(fewest, groups_from(block));

    std::vector<std::size_t> anchors;
    if (fewest == UINT32_MAX) return {anchors, fewest};
    for (std::size_t i = 0; i < blocks_.size() && anchors.size() < anchors_max; ++i) {
      if (groups_from(blocks_[i]) == fewest) anchors.push_back(i);
    }
    return {anchors, fewest};
  }

  /// By the length of the first group's block: how many groups the party needs then; UINT32_MAX
  /// where it cannot be split without leaving somebody alone.
  [[nodiscard]] std::vector<std::uint32_t> groups_by_length() {
    std::vector<std::uint32_t> needed(party_size_ + 1, UINT32_MAX);
    for (std::uint32_t length = 2; length < party_size_; ++length) {
      if (!lengths_.has(length)) continue;
      lengths_.remove(length);
      const auto others = lengths_.blocks_for(party_size_ - length);
      lengths_.add(length);
      if (others && 2 * (*others + 1) <= party_size_) needed[length] = *others + 1;
    }
    return needed;
  }

  /// The first group takes what it can of its block, each next one the nearest block that is long
  /// enough for the rest to work out, with at least two people left for every group to come.
  [[nodiscard]] Split split_from(std::size_t anchor, std::uint32_t groups) {
    Split split;
    auto people = party_size_;
    auto size = std::min(blocks_[anchor].run.size(), people - 2 * (groups - 1));
    const auto first = best_window_in(search_, blocks_[anchor].run, size, search_.needs_accessible);
    CAVEA_ASSERT(first.has_value());
    split.groups.push_back(*first);
    people -= size;

    const auto marks = marks_of(search_, first->position, first->size);
    const auto& middle = marks[1];
    std::vector<std::size_t> used{anchor};
    lengths_.remove(blocks_[anchor].run.size());
    for (auto left = groups - 1; left > 0; --left) {
      const auto others = lengths_.seats_in_longest(left - 1);
      const auto length_min = people > others + 2 ? people - others : 2;
      const auto [block, remoteness] = nearest_block(anchor, marks, length_min, used);
      size = std::min(blocks_[block].run.size(), people - 2 * (left - 1));
      const auto window = best_window_in(search_, blocks_[block].run, size, false, &middle);
      CAVEA_ASSERT(window.has_value());
      split.groups.push_back(*window);
      split.other_sections += remoteness.is_other_section ? 1 : 0;
      split.spread += remoteness.distance;
      people -= size;
      used.push_back(block);
      lengths_.remove(blocks_[block].run.size());
    }
    CAVEA_ASSERT(people == 0);
    for (const auto block : used) lengths_.add(blocks_[block].run.size());
    return split;
  }

  [[nodiscard]] std::pair<std::size_t, Remoteness> nearest_block(
      std::size_t anchor,
      const Marks& marks,
      std::uint64_t length_min,
      const std::vector<std::size_t>& used) const {
    std::optional<std::pair<std::size_t, Remoteness>> nearest;
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      if (blocks_[i].run.size() < length_min) continue;
      const auto candidate = remoteness(blocks_[i], blocks_[anchor], marks);
      if (nearest && !(candidate < nearest->second)) continue;
      if (std::find(used.begin(), used.end(), i) != used.end()) continue;
      nearest = {i, candidate};
    }
    CAVEA_ASSERT(nearest.has_value());
    return *nearest;
  }

  [[nodiscard]] static Remoteness remoteness(
      const PartyBlock& block, const PartyBlock& anchor, const Marks& marks) {
    return {
        .is_other_section = block.section != anchor.section,
        .distance = distance_between(block.marks, marks),
        .nearest = block.nearest,
        .place_gap =
            std::max(block.first, anchor.first).value - std::min(block.first, anchor.first).value,
        .first = block.first};
  }

  const SeatSearch& search_;
  std::uint32_t party_size_;
  std::vector<PartyBlock> blocks_;
  LengthCounts lengths_;
};

}  // namespace

std::optional<std::vector<Window>> split_party(const SeatSearch& search, std::uint32_t party_size) {
  // Two groups of two are the smallest split that leaves nobody alone.
  if (party_size < 4) return std::nullopt;
  return Splitter(search, party_size).best();
}

}  // namespace cavea::engine
