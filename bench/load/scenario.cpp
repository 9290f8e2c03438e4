#include "bench/load/scenario.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace cavea::bench {
namespace {

constexpr std::array<ScenarioEntry, 8> scenarios{{
    {.name = "constant",
     .summary = "the requests of hot to a server that answers a constant",
     .make = make_constant,
     .needs_tokens = false,
     .has_duration = true},
    {.name = "hot",
     .summary = "reservations of one place, all in one class",
     .make = make_hot,
     .has_duration = true},
    {.name = "spread",
     .summary = "the same over --classes classes in random order",
     .make = make_spread,
     .has_duration = true,
     .classes = 1'000},
    {.name = "fill",
     .summary = "--reservations reservations over --classes classes, in turn",
     .make = make_fill,
     .classes = 10'000,
     .reservations = 1'000'000},
    {.name = "load",
     .summary = "one reservation in each of --classes offerings, with --seats seats if given",
     .make = make_load,
     .classes = 1'000},
    {.name = "saga",
     .summary = "purchases over --classes classes; the provider's customers must pay by themselves",
     .make = make_saga,
     .has_duration = true,
     .classes = 100},
    {.name = "on-sale",
     .summary = "--buyers buyers want the same good seats of --seats",
     .make = make_rush,
     .seats = 10'000,
     .buyers = 100'000},
    {.name = "rush",
     .summary = "another name of on-sale",
     .make = make_rush,
     .seats = 10'000,
     .buyers = 100'000},
}};

}  // namespace

const ScenarioEntry* find_scenario(std::string_view name) {
  const auto* const found = std::ranges::find(scenarios, name, &ScenarioEntry::name);
  return found == scenarios.end() ? nullptr : found;
}

std::string scenario_names() {
  std::string names;
  for (const auto& scenario : scenarios) {
    if (!names.empty()) names += ", ";
    names += scenario.name;
  }
  return names;
}

std::string scenario_summaries() {
  std::string lines;
  for (const auto& scenario : scenarios) {
    fmt::format_to(std::back_inserter(lines), "  {:<9} {}\n", scenario.name, scenario.summary);
  }
  return lines;
}

}  // namespace cavea::bench
