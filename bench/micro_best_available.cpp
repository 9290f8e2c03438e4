// How long best available takes for a party of four: cavea_micro_best_available [--json] [rounds].
// Goal (ARCHITECTURE.md): p99 below 1 ms in a house of 2,500 seats, below 5 ms in one of 50,000.

#include "bench/micro_house.hpp"
#include "engine/best_available.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string_view>
#include <vector>

#include <time.h>

namespace {

using namespace cavea::engine;
using cavea::bench::make_house;

/// How a house was filled, what was asked for, and how long it took.
struct Result {
  std::uint32_t seats = 0;
  const char* fill = "";
  std::uint64_t percent = 0;
  std::uint32_t party = 0;
  double p50_us = 0;
  double p99_us = 0;
  double cpu_p99_us = 0;
  int found = 0;
};

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
/// come free. `asked` says what to look for; the figures are filled in.
Result measure(
    const SeatMap& map, PlaceTable& places, std::mt19937_64& random, Result asked, int rounds) {
  std::vector<double> times;
  std::vector<double> cpu_times;
  std::vector<Place> taken;
  for (std::uint32_t i = 0; i < map.seat_count(); ++i) {
    if (!places.is_free({i})) taken.push_back({i});
  }
  for (int round = 0; round < rounds; ++round) {
    const auto cpu_begin = cpu_now_us();
    const auto begin = std::chrono::steady_clock::now();
    const auto found = best_available(map, places, asked.party, {});
    const std::chrono::duration<double, std::micro> time = std::chrono::steady_clock::now() - begin;
    times.push_back(time.count());
    cpu_times.push_back(cpu_now_us() - cpu_begin);
    if (!found) continue;
    ++asked.found;
    for (const auto place : *found) {
      places.block(place);
      taken.push_back(place);
      auto& freed = taken[random() % taken.size()];
      places.unblock(freed);
      freed = taken.back();
      taken.pop_back();
    }
  }
  asked.seats = map.seat_count();
  asked.p50_us = percentile(times, 50);
  asked.p99_us = percentile(times, 99);
  asked.cpu_p99_us = percentile(cpu_times, 99);
  return asked;
}

std::vector<Result> measure_all(std::uint64_t seed, int rounds) {
  struct Size {
    std::uint32_t seats;
    std::uint32_t row_length;
  };

  std::mt19937_64 random(seed);
  std::vector<Result> results;
  for (const auto size : {Size{2'500, 50}, Size{50'000, 100}}) {
    const auto map = make_house(size.seats, size.row_length);
    const auto add = [&](PlaceTable places, const Result& asked) {
      results.push_back(measure(*map, places, random, asked, rounds));
    };
    for (const std::uint64_t percent : {0, 25, 50, 75, 90, 99}) {
      add(fill_at_random(*map, percent, random),
          {.fill = "at random", .percent = percent, .party = 4});
    }
    for (const std::uint64_t percent : {50, 90, 99, 100}) {
      add(fill_by_best_available(*map, percent, random),
          {.fill = "best available", .percent = percent, .party = 4});
    }
    for (const std::uint32_t party : {20, 100}) {
      add(fill_at_random(*map, 60, random), {.fill = "at random", .percent = 60, .party = party});
    }
  }
  return results;
}

void print_table(const std::vector<Result>& results) {
  for (const auto& result : results) {
    std::printf(
        "%7u seats  %-14s %3u %%  party %3u  p50 %8.1f us  p99 %8.1f us (cpu %8.1f us)  found %d\n",
        result.seats,
        result.fill,
        static_cast<unsigned>(result.percent),
        result.party,
        result.p50_us,
        result.p99_us,
        result.cpu_p99_us,
        result.found);
  }
}

void print_json(const std::vector<Result>& results, std::uint64_t seed, int rounds) {
  std::printf(
      "{\"seed\":%llu,\"rounds\":%d,\"results\":[", static_cast<unsigned long long>(seed), rounds);
  for (const auto& result : results) {
    std::printf(
        "%s{\"seats\":%u,\"fill\":\"%s\",\"percent\":%u,\"party\":%u,\"p50_us\":%.2f,"
        "\"p99_us\":%.2f,\"cpu_p99_us\":%.2f,\"found\":%d}",
        &result == &results.front() ? "" : ",",
        result.seats,
        result.fill,
        static_cast<unsigned>(result.percent),
        result.party,
        result.p50_us,
        result.p99_us,
        result.cpu_p99_us,
        result.found);
  }
  std::printf("]}\n");
}

}  // namespace

int main(int argc, char** argv) {
  const bool as_json = argc > 1 && std::string_view(argv[1]) == "--json";
  const int rounds_at = as_json ? 2 : 1;
  const int rounds = argc > rounds_at ? std::max(1, std::atoi(argv[rounds_at])) : 1'000;
  const std::uint64_t seed = 1;
  const auto results = measure_all(seed, rounds);
  if (as_json) {
    print_json(results, seed, rounds);
    return 0;
  }
  std::printf("seed %llu, %d rounds each\n", static_cast<unsigned long long>(seed), rounds);
  print_table(results);
  return 0;
}
