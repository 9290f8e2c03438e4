#include "http/pending_answers.hpp"

#include "http/continuation.hpp"

#include <doctest/doctest.h>

#include <array>
#include <memory>

namespace cavea::http {
namespace {

TEST_CASE("A ticket is good for one answer") {
  PendingAnswers<int> pending;
  const auto ticket = pending.add(7);
  int waiter = 0;
  CHECK(pending.take(ticket, waiter));
  CHECK(waiter == 7);
  CHECK_FALSE(pending.take(ticket, waiter));
  CHECK_FALSE(pending.take(0, waiter));
  CHECK_FALSE(pending.take(UINT64_MAX, waiter));
}

TEST_CASE("A ticket that was given up is not mistaken for the next one in its slot") {
  PendingAnswers<int> pending;
  int waiter = 0;
  const auto first = pending.add(1);
  CHECK(pending.take(first, waiter));
  const auto second = pending.add(2);
  CHECK(first != second);
  CHECK_FALSE(pending.take(first, waiter));
  CHECK(pending.take(second, waiter));
  CHECK(waiter == 2);
  CHECK(pending.size() == 0);
}

TEST_CASE("A continuation owns what it captured, small or large") {
  const auto small = std::make_shared<int>(0);
  const std::array<char, 500> padding{};
  {
    Continuation inside([small](Exchange&, engine::Answer&&) {});
    Continuation outside([small, padding](Exchange&, engine::Answer&&) { (void)padding; });
    CHECK(small.use_count() == 3);
    Continuation moved(std::move(inside));
    Continuation also_moved;
    also_moved = std::move(outside);
    CHECK(small.use_count() == 3);
    CHECK(static_cast<bool>(moved));
    CHECK(static_cast<bool>(also_moved));
    also_moved.reset();
    CHECK(small.use_count() == 2);
  }
  CHECK(small.use_count() == 1);
}

}  // namespace
}  // namespace cavea::http
