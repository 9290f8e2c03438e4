#include "tests/engine/scenario_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace cavea::engine::testing {

namespace {

struct Step {
  int line = 0;
  std::string command;
  std::string expected;
};

struct Case {
  std::string file;
  std::string title;
  std::vector<Step> steps;
};

std::string trimmed(const std::string& line) {
  const auto begin = line.find_first_not_of(' ');
  return begin == std::string::npos ? "" : line.substr(begin);
}

std::vector<Case> read_cases(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<Case> cases;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    const auto text = trimmed(line);
    if (text.empty() || text.starts_with('#')) continue;
    if (text.starts_with("case ")) {
      cases.push_back({.file = path.filename().string(), .title = text.substr(5), .steps = {}});
    } else if (text.starts_with("-> ")) {
      cases.at(cases.size() - 1).steps.back().expected = text.substr(3);
    } else {
      cases.at(cases.size() - 1).steps.push_back({.line = number, .command = text, .expected = ""});
    }
  }
  return cases;
}

std::vector<Case> all_cases() {
  std::vector<std::filesystem::path> paths;
  const std::filesystem::path folder = CAVEA_SOURCE_DIR "/tests/engine/scenarios";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".txt") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<Case> cases;
  for (const auto& path : paths) {
    for (auto& one : read_cases(path)) cases.push_back(std::move(one));
  }
  return cases;
}

std::string run_step(World& world, const Step& step) {
  try {
    return world.run(step.command);
  } catch (const std::exception& fault) {
    return std::string("cannot be read: ") + fault.what();
  }
}

void run_case(World& world, const Case& one) {
  for (const auto& step : one.steps) {
    INFO(one.file, ":", step.line, " (", one.title, "): ", step.command);
    CHECK_EQ(run_step(world, step), step.expected);
  }
  world.check();
}

/// Given by others: the command bus and the actors, who know about nodes, keys, records and which
/// offerings a venue has, and look diaries up; and sagas, tickets and the event feed, which have
/// tests of their own.
bool is_of_engine(Rejection rejection) {
  const bool is_of_sagas =
      rejection >= Rejection::hold_cannot_be_extended && rejection <= Rejection::currencies_differ;
  if (is_of_sagas) return false;
  return rejection >= Rejection::venue_not_found && rejection < Rejection::reservation_not_confirmed
         && rejection != Rejection::venue_in_use && rejection != Rejection::overlapping_reservation
         && rejection != Rejection::reservation_has_ended;
}

}  // namespace

TEST_CASE("every scenario does what it says") {
  const auto cases = all_cases();
  REQUIRE(cases.size() > 50);
  for (const auto& one : cases) {
    World world;
    run_case(world, one);
  }
}

TEST_CASE("every rejection of the engine appears in a scenario") {
  std::set<Rejection> seen;
  for (const auto& one : all_cases()) {
    World world;
    for (const auto& step : one.steps) run_step(world, step);
    seen.insert(world.seen().begin(), world.seen().end());
  }
  for (const auto rejection : all_rejections()) {
    INFO(name_of(rejection));
    CHECK(seen.contains(rejection) == is_of_engine(rejection));
  }
}

}  // namespace cavea::engine::testing
