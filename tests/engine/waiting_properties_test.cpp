#include "engine/limits.hpp"
#include "engine/waiting_pool.hpp"
#include "tests/engine/sample_offerings.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <set>

namespace cavea::engine::testing {

namespace {

/// Random people who reserve, wait, leave and give back, with a look from outside at whether the
/// rule is kept: first come first of those that it suffices for, nobody passed over for ever.
class Crowd {
 public:
  Crowd(std::uint64_t seed, DefinitionRef definition)
      : random_(seed), offering_(sample_offering(std::move(definition))) {}

  void step() {
    now_.ms += static_cast<std::int64_t>(below(20'000));
    expire_what_is_due();
    carry_out(any_command());
  }

  /// The events alone lead to the same state.
  void replay() const {
    auto again = sample_offering(first_);
    for (const auto& event : history_) apply(again, event);
    CHECK(same_state(again, offering_));
  }

  [[nodiscard]] std::size_t granted() const { return granted_; }

  [[nodiscard]] std::size_t kept() const { return kept_; }

 private:
  /// A party as the test sees it: who was there when it came, and who was served before it.
  struct Seen {
    WaitingWish wish;
    std::uint64_t order = 0;
    std::size_t ahead = 0;
    std::size_t overtaken_by = 0;
  };

  std::uint64_t below(std::uint64_t n) { return random_() % n; }

  [[nodiscard]] bool is_class() const { return offering_.definition->klass() != nullptr; }

  void expire_what_is_due() {
    for (const auto id : std::vector<ReservationId>(live_.begin(), live_.end())) {
      const auto holder = offering_.places.find(id);
      if (holder && holder->is_held && holder->held_until <= now_) carry_out(ExpireHold{id});
    }
  }

  void carry_out(const OfferingCommand& command) {
    const auto decision = decide(offering_, command, now_);
    const auto* events = std::get_if<OfferingEvents>(&decision);
    if (events == nullptr) return;
    for (const auto& event : *events) happen(event, true);
    const auto follows = decide_waiting(offering_, *events, now_);
    for (const auto& event : follows) note_what_is_kept(event);
    for (const auto& event : follows) happen(event, false);

    to_be_kept_.clear();
    // Nobody who waits fits into what is free, so nobody else can be faster.
    REQUIRE(decide_waiting(offering_, {}, now_).empty());
    check();
  }

  void note_what_is_kept(const OfferingEvent& event) {
    if (const auto* blocked = std::get_if<PlacesBlocked>(&event)) to_be_kept_ = blocked->places;
  }

  void happen(const OfferingEvent& event, bool is_of_command) {
    std::visit([&](const auto& one) { before(one, is_of_command); }, event);
    apply(offering_, event);
    history_.push_back(event);
    std::visit([&](const auto& one) { after(one); }, event);
  }

  template <class Event>
  void before(const Event& /*event*/, bool /*is_of_command*/) {}

  template <class Event>
  void after(const Event& /*event*/) {}

  /// Whoever came earlier and could have the places that are free would have got them.
  void before(const WaitingGranted& event, bool /*is_of_command*/) {
    ++granted_;
    const auto party = waiting_.extract(event.id.low).mapped();
    for (auto& [id, other] : waiting_) {
      if (other.order < party.order) {
        REQUIRE_FALSE(fits(other.wish));
        count_overtaken(other);
      }
    }
  }

  void before(const PlacesHeld& event, bool is_of_command) {
    if (is_of_command) walk_in();
    live_.insert(event.reservation);
  }

  void before(const PlacesSold& event, bool is_of_command) {
    if (is_of_command) walk_in();
    live_.insert(event.reservation);
  }

  void walk_in() {
    for (auto& [id, party] : waiting_) count_overtaken(party);
  }

  /// Of a class every place is of use to everybody, so of those ahead of a party each is passed
  /// over three times at most before it is served, and so is the party itself.
  void count_overtaken(Seen& party) const {
    ++party.overtaken_by;
    if (is_class()) {
      REQUIRE(party.overtaken_by <= limits::passed_over_max * (party.ahead + 1));
    }
  }

  void after(const WaitingJoined& event) {
    waiting_[event.id.low] = {
        .wish = event.wish,
        .order = offering_.version.value,
        .ahead = waiting_.size(),
        .overtaken_by = 0};
  }

  void after(const WaitingLeft& event) { waiting_.erase(event.id.low); }

  void after(const WaitingClosed& /*event*/) { waiting_.clear(); }

  void after(const ReservationCancelled& event) { live_.erase(event.reservation); }

  void after(const HoldExpired& event) { live_.erase(event.reservation); }

  [[nodiscard]] bool fits(const WaitingWish& wish) const {
    if (is_class()) {
      return offering_.places.counts().free >= wish.party_size + to_be_kept_.size();
    }
    auto places = offering_.places;
    for (const auto place : to_be_kept_) places.block(place);
    const auto& map = *offering_.definition->performance()->seat_map;
    return fitting_seats(map, places, wish).has_value();
  }

  void check() {
    offering_.places.check_invariants();
    std::size_t parties = 0;
    std::size_t kept_max = 0;
    std::set<Place> kept;
    if (offering_.waiting) {
      parties = offering_.waiting->size();
      kept = offering_.waiting->kept();
      for (const auto& [wish, party] : offering_.waiting->in_order()) {
        REQUIRE(waiting_.contains(party->id.low));
        REQUIRE(party->passed_over <= limits::passed_over_max);
        if (party->passed_over == limits::passed_over_max) kept_max += wish->party_size - 1;
      }
      REQUIRE_FALSE(offering_.waiting->is_idle());
    }
    REQUIRE(parties == waiting_.size());
    // Never more than who they are kept for can use, and for nobody else.
    REQUIRE(kept.size() <= kept_max);
    for (const auto place : kept) {
      REQUIRE(offering_.places.state(place) == PlaceState::blocked);
    }
    if (now_ >= waiting_times(*offering_.definition).keeps_until) REQUIRE(kept.empty());
    kept_ += kept.size();
  }

  OfferingCommand any_command() {
    const auto choice = below(100);
    if (choice < 30) return any_join();
    if (choice < 34) return any_leave();
    if (choice < 60) return any_hold();
    if (choice < 90 && !live_.empty()) return any_cancellation();
    if (choice < 95) return ConfirmReservation{any_live()};
    if (choice < 97) return BlockPlaces{.seats = {}, .quantity = 1, .reason = "x"};
    if (choice < 99) return UnblockPlaces{.seats = {}, .quantity = 1};
    return MatchWaiting{};
  }

  JoinWaitingList any_join() {
    JoinWaitingList join;
    join.id = {.high = 1, .low = ++last_id_};
    join.user = "waiting" + std::to_string(last_id_);
    join.person = PersonKey::of(join.user);
    join.wish.party_size = static_cast<std::uint32_t>(1 + below(below(4) == 0 ? 6 : 2));
    join.book_at_once = below(2) == 0;
    if (is_class()) return join;
    join.wish.together = below(2) == 0;
    join.wish.accessible = below(8) == 0;
    if (below(3) == 0) join.wish.zones = {below(2) == 0 ? "front" : "back"};
    return join;
  }

  LeaveWaitingList any_leave() {
    if (waiting_.empty()) return {};
    auto at = waiting_.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(below(waiting_.size())));
    return {.id = {.high = 1, .low = at->first}, .person = {}};
  }

  HoldPlaces any_hold() {
    HoldPlaces hold;
    hold.reservation = {.high = 1, .low = ++last_id_};
    hold.user = "walking" + std::to_string(last_id_);
    hold.person = PersonKey::of(hold.user);
    const auto size = static_cast<std::uint32_t>(1 + below(3));
    if (is_class()) {
      hold.claim = Quantity{size};
    } else {
      hold.claim =
          BestAvailable{.party_size = size, .zones = {}, .sections = {}, .accessible = false};
    }
    return hold;
  }

  CancelReservation any_cancellation() {
    CancelReservation cancel;
    cancel.reservation = any_live();
    const auto holder = offering_.places.find(cancel.reservation);
    if (!holder || below(2) == 0) return cancel;
    if (is_class()) {
      cancel.quantity = 1;
      return cancel;
    }
    const auto& map = *offering_.definition->performance()->seat_map;
    cancel.seats = {map.label(holder->places.at(below(holder->places.size())))};
    return cancel;
  }

  ReservationId any_live() {
    if (live_.empty()) return {};
    auto at = live_.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(below(live_.size())));
    return *at;
  }

