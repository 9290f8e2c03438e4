#include "actors/turn_queue.hpp"

#include "actors/limits.hpp"

#include <caf/make_counted.hpp>
#include <doctest/doctest.h>

namespace cavea::actors {

namespace {

class Works {
 public:
  WorkPtr without_change() {
    return caf::make_counted<Work>(WorkItem(engine::GetSeats{}), engine::ReturnAddress{}, waiting_);
  }

  WorkPtr with_change() {
    auto work = without_change();
    work->change = persistence::OfferingChange{};
    return work;
  }

  [[nodiscard]] std::int64_t waiting() const { return waiting_.load(); }

 private:
  std::atomic<std::int64_t> waiting_{0};
};

}  // namespace

TEST_CASE("An answer that rests on nothing leaves at once") {
  Works works;
  TurnQueue queue;
  const auto work = works.without_change();
  CHECK(queue.add(work) == work);
  CHECK_FALSE(queue.has_gathered());
}

TEST_CASE("A refusal waits for the changes decided before it") {
  Works works;
  TurnQueue queue;
  CHECK(queue.add(works.with_change()) == nullptr);
  CHECK(queue.add(works.without_change()) == nullptr);

  auto flight = queue.take();
  CHECK(flight.works.size() == 2);
  CHECK(flight.turn->changes.size() == 1);
  flight.index = 10;
  queue.begin_flight(std::move(flight));

  // Nothing gathers now, but the turn on its way carries what this one rests on.
  CHECK(queue.add(works.without_change()) == nullptr);
  CHECK_FALSE(queue.next_committed(9));
  const auto committed = queue.next_committed(10);
  REQUIRE(committed);
  CHECK(committed->works.size() == 3);
  CHECK(queue.add(works.without_change()) != nullptr);
}

TEST_CASE("Turns are released in order and only up to the commit") {
  Works works;
  TurnQueue queue;
  for (std::uint64_t index = 1; index <= 3; ++index) {
    CHECK(queue.add(works.with_change()) == nullptr);
    auto flight = queue.take();
    CHECK(flight.number == index);
    flight.index = index;
    queue.begin_flight(std::move(flight));
  }
  CHECK(queue.in_flight() == 3);
  CHECK(queue.next_committed(2)->index == 1);
  CHECK(queue.next_committed(2)->index == 2);
  CHECK_FALSE(queue.next_committed(2));
  CHECK(queue.in_flight() == 1);
  CHECK(works.waiting() == 1);
}

TEST_CASE("A turn is closed when it is full, and its answers stay with it") {
  Works works;
  TurnQueue queue;
  const auto full = limits::changes_per_turn_max;
  for (std::size_t i = 0; i < full + 1; ++i) {
    CHECK(queue.gathering() == (i < full ? 1 : 2));
    CHECK(queue.add(works.with_change()) == nullptr);
  }
  CHECK(queue.newest() == 2);
  const auto first = queue.take();
  CHECK(first.turn->changes.size() == full);
  CHECK(queue.has_gathered());
  CHECK(queue.take().works.size() == 1);
  CHECK_FALSE(queue.has_gathered());
}

}  // namespace cavea::actors
