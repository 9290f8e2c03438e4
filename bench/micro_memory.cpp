// What a seat costs in memory in a performance that is sold out: cavea_micro_memory [--json].
// Goal (ARCHITECTURE.md): 32 bytes a seat at most, however it was sold.
//
// All that is allocated with `new` is counted as the allocator counts it: what it hands out, which
// is more than what was asked for, and the header before it. The seat map is told apart: all
// performances of a venue share it.

#include "bench/micro_house.hpp"
#include "engine/offering.hpp"

#include <malloc.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <new>
#include <string_view>
#include <utility>
#include <vector>

namespace {

/// glibc keeps the size of each block in front of it.
constexpr std::size_t block_header_bytes = sizeof(std::size_t);

/// This program has one thread.
std::size_t live_bytes = 0;

std::size_t size_of_block(void* memory) noexcept {
  return malloc_usable_size(memory) + block_header_bytes;
}

}  // namespace

// Inlined, g++ takes them for a mismatched pair.
[[gnu::noinline]] void* operator new(std::size_t size) {
  void* memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  live_bytes += size_of_block(memory);
  return memory;
}

[[gnu::noinline]] void operator delete(void* memory) noexcept {
  if (memory == nullptr) return;
  live_bytes -= size_of_block(memory);
  std::free(memory);
}

[[gnu::noinline]] void operator delete(void* memory, std::size_t /*size*/) noexcept {
  operator delete(memory);
}

namespace {

using namespace cavea::engine;

struct Result {
  std::uint32_t seats = 0;
  std::uint32_t party = 0;  ///< Seats of each reservation.
  double bytes_per_seat = 0;
  double seat_map_bytes_per_seat = 0;
};

DefinitionRef make_definition(SeatMapRef house) {
  OfferingDefinition definition;
  definition.title = "A musical";
  PerformanceTerms terms;
  terms.zone_prices.assign(house->zones().size(), Money{4'500});
  terms.seat_map = std::move(house);
  definition.terms = std::move(terms);
  return std::make_shared<const OfferingDefinition>(std::move(definition));
}

/// Sells seats side by side to one party after the other until none is left.
void sell_out(PlaceTable& places, std::uint32_t party) {
  std::uint64_t low = 0;
  while (const auto first = places.next_free()) {
    std::vector<ReservationLine> lines;
    for (auto next = first; next && lines.size() < party;
         next = places.next_free({next->value + 1})) {
      lines.push_back({.place = *next, .price = Money{4'500}});
    }
    // Ids of reservations are random: no table may profit from their order.
    const ReservationId id{.high = 1, .low = ++low * 0x9e3779b97f4a7c15ULL};
    places.take(id, {low}, lines, Timestamp{});
  }
}

Result measure(std::uint32_t seats, std::uint32_t party) {
  const auto before_map = live_bytes;
  const auto house = cavea::bench::make_house(seats, 50);
  const auto map_bytes = live_bytes - before_map;

  const auto before = live_bytes;
  auto offering = std::make_unique<Offering>();
  offering->id = *OfferingId::from("performance");
  const OfferingEvent created = OfferingCreated{.definition = make_definition(house)};
  apply(*offering, created);
  sell_out(offering->places, party);
  // `created` holds the definition only, which the offering holds too.
  return {
      .seats = house->seat_count(),
      .party = party,
      .bytes_per_seat = static_cast<double>(live_bytes - before) / house->seat_count(),
      .seat_map_bytes_per_seat = static_cast<double>(map_bytes) / house->seat_count()};
}

void print_json(const std::vector<Result>& results) {
  std::printf("{\"results\":[");
  for (const auto& result : results) {
    std::printf(
        "%s{\"seats\":%u,\"party\":%u,\"bytes_per_seat\":%.2f,\"seat_map_bytes_per_seat\":%.2f}",
        &result == &results.front() ? "" : ",",
        result.seats,
        result.party,
        result.bytes_per_seat,
        result.seat_map_bytes_per_seat);
  }
  std::printf("]}\n");
}

void print_table(const std::vector<Result>& results) {
  for (const auto& result : results) {
    std::printf(
        "%7u seats  parties of %u  %6.2f bytes a seat  and %6.2f of the seat map\n",
        result.seats,
        result.party,
        result.bytes_per_seat,
        result.seat_map_bytes_per_seat);
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<Result> results;
  for (const std::uint32_t seats : {1'250U, 10'000U, 50'000U}) {
    for (const std::uint32_t party : {1U, 2U, 7U}) results.push_back(measure(seats, party));
  }
  if (argc > 1 && std::string_view(argv[1]) == "--json") {
    print_json(results);
  } else {
    print_table(results);
  }
  return 0;
}
