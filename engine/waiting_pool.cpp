#include "engine/waiting_pool.hpp"

#include "engine/decide_one.hpp"

#include <algorithm>
#include <tuple>

namespace cavea::engine {

namespace {

using Chair = Seating::Chair;

Result<SeatFilter, Refusal> filter_of(const SeatMap& map, const WaitingWish& wish) {
  return filter_of(map, wish.zones, wish.sections, wish.accessible);
}

/// Whether a party wants such a chair. Accessible and companion seats are for those who ask for
/// them; others get them when there is nothing else, but nobody keeps them for that.
bool is_wanted(const Chair& chair, const SeatFilter& filter) {
  if (!filter.accessible && !chair.is_ordinary()) return false;
  return filter.zones.empty() || filter.zones.at(chair.zone);
}

bool is_wanted(const Seating::Segment& segment, const SeatFilter& filter) {
  return filter.sections.empty() || filter.sections.at(segment.section);
}

/// Calls `visit(chair)` for all chairs of segments that the filter lets through.
template <class Visit>
void for_each_chair(const Seating& seating, const SeatFilter& filter, const Visit& visit) {
  for (const auto& segment : seating.segments) {
    if (!is_wanted(segment, filter)) continue;
    for (auto at = segment.begin; at < segment.end; ++at) visit(seating.chairs[at]);
  }
}

/// Finds the block of neighbours that lacks the fewest: all are free or may come free.
class BlockSearch {
 public:
  BlockSearch(
      const Seating& seating,
      const PlaceTable& places,
      const SeatFilter& filter,
      std::uint32_t size)
      : seating_(seating), places_(places), filter_(filter), size_(size) {}

  /// The free places of the best block: the most free, then the nearest, then the lowest.
  std::vector<Place> run() {
    for (const auto& segment : seating_.segments) {
      if (!is_wanted(segment, filter_)) continue;
      for (auto first = segment.begin; first + size_ <= segment.end; ++first) look_at(first);
    }
    std::vector<Place> free;
    if (!best_) return free;
    for (auto at = best_->first; at < best_->first + size_; ++at) {
      const auto place = seating_.chairs[at].place;
      if (places_.is_free(place)) free.push_back(place);
    }
    return free;
  }

 private:
  struct Block {
    std::uint32_t lacking = 0;
    std::uint64_t distance = 0;
    Place lowest;
    std::uint32_t first = 0;

    auto operator<=>(const Block&) const = default;
  };

  void look_at(std::uint32_t first) {
    Block block{.lowest = seating_.chairs[first].place, .first = first};
    bool has_accessible = false;
    for (auto at = first; at < first + size_; ++at) {
      const auto& chair = seating_.chairs[at];
      const auto state = places_.state(chair.place);
      if (!is_wanted(chair, filter_) || state == PlaceState::blocked) return;
      if (state != PlaceState::free) ++block.lacking;
      block.distance += chair.distance;
      has_accessible |= chair.accessible;
    }
    if (block.lacking == size_ || (filter_.accessible && !has_accessible)) return;
    if (!best_ || block < *best_) best_ = block;
  }

  const Seating& seating_;
  const PlaceTable& places_;
  const SeatFilter& filter_;
  std::uint32_t size_;
  std::optional<Block> best_;
};

/// Places of a class are as good as each other: the lowest go first.
class ClassPool final : public WaitingPool {
 public:
  explicit ClassPool(const Offering& offering)
      : places_(offering.places),
        kept_(offering.waiting->kept()),
        left_(offering.places.counts().free + static_cast<std::uint32_t>(kept_.size())),
        next_free_(places_.next_free()),
        next_kept_(kept_.begin()) {}

  [[nodiscard]] bool is_empty() const override { return left_ == 0; }

  [[nodiscard]] std::optional<std::vector<Place>> fit(const WaitingWish& wish) override {
    if (wish.party_size > left_) return std::nullopt;
    return lowest(wish.party_size);
  }

  void give(const WaitingParty& /*party*/, const std::vector<Place>& places) override {
    keep(places);
  }

  void keep(const std::vector<Place>& places) override {
    left_ -= static_cast<std::uint32_t>(places.size());
    ahead_.erase(ahead_.begin(), ahead_.begin() + static_cast<std::ptrdiff_t>(places.size()));
  }

  void give_free(const std::set<Place>& places) override {
    left_ += static_cast<std::uint32_t>(places.size());
    ahead_.insert(ahead_.end(), places.begin(), places.end());
    std::sort(ahead_.begin(), ahead_.end());
  }

  [[nodiscard]] std::vector<Place> closest_to_enough(const WaitingWish& /*wish*/) override {
    return lowest(left_);
  }

 private:
  std::vector<Place> lowest(std::uint32_t count) {
    while (ahead_.size() < count) ahead_.push_back(next());
    return {ahead_.begin(), ahead_.begin() + count};
  }

  Place next() {
    const bool is_kept = next_kept_ != kept_.end() && (!next_free_ || *next_kept_ < *next_free_);
    if (is_kept) return *next_kept_++;
    const auto place = next_free_.value();
    next_free_ = places_.next_free({place.value + 1});
    return place;
  }

