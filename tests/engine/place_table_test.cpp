#include "engine/place_table.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>

namespace cavea::engine::testing {

namespace {

struct Taken {
  PersonKey person;
  Timestamp until;
  std::vector<Place> places;
};

/// The same as a `PlaceTable`, as simple as can be.
struct Model {
  std::vector<PlaceState> states;
  std::map<std::uint64_t, Taken> reservations;

  [[nodiscard]] std::vector<Place> in_state(PlaceState state) const {
    std::vector<Place> places;
    for (std::uint32_t i = 0; i < states.size(); ++i) {
      if (states[i] == state) places.push_back({i});
    }
    return places;
  }

  void set(const std::vector<Place>& places, PlaceState state) {
    for (const auto place : places) states[place.value] = state;
  }
};

/// Does the same random things to both and compares all that can be asked.
class Comparison {
 public:
  Comparison(std::uint64_t seed, std::uint32_t size)
      : random_(seed),
        table_(size),
        model_{.states = std::vector<PlaceState>(size), .reservations = {}} {
    if (seed % 2 == 0) table_.reserve_all();
  }

  void step() {
    const auto choice = below(100);
    if (choice < 45) return take();
    if (choice < 55) return confirm();
    if (choice < 70) return release();
    if (choice < 80) return release_some();
    if (choice < 90) return toggle(PlaceState::blocked);
    if (choice < 97) return toggle(PlaceState::retired);
    resize();
  }

  void compare() const {
    table_.check_invariants();
    PlaceCounts counts;
    std::map<std::uint64_t, std::uint32_t> persons;
    for (std::uint32_t i = 0; i < model_.states.size(); ++i) {
      REQUIRE(table_.state({i}) == model_.states[i]);
      REQUIRE(table_.is_free({i}) == (model_.states[i] == PlaceState::free));
      counts.free += model_.states[i] == PlaceState::free ? 1 : 0;
      counts.held += model_.states[i] == PlaceState::held ? 1 : 0;
      counts.sold += model_.states[i] == PlaceState::sold ? 1 : 0;
      counts.blocked += model_.states[i] == PlaceState::blocked ? 1 : 0;
    }
    REQUIRE(table_.counts() == counts);
    for (const auto& [low, taken] : model_.reservations) {
      compare_reservation(low, taken);
      persons[taken.person.value] += static_cast<std::uint32_t>(taken.places.size());
    }
    for (const auto& [person, count] : persons) REQUIRE(table_.places_of({person}) == count);
    compare_searches();
  }

 private:
  std::uint64_t below(std::uint64_t n) { return random_() % n; }

  void compare_reservation(std::uint64_t low, const Taken& taken) const {
    const auto holder = table_.find({.high = 99, .low = low});
    REQUIRE(holder.has_value());
    REQUIRE(holder->person == taken.person);
    REQUIRE(holder->places == taken.places);
    REQUIRE(holder->is_held == (taken.until != Timestamp{}));
    REQUIRE(holder->held_until == taken.until);
    REQUIRE(table_.person_of({.high = 0, .low = low}) == taken.person);
    for (const auto place : taken.places) REQUIRE(table_.reservation_at(place) == low);
  }

  void compare_searches() const {
    const auto free = model_.in_state(PlaceState::free);
    std::vector<Place> found;
    for (auto at = table_.next_free(); at; at = table_.next_free({at->value + 1})) {
      found.push_back(*at);
    }
    REQUIRE(found == free);

    std::vector<Place> backwards;
    for (auto at = table_.previous_free({table_.size()}); at;) {
      backwards.push_back(*at);
      at = at->value == 0 ? std::nullopt : table_.previous_free({at->value - 1});
    }
    std::reverse(backwards.begin(), backwards.end());
    REQUIRE(backwards == free);

    std::map<std::uint64_t, Place> firsts;
    std::optional<Place> last;
    for (const auto& [low, taken] : model_.reservations) {
      firsts[low] = taken.places.front();
      for (const auto place : taken.places) last = std::max(last.value_or(place), place);
    }
    REQUIRE(table_.last_taken() == last);
    std::map<std::uint64_t, Place> walked;
    for (auto at = table_.next_reservation(); at;
         at = table_.next_reservation({at->place.value + 1})) {
      walked[at->low] = at->place;
    }
    REQUIRE(walked == firsts);
    REQUIRE(!table_.has({.high = 0, .low = next_low_ + 1}));
  }

  void take() {
    auto free = model_.in_state(PlaceState::free);
    std::shuffle(free.begin(), free.end(), random_);
    free.resize(std::min<std::size_t>(free.size(), 1 + below(6)));
    if (free.empty()) return;
    const bool is_held = below(2) == 0;
    const Taken taken{
        .person = {1 + below(5)},
        .until = {is_held ? static_cast<std::int64_t>(1000 * (1 + below(9))) : 0},
        .places = free};
    const auto low = ++next_low_;
    table_.take({.high = 7, .low = low}, taken.person, taken.places, taken.until);
    model_.set(free, is_held ? PlaceState::held : PlaceState::sold);
    model_.reservations[low] = taken;
  }

