#include "tests/tidy/include_rules.hpp"
#include "tests/tidy/source_file.hpp"
#include "tests/tidy/text_rules.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace cavea::tidy {
namespace {

/// Runs a rule over all our files; the test fails with a line for each fault.
template <class Rule>
void check_all(Rule rule) {
  std::vector<Fault> faults;
  const auto sources = our_sources(CAVEA_SOURCE_DIR);
  REQUIRE_FALSE(sources.empty());
  for (const auto& source : sources) {
    for (auto& fault : rule(source)) faults.push_back(std::move(fault));
  }
  CHECK_MESSAGE(faults.empty(), describe(faults));
}

TEST_CASE("rooms include only what the table of rooms allows") {
  check_all(include_faults);
}

TEST_CASE("files have at most 400 lines and functions at most 70") {
  check_all(length_faults);
}

TEST_CASE("no work is left undone in the sources") {
  check_all(unfinished_faults);
}

TEST_CASE("every header starts with its guard") {
  check_all(header_faults);
}

TEST_CASE("no test name holds a semicolon") {
  check_all(test_name_faults);
}

}  // namespace
}  // namespace cavea::tidy
