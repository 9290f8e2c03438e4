#include "tests/engine/payment_matrix.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>

namespace cavea::engine::testing {

namespace {

/// How many cells ended in each way.
using Ends = std::map<std::string, unsigned>;

void check_cell(const PayCell& cell, Ends& ends) {
  INFO(cell.words());
  const auto result = play(cell);
  CHECK(name_of(result.end) == name_of(expected_end(cell.outcome, cell.time)));
  ++ends[std::string(name_of(result.end))];
}

}  // namespace

TEST_CASE("every payment ends in one way, whatever comes twice and wherever the node crashes") {
  Ends ends;
  unsigned cells = 0;
  for (const auto outcome : all_outcomes) {
    for (const auto time : all_times) {
      for (const auto echo : all_echoes) {
        const PayCell calm{outcome, time, echo, {}};
        check_cell(calm, ends);
        ++cells;
        // The same once more for every place at which a node can die: before it has decided on what
        // came, and when that is in the log and nothing was done about it.
        const auto inputs = play(calm).inputs;
        for (unsigned input = 1; input <= inputs; ++input) {
          for (const bool is_after : {false, true}) {
            check_cell({outcome, time, echo, {input, is_after, Duration{700}}}, ends);
            ++cells;
          }
        }
      }
    }
  }
  std::string story;
  for (const auto& [end, count] : ends) story += " " + end + " " + std::to_string(count);
  MESSAGE(cells, " cells:", story);
  CHECK(cells > 2'000);
  CHECK(ends.size() == 4);
}

}  // namespace cavea::engine::testing
