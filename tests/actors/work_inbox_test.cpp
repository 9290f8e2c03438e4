#include "actors/work_inbox.hpp"

#include <caf/make_counted.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <thread>
#include <vector>

namespace cavea::actors {

namespace {

/// A work that is known by its ticket; nobody waits for its answer.
WorkPtr work(std::uint64_t ticket, std::atomic<std::int64_t>& waiting) {
  return caf::make_counted<Work>(
      WorkItem(engine::GetSeats{}), engine::ReturnAddress{nullptr, ticket}, waiting);
}

}  // namespace

TEST_CASE("An inbox gives what came in its order, and asks for a wake only when it was empty") {
  std::atomic<std::int64_t> waiting{0};
  WorkInbox inbox;
  CHECK(inbox.push(work(1, waiting)));
  CHECK_FALSE(inbox.push(work(2, waiting)));
  CHECK_FALSE(inbox.push(work(3, waiting)));

  const auto works = inbox.take_all();
  REQUIRE(works.size() == 3);
  for (std::uint64_t i = 0; i < 3; ++i) CHECK(works[i]->back.ticket == i + 1);
  CHECK(inbox.take_all().empty());
  CHECK(inbox.push(work(4, waiting)));
}

TEST_CASE("Works that nobody took end with their inbox") {
  std::atomic<std::int64_t> waiting{0};
  {
    WorkInbox inbox;
    static_cast<void>(inbox.push(work(1, waiting)));
    static_cast<void>(inbox.push(work(2, waiting)));
    CHECK(waiting == 2);
  }
  CHECK(waiting == 0);
}

TEST_CASE(
    "From many threads nothing is lost, each thread's works keep their order, and every wait is "
    "ended by a wake") {
  constexpr std::uint64_t threads = 4;
  constexpr std::uint64_t per_thread = 20'000;
  std::atomic<std::int64_t> waiting{0};
  std::atomic<std::uint64_t> wakes{0};
  WorkInbox inbox;
  std::vector<std::thread> senders;
  for (std::uint64_t sender = 0; sender < threads; ++sender) {
    senders.emplace_back([&, sender] {
      for (std::uint64_t i = 0; i < per_thread; ++i) {
        if (inbox.push(work(sender * per_thread + i, waiting))) {
          wakes.fetch_add(1, std::memory_order_release);
        }
      }
    });
  }

  // As the actor does: it looks only when it was woken.
  std::array<std::uint64_t, threads> next{};
  std::uint64_t taken = 0;
  bool is_in_order = true;
  for (std::uint64_t seen = 0; taken < threads * per_thread;) {
    if (wakes.load(std::memory_order_acquire) == seen) {
      std::this_thread::yield();
      continue;
    }
    ++seen;
    for (const auto& one : inbox.take_all()) {
      const auto sender = one->back.ticket / per_thread;
      is_in_order = is_in_order && one->back.ticket % per_thread == next.at(sender)++;
      ++taken;
    }
  }
  for (auto& sender : senders) sender.join();
  CHECK(is_in_order);
  CHECK(inbox.take_all().empty());
  CHECK(waiting == 0);
}

}  // namespace cavea::actors
