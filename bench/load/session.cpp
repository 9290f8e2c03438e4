#include "bench/load/session.hpp"

#include "bench/load/load_run.hpp"
#include "bench/load/scenario.hpp"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace cavea::bench {
namespace {

/// Unlike that of any other run, whatever the seed: keys must never be used again.
std::string make_run_id() {
  std::random_device device;
  return fmt::format("{:08x}{:08x}", device(), device());
}

RunPlan plan_of(const Options& options, const boost::asio::ip::tcp::endpoint& server) {
  RunPlan plan{.server = server, .connections = options.connections, .threads = options.threads};
  plan.warm_up = duration_of(options.warm_up.value_or(0));
  if (options.seconds) plan.duration = duration_of(*options.seconds);
  plan.per_second = options.rate;
  return plan;
}

/// Makes the load, then looks whether the server has what it acknowledged.
std::optional<Trouble> carry_out(Scenario& scenario, const Stage& stage, Report& report) {
  // They keep what they were told until it was compared.
  std::vector<std::unique_ptr<Workload>> workloads;
  for (unsigned thread = 0; thread < stage.plan.threads; ++thread) {
    workloads.push_back(scenario.workload(thread));
  }
  report.measured = run_load(stage.plan, workloads, stage.interrupted, stage.progress);
  if (report.measured.is_interrupted) return std::nullopt;
  return scenario.verify(report);
}

}  // namespace

engine::Result<Report, Trouble> run_session(
    const Options& options, const std::atomic<bool>& interrupted) {
  const auto address = Address::from_url(options.url);
  if (!address) return address.error();
  const auto credentials = Credentials::from(options);
  if (!credentials) return credentials.error();
  const auto server = address->reach();
  if (!server) return server.error();

  const Progress progress(options.is_quiet);
  const auto run_id = make_run_id();
  const auto prefix = options.prefix.empty() ? "bench-" + run_id : options.prefix;
  const auto host = address->host_header();
  const auto plan = plan_of(options, server.value());
  ApiClient api(
      {.endpoint = server.value(), .host = host, .token = credentials->admin}, run_id, interrupted);
  const Stage stage{
      .options = options,
      .credentials = credentials.value(),
      .plan = plan,
      .host = host,
      .run_id = run_id,
      .prefix = prefix,
      .api = api,
      .interrupted = interrupted,
      .progress = progress};

  const auto scenario = find_scenario(options.scenario)->make(stage);
  if (auto trouble = scenario->prepare()) return *std::move(trouble);
  Report report;
  report.options = options;
  // What was measured is reported even if it cannot be checked any more.
  if (auto trouble = carry_out(*scenario, stage, report)) {
    report.faults.push_back("it could not be read back: " + trouble->text);
  }
  report.find_faults();
  return report;
}

}  // namespace cavea::bench
