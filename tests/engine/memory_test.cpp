#include "tests/engine/allocation_counter.hpp"
#include "tests/engine/sample_offerings.hpp"

#include <doctest/doctest.h>

namespace cavea::engine::testing {

namespace {

constexpr double bytes_max = 32;

/// Sells or holds a whole house in parties of `party` seats and says what the places cost in
/// memory.
double bytes_a_place(const SeatMapRef& house, std::uint32_t party, Money price) {
  const auto definition = sample_performance(house, price);
  const auto before = allocations().live_bytes;
  Offering offering = sample_offering(definition);
  std::uint64_t low = 0;
  while (const auto place = offering.places.next_free()) {
    std::vector<ReservationLine> lines;
    for (auto next = place; next && lines.size() < party;
         next = offering.places.next_free({next->value + 1})) {
      lines.push_back({.place = *next, .price = price});
    }
    const ReservationId id{.high = 1, .low = ++low * 0x9e3779b97f4a7c15ULL};
    offering.places.take(id, {low}, lines, price.minor == 0 ? Timestamp{} : sample_now);
  }
  const auto bytes = allocations().live_bytes - before + sizeof(Offering);
  offering.places.check_invariants();
  CHECK(offering.places.counts().free == 0);
  return static_cast<double>(bytes) / house->seat_count();
}

}  // namespace

TEST_CASE("a loaded performance needs at most 32 bytes a seat, however it was sold") {
  for (const std::uint32_t seats : {1'250U, 2'500U, 50'000U}) {
    const auto house = sample_house(seats);
    for (const std::uint32_t party : {1U, 2U, 7U}) {
      for (const Money price : {Money{0}, Money{100}}) {
        const auto bytes = bytes_a_place(house, party, price);
        INFO(seats, " seats in parties of ", party, ", price ", price.minor, ": ", bytes);
        CHECK(bytes <= bytes_max);
      }
    }
  }
}

TEST_CASE("the table says honestly what it needs") {
  const auto before = allocations().live_bytes;
  PlaceTable places(50'000);
  places.reserve_all();
  const auto taken = allocations().live_bytes - before + sizeof(PlaceTable);
  CHECK(static_cast<double>(places.memory_bytes()) > 0.98 * static_cast<double>(taken));
  CHECK(places.memory_bytes() <= taken);
}

TEST_CASE("a huge class of which little is taken is small") {
  PlaceTable places(50'000'000);
  for (std::uint64_t low = 1; low <= 10; ++low) {
    places.take({.high = 1, .low = low}, {low}, {*places.next_free()}, {});
  }
  CHECK(places.memory_bytes() < 1'000'000);
  places.check_invariants();
}

TEST_CASE("a claim of one place allocates its events and nothing else") {
  constexpr std::uint32_t claims = 10'000;
  Offering offering = sample_offering(sample_class(claims));
  OfferingCommand claim = HoldPlaces{
      .reservation = {}, .user = "ann", .person = PersonKey::of("ann"), .claim = Quantity{1}};

  const auto before = allocations().count;
  for (std::uint32_t i = 0; i < claims; ++i) {
    std::get<HoldPlaces>(claim).reservation = {.high = 1, .low = i};
    const auto decision = decide(offering, claim, sample_now);
    for (const auto& event : std::get<OfferingEvents>(decision)) apply(offering, event);
  }
  const auto count = allocations().count - before;

  // The list of events and the lines of the one event in it; and now and then the table grows.
  CHECK(count >= 2 * claims);
  CHECK(count < 2 * claims + 100);
}

}  // namespace cavea::engine::testing
