#include "engine/decide_one.hpp"
#include "engine/limits.hpp"
#include "engine/waiting_pool.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

// Who of those who wait gets places: see `decide_waiting`.

namespace cavea::engine {

namespace {

/// Whether the event can make room for who waits.
bool makes_room(const OfferingEvent& event) {
  if (const auto* joined = std::get_if<WaitingJoined>(&event)) {
    // Who waits for several offerings joins where there may be room.
    return joined->any_of && joined->any_of->rank > 0;
  }
  return std::holds_alternative<HoldExpired>(event)
         || std::holds_alternative<PlacesGivenBack>(event)
         || std::holds_alternative<ReservationCancelled>(event)
         || std::holds_alternative<PlacesUnblocked>(event)
         || std::holds_alternative<OfferingChanged>(event)
         || std::holds_alternative<OfferingCancelled>(event)
         || std::holds_alternative<WaitingLeft>(event);
}

std::vector<Place> places_of(const std::vector<ReservationLine>& lines) {
  std::vector<Place> places;
  places.reserve(lines.size());
  for (const auto& line : lines) places.push_back(line.place);
  return places;
}

/// Somebody who did not wait and took places.
struct WalkIn {
  PersonKey person;
  std::vector<Place> places;
};

std::optional<WalkIn> walk_in(const OfferingEvent& event) {
  if (const auto* held = std::get_if<PlacesHeld>(&event)) {
    return WalkIn{held->person, places_of(held->lines)};
  }
  if (const auto* sold = std::get_if<PlacesSold>(&event)) {
    return WalkIn{sold->person, places_of(sold->lines)};
  }
  return std::nullopt;
}

/// One look at a waiting list: first come first, by what suffices.
class Pass {
 public:
  Pass(const Offering& offering, Timestamp now)
      : offering_(offering),
        definition_(*offering.definition),
        keeps_(now < waiting_times(*offering.definition).keeps_until),
        now_(now) {}

  /// Somebody came later and took places. True when places are to be kept for who was passed over.
  bool pass_by(const WalkIn& later) {
    WaitingList::Found first;
    for (const auto& [wish, queue] : offering_.waiting->queues()) {
      const auto& [order, party] = *queue.begin();
      const bool is_earlier = first.party == nullptr || order < first.party->order;
      if (is_earlier && is_of_use(definition_, wish, later.places)) first = {&wish, &party};
    }
    return first.party != nullptr && count(*first.party, later.person) && is_entitled(*first.party);
  }

  /// Gives places to everybody for whom they suffice.
  void match() {
    pool_ = WaitingPool::of(offering_);
    for (const auto& [wish, queue] : offering_.waiting->queues()) {
      waiting_.emplace(queue.begin()->first, Cursor{&wish, queue.begin(), queue.end()});
    }
    // Whom places are to be kept for from now on has a better right to what is left than others.
    do {
      must_begin_again_ = false;
      stuck_.clear();
      pool_->give_free(std::exchange(kept_, {}));
      serve_in_order();
    } while (must_begin_again_);
  }

  /// What came of it. Without `match`, what was kept stays so.
  OfferingEvents events() && {
    OfferingEvents all;
    if (pool_) {
      if (auto places = difference(offering_.waiting->kept(), kept_); !places.empty()) {
        all.push_back(PlacesUnblocked{.places = std::move(places)});
      }
    }
    std::move(events_.begin(), events_.end(), std::back_inserter(all));
    for (const auto& [order, passed] : passed_over_) all.push_back(passed);
    if (auto places = difference(kept_, offering_.waiting->kept()); !places.empty()) {
      all.push_back(
          PlacesBlocked{.places = std::move(places), .reason = std::string(kept_for_waiting)});
    }
    return all;
  }

 private:
  struct Cursor {
    const WaitingWish* wish = nullptr;
    WaitingList::Queue::const_iterator next;
    WaitingList::Queue::const_iterator end;
  };

  static std::vector<Place> difference(const std::set<Place>& a, const std::set<Place>& b) {
    std::vector<Place> result;
    std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(result));
    return result;
  }

  void serve_in_order() {
    auto heads = std::exchange(waiting_, {});
    while (!heads.empty() && !pool_->is_empty() && !must_begin_again_) {
      auto head = heads.extract(heads.begin());
      auto& cursor = head.mapped();
      if (!serve({cursor.wish, &cursor.next->second})) {
        waiting_.insert(std::move(head));
        continue;
      }
      if (++cursor.next == cursor.end) continue;
      head.key() = cursor.next->first;
      heads.insert(std::move(head));
    }
    waiting_.merge(heads);
  }

