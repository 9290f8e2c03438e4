#pragma once

#include "bench/load/answer_reader.hpp"
#include "bench/load/task.hpp"

#include <cstdint>
#include <string_view>

namespace cavea::bench {

enum class Outcome : std::uint8_t {
  confirmed = 0,  ///< What was asked for was done, and the answer is right.
  refused = 1,    ///< The sale said no, in the way it should.
  failed = 2,     ///< Anything else.
  step = 3,       ///< One of several requests of a task; the last one says what became of it.
};

/// What a workload thinks of an answer.
struct Verdict {
  Outcome outcome = Outcome::failed;

  /// Of a refusal: the name of the problem, a view into the answer.
  std::string_view problem;

  /// The task has another request, which is prepared already; it is sent at once.
  bool goes_on = false;

  /// With `goes_on`: it is sent so much later.
  Clock::duration pause{};
};

/// What a scenario lets the connections of one thread do. Used by that thread only.
class Workload {
 public:
  virtual ~Workload() = default;

  /// Prepares the next task with its first request. False: there is none left.
  [[nodiscard]] virtual bool next(Task& task) = 0;

  /// Judges an answer; those that ask to come again never get here.
  [[nodiscard]] virtual Verdict judge(Task& task, const Answer& answer) = 0;

  /// The warm-up is over: what was observed until now does not count.
  virtual void begin_measuring() {}
};

}  // namespace cavea::bench
