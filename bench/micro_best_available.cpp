// How long best available takes for a party of four: cavea_micro_best_available [rounds].
// Goal (ARCHITECTURE.md): p99 below 1 ms in a house of 2,500 seats, below 5 ms in one of 50,000.

#include "engine/best_available.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include <time.h>

namespace {

using namespace cavea::engine;

/// Rows of `row_length` seats with two aisles, slightly curved, in sections of 25 rows.
SeatMapRef make_house(std::uint32_t seat_count, std::uint32_t row_length) {
  SeatMap::Parts parts;
  parts.zones = {{.id = *ZoneId::from("all"), .name = "All"}};
  parts.focal_point = {.x = static_cast<std::int32_t>(row_length) * 25, .y = -500};
  for (std::uint32_t row = 0; row * row_length < seat_count; ++row) {
    if (row % 25 == 0) {
      parts.sections.push_back({.id = "s" + std::to_string(row / 25), .name = "Section"});
    }
    parts.rows.push_back(
        {.section = static_cast<std::uint16_t>(row / 25),
         .label = std::to_string(row),
         .seats = {}});
    for (std::uint32_t i = 0; i < row_length; ++i) {
      const auto from_middle =
          static_cast<std::int32_t>(i) - static_cast<std::int32_t>(row_length) / 2;
      Seat seat;
      seat.row = row;
      seat.traits.aisle_after = i == row_length / 3 || i == 2 * row_length / 3;
      seat.at = {
          .x = static_cast<std::int32_t>(i) * 50,
          .y = static_cast<std::int32_t>(row) * 90 - from_middle * from_middle / 4};
      seat.number = std::to_string(i + 1);
      parts.seats.push_back(std::move(seat));
    }
  }
  return SeatMap::build(std::move(parts));
}

/// `percent` of the seats taken at random: the worst kind of fill, full of short runs.
PlaceTable fill_at_random(const SeatMap& map, std::uint64_t percent, std::mt19937_64& random) {
  PlaceTable places(map.seat_count());
  places.reserve_all();
  for (std::uint32_t i = 0; i < map.seat_count(); ++i) {
    if (random() % 1'000 < percent * 10) places.block({i});
  }
  return places;
}

/// `percent` of the seats taken by parties of one to six that were given the best seats.
PlaceTable fill_by_best_available(
    const SeatMap& map, std::uint64_t percent, std::mt19937_64& random) {
  PlaceTable places(map.seat_count());
  places.reserve_all();
  while (places.counts().free > map.seat_count() * (100 - percent) / 100) {
    const auto party_size = static_cast<std::uint32_t>(1 + random() % 6);
    const auto found = best_available(map, places, party_size, {});
    if (!found) break;
    for (const auto place : *found) places.block(place);
  }
  return places;
}

/// Processor time of this thread: what the search costs, whoever else uses the machine.
double cpu_now_us() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

double percentile(std::vector<double>& times, std::size_t percent) {
  std::sort(times.begin(), times.end());
  return times[times.size() * percent / 100];
}

/// Measures on a house that changes all the time: what was found is taken, and as many other seats
/// come free.
void measure(
    const SeatMap& map,
    PlaceTable& places,
    std::mt19937_64& random,
    const char* kind,
    std::uint64_t percent,
    std::uint32_t party_size,
    int rounds) {
  std::vector<double> times;
  std::vector<double> cpu_times;
  std::vector<Place> taken;
  for (std::uint32_t i = 0; i < map.seat_count(); ++i) {
    if (!places.is_free({i})) taken.push_back({i});
  }
  int found_count = 0;
  for (int round = 0; round < rounds; ++round) {
    const auto cpu_begin = cpu_now_us();
    const auto begin = std::chrono::steady_clock::now();
    const auto found = best_available(map, places, party_size, {});
    const std::chrono::duration<double, std::micro> time = std::chrono::steady_clock::now() - begin;
    times.push_back(time.count());
    cpu_times.push_back(cpu_now_us() - cpu_begin);
    if (!found) continue;
    ++found_count;
    for (const auto place : *found) {
      places.block(place);
      taken.push_back(place);
      auto& freed = taken[random() % taken.size()];
      places.unblock(freed);
      freed = taken.back();
      taken.pop_back();
    }
  }
  std::printf(
      "%7u seats  %-14s %3u %%  party %3u  p50 %8.1f us  p99 %8.1f us (cpu %8.1f us)  found %d\n",
      map.seat_count(),
      kind,
      static_cast<unsigned>(percent),
      party_size,
      percentile(times, 50),
      percentile(times, 99),
      percentile(cpu_times, 99),
      found_count);
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 1'000;
  const std::uint64_t seed = 1;
  std::printf("seed %llu, %d rounds each\n", static_cast<unsigned long long>(seed), rounds);
  std::mt19937_64 random(seed);

  struct Size {
    std::uint32_t seats;
    std::uint32_t row_length;
  };

  for (const auto size : {Size{2'500, 50}, Size{50'000, 100}}) {
    const auto map = make_house(size.seats, size.row_length);
    for (const std::uint64_t percent : {0, 25, 50, 75, 90, 99}) {
      auto places = fill_at_random(*map, percent, random);
      measure(*map, places, random, "at random", percent, 4, rounds);
    }
    for (const std::uint64_t percent : {50, 90, 99, 100}) {
      auto places = fill_by_best_available(*map, percent, random);
      measure(*map, places, random, "best available", percent, 4, rounds);
    }
    auto places = fill_at_random(*map, 60, random);
    measure(*map, places, random, "at random", 60, 20, rounds);
    measure(*map, places, random, "at random", 60, 100, rounds);
  }
  return 0;
}
