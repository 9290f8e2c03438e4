#include "engine/seat_map_rules.hpp"
#include "tests/engine/sample_offerings.hpp"
#include "tests/engine/scenario_answer.hpp"

#include <doctest/doctest.h>

#include <iterator>
#include <map>
#include <random>

namespace cavea::engine::testing {

namespace {

/// Random commands on one offering, with a look from outside at what the events say.
class Run {
 public:
  Run(std::uint64_t seed, bool is_performance) : random_(seed), is_performance_(is_performance) {}

  void step() {
    now_.ms += static_cast<std::int64_t>(below(400'000));
    const auto command = any_command();
    const auto decision = decide(offering_, command, now_);

    // Pure: the same question has the same answer.
    const Answer answer([](ReservationId id) { return std::to_string(id.low); }, nullptr);
    REQUIRE(answer.say(decision) == answer.say(decide(offering_, command, now_)));

    const auto* events = std::get_if<OfferingEvents>(&decision);
    if (events == nullptr) return;
    for (const auto& event : *events) {
      const auto version = offering_.version.value;
      apply(offering_, event);
      REQUIRE(offering_.version.value == version + 1);
      history_.push_back(event);
      std::visit([this](const auto& one) { watch(one); }, event);
    }
    check();
  }

  /// The events alone lead to the same state.
  void replay() const {
    Offering again;
    again.id = offering_.id;
    for (const auto& event : history_) apply(again, event);
    CHECK(same_state(again, offering_));
  }

  [[nodiscard]] std::size_t event_count() const { return history_.size(); }

 private:
  std::uint64_t below(std::uint64_t n) { return random_() % n; }

  void check() const {
    offering_.places.check_invariants();
    const auto& counts = offering_.places.counts();
    std::uint32_t retired = 0;
    for (std::uint32_t i = 0; i < offering_.places.size(); ++i) {
      const auto owner = offering_.places.reservation_at({i});
      const auto at = owners_.find({i});
      REQUIRE(owner.has_value() == (at != owners_.end()));
      if (owner) REQUIRE(*owner == at->second);
      if (offering_.places.state({i}) == PlaceState::retired) ++retired;
    }
    REQUIRE(
        counts.free + counts.held + counts.sold + counts.blocked + retired
        == offering_.places.size());
    REQUIRE(counts.held + counts.sold == owners_.size());
    REQUIRE(counts.blocked == offering_.block_reasons.size());
    REQUIRE(offering_.was_ever_taken == was_taken_);
  }

  // What the events say about who has what: no place may have two owners.

  template <class Event>
  void watch(const Event& /*event*/) {}

  void watch(const PlacesHeld& event) { take(event.reservation, event.lines); }

  void watch(const PlacesSold& event) { take(event.reservation, event.lines); }

  void watch(const HoldExpired& event) { give_back(event.reservation); }

  void watch(const ReservationCancelled& event) { give_back(event.reservation); }

  void watch(const PlacesGivenBack& event) {
    for (const auto place : event.places) {
      REQUIRE(owners_.at(place) == event.reservation.low);
      owners_.erase(place);
    }
  }

  void watch(const PlacesBlocked& event) {
    for (const auto place : event.places) REQUIRE(!owners_.contains(place));
  }

  void take(ReservationId reservation, const std::vector<ReservationLine>& lines) {
    was_taken_ = true;
    for (const auto& line : lines) {
      REQUIRE(owners_.emplace(line.place, reservation.low).second);
    }
  }

  void give_back(ReservationId reservation) {
    const auto gone =
        std::erase_if(owners_, [&](const auto& owned) { return owned.second == reservation.low; });
    REQUIRE(gone > 0);
  }

  OfferingCommand any_command() {
    const auto choice = below(100);
    if (!offering_.exists() || choice < 2) return CreateOffering{any_definition()};
    if (choice < 8) return ChangeOffering{any_definition(), {}};
    if (choice < 50) return any_hold();
    if (choice < 65) return ConfirmReservation{any_reservation()};
    if (choice < 75) return ExpireHold{any_reservation()};
    if (choice < 86) return any_cancellation();
    if (choice < 92) return with_places(BlockPlaces{.seats = {}, .quantity = 0, .reason = "x"});
    if (choice < 98) return with_places(UnblockPlaces{});
    if (choice == 98 && below(20) == 0) return CancelOffering{"x", {}};
    return SweepCancelled{};
  }

  DefinitionRef any_definition() {
    auto definition = sample_definition();
    definition.sale_closes_at = definition.ends_at = {sample_now.ms * 2};
    definition.person_limit = static_cast<std::uint32_t>(below(2) * 12);
    const Money price{static_cast<std::int64_t>(below(3) * 100)};
    definition.hold_time = {60'000 * static_cast<std::int64_t>(1 + below(30))};
    if (!is_performance_) {
      const auto capacity = static_cast<std::uint32_t>(20 + below(60));
      definition.terms = ClassTerms{.capacity = capacity, .price = price};
    } else {
      PerformanceTerms terms;
      terms.seat_map = houses_[below(houses_.size())];
      terms.zone_prices.assign(terms.seat_map->zones().size(), price);
      terms.refuse_single_gaps = below(2) == 0;
      definition.terms = std::move(terms);
    }
    return std::make_shared<const OfferingDefinition>(std::move(definition));
  }

  HoldPlaces any_hold() {
    const auto user = "user" + std::to_string(below(8));
    HoldPlaces hold;
    hold.reservation = below(10) == 0 ? any_reservation() : ReservationId{1, ++last_reservation_};
    hold.user = user;
    hold.person = PersonKey::of(user);
    const auto size = static_cast<std::uint32_t>(1 + below(5));
    if (!is_performance_) {
      hold.claim = Quantity{size};
    } else if (below(2) == 0) {
      BestAvailable best;
      best.party_size = size;
      hold.claim = best;
    } else {
      hold.claim = NamedSeats{any_seats(size)};
    }
    return hold;
  }

  CancelReservation any_cancellation() {
    CancelReservation cancel;
    cancel.reservation = any_reservation();
    if (below(2) == 0) cancel.person = PersonKey::of("user" + std::to_string(below(8)));
    const auto holder = offering_.places.find(cancel.reservation);
    if (!holder || below(2) == 0) return cancel;
    const auto count = 1 + below(holder->places.size());
    if (!is_performance_) {
      cancel.quantity = static_cast<std::uint32_t>(count);
      return cancel;
    }
    const auto& map = *offering_.definition->performance()->seat_map;
    for (std::size_t i = 0; i < count; ++i) cancel.seats.push_back(map.label(holder->places[i]));
    return cancel;
  }

  template <class Command>
  OfferingCommand with_places(Command command) {
    const auto size = static_cast<std::uint32_t>(1 + below(4));
    if (is_performance_) {
      command.seats = any_seats(size);
    } else {
      command.quantity = size;
    }
    return command;
  }

  /// Neighbours, since strangers would hardly ever be free together.
  std::vector<std::string> any_seats(std::uint32_t size) {
    const auto& map = *offering_.definition->performance()->seat_map;
    const auto first = static_cast<std::uint32_t>(below(map.seat_count()));
    std::vector<std::string> seats;
    for (auto value = first; value < map.seat_count() && seats.size() < size; ++value) {
      seats.push_back(map.label({value}));
    }
    return seats;
  }

  /// Mostly one that has places; now and then one that has ended or does not exist yet.
  ReservationId any_reservation() {
    if (owners_.empty() || below(5) == 0) return {1, 1 + below(last_reservation_ + 1)};
    auto at = owners_.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(below(owners_.size())));
    return {1, at->second};
  }

  static std::vector<SeatMapRef> make_houses() {
    // Three revisions of one house: as built, with seats gone, with others come.
    const auto first = sample_house(80);
    auto fewer = first->parts();
    std::erase_if(fewer.seats, [](const Seat& seat) { return seat.number.back() == '7'; });
    const auto second = merge_seat_maps(*first, fewer);
    auto more = first->parts();
    Seat extra = more.seats.front();
    extra.number = "100";
    more.seats.push_back(extra);
    return {first, second, merge_seat_maps(*second, more)};
  }

  std::mt19937_64 random_;
  bool is_performance_;
  std::vector<SeatMapRef> houses_ = make_houses();
  Timestamp now_ = sample_now;
  Offering offering_;
  OfferingEvents history_;
  std::map<Place, std::uint64_t> owners_;
  std::uint64_t last_reservation_ = 0;
  bool was_taken_ = false;
};

}  // namespace

TEST_CASE("random commands keep every place in one state and with one owner") {
  std::size_t events = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    INFO("seed ", seed);
    Run run(seed, seed % 2 == 0);
    for (int i = 0; i < 400; ++i) run.step();
    run.replay();
    events += run.event_count();
  }
  MESSAGE("seeds 1 to 40, events: ", events);
  CHECK(events > 4'000);
}

}  // namespace cavea::engine::testing