  /// False when there is nothing for it, nor for anybody with the same wish.
  bool serve(const WaitingList::Found& next) {
    const auto& party = *next.party;
    const auto places = pool_->fit(*next.wish);
    if (!places) {
      stuck_.emplace(party.order, next);
      if (is_entitled(party)) keep_for(next);
      return false;
    }
    if (refuse_by_person_limit(offering_, party.person, places->size())) {
      events_.push_back(WaitingLeft{.id = party.id, .end = WaitingEnd::person_limit});
      return true;
    }
    grant(party, *places);
    count_for_first(*places, party.person);
    return true;
  }

  void grant(const WaitingParty& party, const std::vector<Place>& places) {
    pool_->give(party, places);
    events_.push_back(WaitingGranted{.id = party.id});
    auto lines = lines_for(definition_, places);
    const bool is_free_of_charge =
        std::all_of(lines.begin(), lines.end(), [](const auto& l) { return l.price.minor == 0; });
    // Whose diary has to be asked is offered the places first (`offers_to_accept`).
    if (party.book_at_once && is_free_of_charge && !definition_.refuse_overlaps) {
      events_.push_back(PlacesSold{
          .reservation = party.id,
          .user = party.user,
          .person = party.person,
          .lines = std::move(lines),
          .currency = definition_.currency});
      return;
    }
    const auto lasts = std::max(limits::offer_time, definition_.hold_time);
    events_.push_back(PlacesHeld{
        .reservation = party.id,
        .user = party.user,
        .person = party.person,
        .lines = std::move(lines),
        .until = whole_second(now_ + lasts),
        .currency = definition_.currency});
  }

  void keep_for(const WaitingList::Found& found) {
    const auto places = pool_->closest_to_enough(*found.wish);
    pool_->keep(places);
    kept_.insert(places.begin(), places.end());
  }

  /// Somebody who came later has got `places`: of those who were there and could have used them,
  /// it counts for the first alone. Nobody is passed over for long, and nothing is kept for many.
  void count_for_first(const std::vector<Place>& places, PersonKey later) {
    for (const auto& [order, found] : stuck_) {
      if (!is_of_use(definition_, *found.wish, places)) continue;
      must_begin_again_ = count(*found.party, later) && is_entitled(*found.party);
      return;
    }
  }

  /// False when it is not counted: places are kept for the party already, or it is its own person
  /// who was faster.
  bool count(const WaitingParty& party, PersonKey later) {
    const auto times = times_passed_over(party);
    if (times >= limits::passed_over_max || party.person == later) return false;
    passed_over_[party.order] = {party.id, times + 1};
    return true;
  }

  [[nodiscard]] std::uint32_t times_passed_over(const WaitingParty& party) const {
    const auto counted = passed_over_.find(party.order);
    return counted == passed_over_.end() ? party.passed_over : counted->second.times;
  }

  [[nodiscard]] bool is_entitled(const WaitingParty& party) const {
    return keeps_ && times_passed_over(party) >= limits::passed_over_max;
  }

  const Offering& offering_;
  const OfferingDefinition& definition_;
  const bool keeps_;
  const Timestamp now_;
  std::unique_ptr<WaitingPool> pool_;
  OfferingEvents events_;
  bool must_begin_again_ = false;
  std::map<std::uint64_t, Cursor> waiting_;            ///< The first of each queue, by order.
  std::map<std::uint64_t, WaitingList::Found> stuck_;  ///< There was nothing for them; by order.
  std::map<std::uint64_t, WaitingPassedOver> passed_over_;
  std::set<Place> kept_;
};

OfferingEvents give_up(const Offering& offering, WaitingEnd end) {
  auto events = close_waiting(offering, end);
  const auto& kept = offering.waiting->kept();
  if (!kept.empty()) events.push_back(PlacesUnblocked{.places = {kept.begin(), kept.end()}});
  return events;
}

}  // namespace

WaitingTimes waiting_times(const OfferingDefinition& definition) {
  const auto closes_at = std::min(definition.sale_closes_at, definition.ends_at);
  return {
      .keeps_until = std::min(definition.starts_at, closes_at) - limits::kept_until_before,
      .closes_at = closes_at};
}

OfferingEvents decide_waiting(
    const Offering& offering, const OfferingEvents& happened, Timestamp now) {
  if (!offering.waiting) return {};
  if (offering.status != OfferingStatus::scheduled) {
    return give_up(offering, WaitingEnd::offering_cancelled);
  }
  if (now >= waiting_times(*offering.definition).closes_at) {
    return give_up(offering, WaitingEnd::sale_closed);
  }
  Pass pass(offering, now);
  bool is_to_match = happened.empty() || std::any_of(happened.begin(), happened.end(), makes_room);
  if (offering.waiting->size() > 0) {
    for (const auto& event : happened) {
      if (const auto later = walk_in(event)) is_to_match |= pass.pass_by(*later);
    }
  }
  if (is_to_match) pass.match();
  return std::move(pass).events();
}

}  // namespace cavea::engine
