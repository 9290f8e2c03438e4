#include "actors/known_keys.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace cavea::actors {

namespace {

constexpr std::int64_t hour_ms = 3'600'000;

persistence::IdempotencyHash key(std::uint64_t number) {
  return persistence::idempotency_hash("alice", std::to_string(number));
}

}  // namespace

TEST_CASE("Nothing is new to a node that has not read all its keys") {
  KnownKeys keys;
  CHECK(keys.note(key(1), 0));
  keys.have_read();
  CHECK(keys.note(key(1), 0));
  CHECK_FALSE(keys.note(key(2), 0));
  CHECK(keys.note(key(2), 0));
}

TEST_CASE("A key that was noted is known, and few others are taken for known") {
  KnownKeys keys;
  keys.have_read();
  constexpr std::uint64_t count = 300'000;
  std::uint64_t mistaken = 0;
  for (std::uint64_t number = 0; number < count; ++number) {
    if (keys.note(key(number), 0)) ++mistaken;
  }
  for (std::uint64_t number = 0; number < count; ++number) REQUIRE(keys.note(key(number), 0));
  CHECK(mistaken < count / 300);
  CHECK(keys.bytes() < 10 * count);
}

TEST_CASE("Keys are known for a day and a half, and their memory is free afterwards") {
  KnownKeys keys;
  keys.have_read();
  constexpr std::uint64_t count = 100'000;
  std::int64_t now = 0;
  for (std::uint64_t number = 0; number < count; ++number)
    static_cast<void>(keys.note(key(number), now));
  const auto bytes = keys.bytes();
  for (int i = 1; i <= 35; ++i) {
    now = i * hour_ms;
    static_cast<void>(keys.note(key(count + static_cast<std::uint64_t>(i)), now));
  }
  for (std::uint64_t number = 0; number < count; ++number) REQUIRE(keys.note(key(number), now));
  CHECK(keys.bytes() > bytes);

  for (std::uint64_t number = 2 * count; number < 2 * count + 1'000; ++number) {
    static_cast<void>(keys.note(key(number), 100 * hour_ms));
  }
  std::uint64_t known = 0;
  for (std::uint64_t number = 0; number < 1'000; ++number) {
    if (keys.note(key(number), 100 * hour_ms)) ++known;
  }
  CHECK(known < 10);
  CHECK(keys.bytes() <= bytes);
}

TEST_CASE("A key that is noted again is known for a day and a half from then on") {
  KnownKeys keys;
  keys.have_read();
  CHECK_FALSE(keys.note(key(1), 0));
  CHECK(keys.note(key(1), 30 * hour_ms));
  // Every part gets a new filter, and drops what is too old.
  for (std::uint64_t number = 2; number < 1'000; ++number) {
    static_cast<void>(keys.note(key(number), 60 * hour_ms));
  }
  CHECK(keys.note(key(1), 60 * hour_ms));
}

TEST_CASE("Of threads that note one key at once, one is told that it is new") {
  KnownKeys keys;
  keys.have_read();
  constexpr std::uint64_t count = 20'000;
  std::vector<std::atomic<int>> told(count);
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      for (std::uint64_t number = 0; number < count; ++number) {
        if (!keys.note(key(number), 0)) ++told[number];
      }
    });
  }
  for (auto& thread : threads) thread.join();
  std::uint64_t nobody = 0;
  for (const auto& times : told) {
    REQUIRE(times <= 1);
    if (times == 0) ++nobody;
  }
  CHECK(nobody < count / 100);
}

}  // namespace cavea::actors