  const PlaceTable& places_;
  const std::set<Place>& kept_;
  std::uint32_t left_;
  std::optional<Place> next_free_;
  std::set<Place>::const_iterator next_kept_;
  std::vector<Place> ahead_;  ///< Seen and not taken, lowest first.
};

class SeatPool final : public WaitingPool {
 public:
  explicit SeatPool(const Offering& offering)
      : map_(*offering.definition->performance()->seat_map), places_(offering.places) {
    for (const auto place : offering.waiting->kept()) places_.unblock(place);
  }

  [[nodiscard]] bool is_empty() const override { return places_.counts().free == 0; }

  [[nodiscard]] std::optional<std::vector<Place>> fit(const WaitingWish& wish) override {
    return fitting_seats(map_, places_, wish);
  }

  void give(const WaitingParty& party, const std::vector<Place>& places) override {
    places_.take(party.id, party.person, places, Timestamp{});
  }

  void keep(const std::vector<Place>& places) override {
    for (const auto place : places) places_.block(place);
  }

  void give_free(const std::set<Place>& places) override {
    for (const auto place : places) places_.unblock(place);
  }

  [[nodiscard]] std::vector<Place> closest_to_enough(const WaitingWish& wish) override {
    const auto filter = filter_of(map_, wish);
    if (!filter) return {};
    if (wish.together) {
      return BlockSearch(map_.seating(), places_, *filter, wish.party_size).run();
    }
    return nearest(*filter, wish.party_size - 1);
  }

 private:
  /// At most `count` free seats, accessible ones first for a party that needs one.
  std::vector<Place> nearest(const SeatFilter& filter, std::uint32_t count) const {
    std::vector<Chair> chairs;
    for_each_chair(map_.seating(), filter, [&](const Chair& chair) {
      if (is_wanted(chair, filter) && places_.is_free(chair.place)) chairs.push_back(chair);
    });
    std::sort(chairs.begin(), chairs.end(), [&](const Chair& a, const Chair& b) {
      return std::tuple(filter.accessible && !a.accessible, a.distance, a.place)
             < std::tuple(filter.accessible && !b.accessible, b.distance, b.place);
    });
    if (chairs.size() > count) chairs.resize(count);
    std::vector<Place> places;
    for (const auto& chair : chairs) places.push_back(chair.place);
    return places;
  }

  const SeatMap& map_;
  PlaceTable places_;  ///< A copy: kept places are blocked in it.
};

}  // namespace

std::unique_ptr<WaitingPool> WaitingPool::of(const Offering& offering) {
  if (offering.definition->klass() != nullptr) return std::make_unique<ClassPool>(offering);
  return std::make_unique<SeatPool>(offering);
}

bool is_of_use(
    const OfferingDefinition& definition,
    const WaitingWish& wish,
    const std::vector<Place>& places) {
  const auto* performance = definition.performance();
  if (performance == nullptr) return true;
  const auto& map = *performance->seat_map;
  const auto filter = filter_of(map, wish);
  if (!filter) return false;
  return std::any_of(places.begin(), places.end(), [&](Place place) {
    const auto& seat = map.seat(place);
    const bool is_special = seat.traits.accessible || seat.traits.companion;
    if (is_special && !wish.accessible) return false;
    const auto section = map.rows()[seat.row].section;
    return (filter->zones.empty() || filter->zones.at(seat.zone))
           && (filter->sections.empty() || filter->sections.at(section));
  });
}

std::optional<std::vector<Place>> fitting_seats(
    const SeatMap& map, const PlaceTable& places, const WaitingWish& wish) {
  if (places.counts().free < wish.party_size) return std::nullopt;
  const auto filter = filter_of(map, wish);
  if (!filter) return std::nullopt;
  const auto search = wish.together ? best_neighbours : best_available;
  return search(map, places, wish.party_size, *filter);
}

std::uint32_t largest_party(const OfferingDefinition& definition, const WaitingWish& wish) {
  const auto* performance = definition.performance();
  if (performance == nullptr) return definition.klass()->capacity;
  const auto& map = *performance->seat_map;
  const auto filter = filter_of(map, wish);
  if (!filter) return 0;
  const auto may_sit = [&](const Chair& chair) {
    if (wish.together && !is_wanted(chair, *filter)) return false;
    return filter->zones.empty() || filter->zones.at(chair.zone);
  };
  std::uint32_t together = 0;
  std::uint32_t all = 0;
  bool has_accessible = false;
  for (const auto& segment : map.seating().segments) {
    if (!is_wanted(segment, *filter)) continue;
    std::uint32_t run = 0;
    bool has_accessible_in_run = false;
    for (auto at = segment.begin; at < segment.end; ++at) {
      const auto& chair = map.seating().chairs[at];
      const bool sits = may_sit(chair);
      run = sits ? run + 1 : 0;
      has_accessible_in_run = sits && (has_accessible_in_run || chair.accessible);
      all += sits ? 1 : 0;
      has_accessible |= has_accessible_in_run;
      if (!wish.accessible || has_accessible_in_run) together = std::max(together, run);
    }
  }
  if (wish.together) return together;
  return wish.accessible && !has_accessible ? 0 : all;
}

}  // namespace cavea::engine