  std::mt19937_64 random_;
  Offering offering_;
  DefinitionRef first_ = offering_.definition;
  Timestamp now_ = sample_now;
  OfferingEvents history_;
  std::map<std::uint64_t, Seen> waiting_;
  std::set<ReservationId> live_;
  std::vector<Place> to_be_kept_;  ///< At the end of the change at hand.
  std::uint64_t last_id_ = 0;
  std::size_t granted_ = 0;
  std::size_t kept_ = 0;
};

}  // namespace

TEST_CASE("whoever waits is served in order, by what suffices, and is not passed over for ever") {
  std::size_t granted = 0;
  std::size_t kept = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    INFO("seed ", seed);
    const Money price{seed % 4 < 2 ? 0 : 500};
    Crowd crowd(
        seed,
        seed % 2 == 0 ? sample_performance(sample_house(60), price) : sample_class(12, price));
    for (int i = 0; i < 700; ++i) crowd.step();
    crowd.replay();
    granted += crowd.granted();
    kept += crowd.kept();
  }
  MESSAGE("seeds 1 to 200, granted: ", granted, ", places kept, summed over all steps: ", kept);
  CHECK(granted > 1'000);
  CHECK(kept > 1'000);
}

TEST_CASE("a party of four is served though single people never stop coming") {
  auto offering = sample_offering(sample_class(10));
  const auto carry_out = [&](const OfferingCommand& command) {
    const auto decision = decide(offering, command, sample_now);
    const auto* events = std::get_if<OfferingEvents>(&decision);
    if (events == nullptr) return;
    for (const auto& event : *events) apply(offering, event);
    for (const auto& event : decide_waiting(offering, *events, sample_now)) apply(offering, event);
  };
  for (std::uint64_t i = 0; i < 10; ++i) {
    carry_out(HoldPlaces{
        .reservation = {.high = 1, .low = 100 + i},
        .user = "u",
        .person = {100 + i},
        .claim = Quantity{1}});
  }
  const WaitingId party{.high = 1, .low = 1};
  carry_out(JoinWaitingList{
      .id = party,
      .user = "four",
      .person = {1},
      .wish = {.party_size = 4, .zones = {}, .sections = {}},
      .book_at_once = true,
      .any_of = {}});
  std::size_t given_back = 0;
  while (!offering.places.has(party)) {
    REQUIRE(given_back < 10);
    carry_out(JoinWaitingList{
        .id = {.high = 1, .low = 1'000 + given_back},
        .user = "one",
        .person = {1'000 + given_back},
        .wish = {.party_size = 1, .zones = {}, .sections = {}},
        .book_at_once = true,
        .any_of = {}});
    carry_out(CancelReservation{
        .reservation = {.high = 1, .low = 100 + given_back},
        .seats = {},
        .quantity = 0,
        .person = {}});
    ++given_back;
  }
  // Three single people pass, then four places are kept.
  CHECK(given_back == 7);
}

}  // namespace cavea::engine::testing
