#pragma once

#include "bench/load/api_client.hpp"
#include "bench/load/credentials.hpp"
#include "bench/load/options.hpp"
#include "bench/load/progress.hpp"
#include "bench/load/report.hpp"
#include "bench/load/reservation_requests.hpp"
#include "bench/load/run_plan.hpp"
#include "bench/load/workload.hpp"

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace cavea::bench {

/// What a scenario has to work with. All of it outlives the scenario.
struct Stage {
  const Options& options;  ///< Complete: see `complete_options`.
  const Credentials& credentials;
  const RunPlan& plan;
  const std::string& host;    ///< For the `Host` header.
  const std::string& run_id;  ///< Random; begins the keys.
  const std::string& prefix;  ///< Begins the ids of what is created.
  ApiClient& api;
  const std::atomic<bool>& interrupted;
  const Progress& progress;

  /// Requests of this run's users.
  [[nodiscard]] ReservationRequests requests() const {
    return {{.host = host, .run_id = run_id}, credentials.users};
  }

  /// How to ask on behalf of one of the users, counted round and round, from another thread. Its
  /// keys begin with `name`.
  [[nodiscard]] ApiClient client_of(std::size_t user, const char* name) const {
    const auto& token = credentials.users[user % credentials.users.size()];
    return {
        {.endpoint = plan.server, .host = host, .token = token}, run_id + "-" + name, interrupted};
  }
};

/// One kind of load: what is there before it, what the connections do, what must hold afterwards.
class Scenario {
 public:
  virtual ~Scenario() = default;

  /// Creates what the load needs.
  [[nodiscard]] virtual std::optional<Trouble> prepare() = 0;

  /// What the connections of one thread do; the scenario outlives it.
  [[nodiscard]] virtual std::unique_ptr<Workload> workload(unsigned thread) = 0;

  /// Asks the server whether it has what it acknowledged, and adds that to the report.
  [[nodiscard]] virtual std::optional<Trouble> verify(Report& report) = 0;
};

using MakeScenario = std::unique_ptr<Scenario> (*)(const Stage& stage);

[[nodiscard]] std::unique_ptr<Scenario> make_constant(const Stage& stage);
[[nodiscard]] std::unique_ptr<Scenario> make_hot(const Stage& stage);
[[nodiscard]] std::unique_ptr<Scenario> make_spread(const Stage& stage);
[[nodiscard]] std::unique_ptr<Scenario> make_fill(const Stage& stage);
[[nodiscard]] std::unique_ptr<Scenario> make_load(const Stage& stage);
[[nodiscard]] std::unique_ptr<Scenario> make_rush(const Stage& stage);
[[nodiscard]] std::unique_ptr<Scenario> make_saga(const Stage& stage);

/// A scenario that can be asked for.
struct ScenarioEntry {
  std::string_view name;
  std::string_view summary;
  MakeScenario make = nullptr;
  bool needs_tokens = true;

  /// It runs for a time; the others end when all was asked for.
  bool has_duration = false;

  // What is taken where the options say nothing; 0: the option means nothing here.
  std::uint64_t classes = 0;
  std::uint64_t reservations = 0;
  std::uint64_t seats = 0;
  std::uint64_t buyers = 0;
};

/// Nothing when there is none of that name.
[[nodiscard]] const ScenarioEntry* find_scenario(std::string_view name);

/// "constant, hot, ..."
[[nodiscard]] std::string scenario_names();

/// One line on each, for the help text.
[[nodiscard]] std::string scenario_summaries();

}  // namespace cavea::bench