  std::map<std::uint64_t, Taken>::iterator any() {
    auto at = model_.reservations.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(below(model_.reservations.size())));
    return at;
  }

  void confirm() {
    if (model_.reservations.empty()) return;
    const auto at = any();
    if (at->second.until == Timestamp{}) return;
    table_.confirm({.high = 0, .low = at->first});
    at->second.until = {};
    model_.set(at->second.places, PlaceState::sold);
  }

  void release() {
    if (model_.reservations.empty()) return;
    const auto at = any();
    table_.release({.high = 0, .low = at->first});
    model_.set(at->second.places, PlaceState::free);
    model_.reservations.erase(at);
  }

  void release_some() {
    if (model_.reservations.empty()) return;
    const auto at = any();
    auto& places = at->second.places;
    std::vector<Place> given;
    std::vector<Place> kept;
    for (const auto place : places) (below(2) == 0 ? given : kept).push_back(place);
    if (given.empty() || kept.empty()) return;
    std::shuffle(given.begin(), given.end(), random_);
    table_.release({.high = 0, .low = at->first}, given);
    model_.set(given, PlaceState::free);
    places = kept;
  }

  void toggle(PlaceState state) {
    const Place place{static_cast<std::uint32_t>(below(model_.states.size()))};
    auto& now = model_.states[place.value];
    const bool is_block = state == PlaceState::blocked;
    if (now == PlaceState::free) {
      is_block ? table_.block(place) : table_.retire(place);
      now = state;
    } else if (now == state) {
      is_block ? table_.unblock(place) : table_.restore(place);
      now = PlaceState::free;
    }
  }

  void resize() {
    auto size = static_cast<std::uint32_t>(1 + below(2 * model_.states.size()));
    while (size < model_.states.size()) {
      if (model_.states.back() != PlaceState::free) break;
      model_.states.pop_back();
    }
    size = std::max<std::uint32_t>(size, static_cast<std::uint32_t>(model_.states.size()));
    size = std::min<std::uint32_t>(size, 12'000);
    if (size < model_.states.size()) return;
    model_.states.resize(size, PlaceState::free);
    table_.resize(size);
  }

  std::mt19937_64 random_;
  PlaceTable table_;
  Model model_;
  std::uint64_t next_low_ = 0;
};

}  // namespace

TEST_CASE("the table does what a simple model does") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    INFO("seed ", seed);
    Comparison comparison(seed, 1 + static_cast<std::uint32_t>(seed * seed % 97));
    for (int i = 0; i < 1'500; ++i) {
      comparison.step();
      if (i % 10 == 0) comparison.compare();
    }
    comparison.compare();
  }
}

TEST_CASE("the table does what a simple model does over several chunks") {
  for (std::uint64_t seed = 101; seed <= 104; ++seed) {
    INFO("seed ", seed);
    Comparison comparison(seed, 9'000);
    for (int i = 0; i < 2'000; ++i) comparison.step();
    comparison.compare();
  }
}

TEST_CASE("reservations are found whatever their ids look like") {
  // Numbered, spread over the high bits, and full to the last place.
  for (const std::uint64_t factor : {1ULL, 1ULL << 40, 0x9e3779b97f4a7c15ULL}) {
    PlaceTable places(20'000);
    for (std::uint32_t i = 0; i < 20'000; ++i) {
      places.take({.high = 1, .low = i * factor}, {1}, {Place{i}}, {});
    }
    places.check_invariants();
    for (std::uint32_t i = 0; i < 20'000; i += 3) places.release({.high = 1, .low = i * factor});
    places.check_invariants();
    for (std::uint32_t i = 0; i < 20'000; ++i) {
      REQUIRE(places.has({.high = 1, .low = i * factor}) == (i % 3 != 0));
    }
    CHECK(places.memory_bytes() <= 20'000 * 32);
  }
}

TEST_CASE("two tables are equal when their places are, however they came to be") {
  PlaceTable a(10'000);
  PlaceTable b(10'000);
  b.reserve_all();
  CHECK(a == b);
  a.take({.high = 1, .low = 5}, {7}, {Place{3}, Place{1}}, {});
  CHECK_FALSE(a == b);
  b.take({.high = 1, .low = 6}, {7}, {Place{9'999}}, {});
  b.release({.high = 1, .low = 6});
  b.take({.high = 2, .low = 5}, {7}, {Place{3}, Place{2}, Place{1}}, {9'000});
  b.release({.high = 2, .low = 5}, {Place{2}});
  CHECK_FALSE(a == b);
  b.confirm({.high = 2, .low = 5});
  CHECK(a == b);
}

}  // namespace cavea::engine::testing
