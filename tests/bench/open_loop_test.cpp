#include "bench/load/open_loop.hpp"

#include "bench/load/connection.hpp"
#include "bench/load/schedule.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace cavea::bench {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

const TimePoint start{};

TEST_CASE("Requests are meant to start evenly spaced, whenever the last one was taken") {
  Schedule schedule(start, {.per_second = 1000});
  CHECK(schedule.next() == start);
  CHECK(schedule.is_due(start));
  schedule.take();
  CHECK(schedule.next() == start + milliseconds(1));
  CHECK_FALSE(schedule.is_due(start + nanoseconds(999'999)));
  CHECK(schedule.is_due(start + milliseconds(500)));
  schedule.take();
  CHECK(schedule.next() == start + milliseconds(2));
}

TEST_CASE("Rounding does not add up over an hour at a rate that does not divide a second") {
  Schedule schedule(start, {.per_second = 3});
  for (int i = 0; i < 3 * 3600; ++i) schedule.take();
  CHECK(schedule.next() == start + std::chrono::hours(1));
}

TEST_CASE("Threads take turns, and together have every time once") {
  Schedule first(start, {.per_second = 100, .thread = 0, .threads = 2});
  Schedule second(start, {.per_second = 100, .thread = 1, .threads = 2});
  for (int i = 0; i < 10; ++i) {
    CHECK(first.next() == start + milliseconds(20 * i));
    CHECK(second.next() == start + milliseconds(20 * i + 10));
    first.take();
    second.take();
  }
}

/// Notes what begins when.
class Starts final : public TaskStarter {
 public:
  bool begin(Connection&, TimePoint intended) override {
    times.push_back(intended);
    return true;
  }

  std::vector<TimePoint> times;
};

/// Connections that are never opened.
class Nobody final : public ConnectionOwner {
 public:
  void on_answer(Connection&, const Answer&) override {}

  void on_broken(Connection&, const std::string&) override {}
};

TEST_CASE("A request that had to wait for a connection counts from when it was meant to start") {
  boost::asio::io_context context;
  Nobody nobody;
  Connection connection(context, {}, nobody);
  Starts starts;
  const auto begin = Clock::now() - milliseconds(100);
  OpenLoop loop(context, starts, Schedule(begin, {.per_second = 100}));

  // The only connection comes back 35 ms after the start: four requests are due, one begins.
  loop.on_idle(connection, begin + milliseconds(35));
  REQUIRE(starts.times.size() == 1);
  CHECK(starts.times.back() == begin);
  loop.on_idle(connection, begin + milliseconds(36));
  REQUIRE(starts.times.size() == 2);
  CHECK(starts.times.back() == begin + milliseconds(10));
}

TEST_CASE("What was due and never sent is known, each request once") {
  boost::asio::io_context context;
  Starts starts;
  OpenLoop loop(context, starts, Schedule(start, {.per_second = 100}));
  loop.stop();
  TimePoint intended;
  int count = 0;
  while (loop.take_unsent(start + milliseconds(30), intended)) {
    CHECK(intended == start + milliseconds(10 * count));
    ++count;
  }
  CHECK(count == 3);
}

}  // namespace
}  // namespace cavea::bench
