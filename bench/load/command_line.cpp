#include "bench/load/command_line.hpp"

#include "bench/load/scenario.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cmath>
#include <iostream>
#include <string>

namespace cavea::bench {
namespace {

constexpr int usage_exit = 2;

// Bounds of the options, so that a slip of the keyboard is noticed and not carried out.
constexpr unsigned users_max = 1'000'000;
constexpr unsigned connections_max = 50'000;
constexpr unsigned threads_max = 256;
constexpr double seconds_max = 86'400;
constexpr double rate_max = 10'000'000;
constexpr std::uint64_t classes_max = 1'000'000;
constexpr std::uint64_t reservations_max = 1'000'000'000;
constexpr std::uint64_t seats_max = 250'000;
constexpr std::uint64_t buyers_max = 100'000'000;

constexpr double seconds_default = 10;
constexpr double warm_up_default = 1;

void declare_target(CLI::App& app, Options& options) {
  app.add_option("--url", options.url, "Server to measure")
      ->type_name("URL")
      ->capture_default_str();
  app.add_option("--scenario", options.scenario, "What is done: " + scenario_names())
      ->type_name("NAME")
      ->required();
  app.add_option("--token-key", options.token_key, "Key of the node: token.key in its data folder")
      ->type_name("FILE");
  app.add_option("--admin-token", options.admin_token, "Token of an administrator, without a key")
      ->type_name("JWT");
  app.add_option("--user-tokens", options.user_tokens, "Tokens of users, one a line")
      ->type_name("FILE");
  app.add_option("--users", options.users, "Users, with a key")->capture_default_str();
  app.add_option("--prefix", options.prefix, "Ids of what is created begin so; default: random")
      ->type_name("TEXT");
}

void declare_load(CLI::App& app, Options& options) {
  app.add_option("--connections", options.connections, "Of all threads together")
      ->capture_default_str();
  app.add_option("--threads", options.threads, "Of the load generator")->capture_default_str();
  app.add_option("--seconds", options.seconds, "Measured time; default: 10");
  app.add_option("--warm-up", options.warm_up, "Seconds of load before it; default: 1");
  app.add_option("--rate", options.rate, "Requests a second, open loop; default: closed loop");
  app.add_option("--classes", options.classes, "Offerings of spread, fill and load");
  app.add_option("--reservations", options.reservations, "Reservations of fill");
  app.add_option("--seats", options.seats, "Seats of on-sale, and of each offering of load");
  app.add_option("--buyers", options.buyers, "Buyers of on-sale");
  app.add_option("--seed", options.seed, "Of everything random")->capture_default_str();
  app.add_option("--json", options.json, "File for the report")->type_name("FILE");
  app.add_flag("--quiet", options.is_quiet, "No progress on standard error");
}

/// The first option that is out of its range.
class Ranges {
 public:
  template <class Number>
  Ranges& check(const char* option, const std::optional<Number>& value, Number least, Number most) {
    const bool is_fine = !value || (*value >= least && *value <= most);
    if (is_fine || trouble_) return *this;
    trouble_ = Trouble{fmt::format("{} {}: must be {} to {}", option, *value, least, most)};
    return *this;
  }

  [[nodiscard]] const std::optional<Trouble>& trouble() const noexcept { return trouble_; }

 private:
  std::optional<Trouble> trouble_;
};

std::optional<Trouble> check_ranges(const Options& options) {
  constexpr std::uint64_t one = 1;
  return Ranges()
      .check("--users", std::optional(options.users), 1U, users_max)
      .check("--connections", std::optional(options.connections), 1U, connections_max)
      .check("--threads", std::optional(options.threads), 1U, threads_max)
      .check("--seconds", options.seconds, 0.1, seconds_max)
      .check("--warm-up", options.warm_up, 0.0, seconds_max)
      .check("--rate", options.rate, 0.01, rate_max)
      .check("--classes", options.classes, one, classes_max)
      .check("--reservations", options.reservations, one, reservations_max)
      .check("--seats", options.seats, one, seats_max)
      .check("--buyers", options.buyers, one, buyers_max)
      .trouble();
}

std::optional<Trouble> check_tokens(const Options& options, const ScenarioEntry& scenario) {
  const bool has_tokens = !options.user_tokens.empty() && !options.admin_token.empty();
  if (options.user_tokens.empty() != options.admin_token.empty()) {
    return Trouble{"--admin-token and --user-tokens belong together"};
  }
  if (has_tokens && !options.token_key.empty()) {
    return Trouble{"--token-key signs tokens: leave --admin-token and --user-tokens out"};
  }
  if (scenario.needs_tokens && !has_tokens && options.token_key.empty()) {
    return Trouble{fmt::format(
        "--scenario {} needs tokens: --token-key DATA/token.key of the node, or --admin-token and "
        "--user-tokens",
        options.scenario)};
  }
  return std::nullopt;
}

bool is_id_start(const std::string& prefix) {
  return prefix.size() <= 40
         && prefix.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_.") == std::string::npos
         && prefix.find_first_of("-_.") != 0;
}

template <class Number>
void fill_in(std::optional<Number>& option, Number value) {
  if (!option && value != Number{}) option = value;
}

}  // namespace

std::optional<int> read_command_line(int argc, const char* const* argv, Options& options) {
  CLI::App app(
      "Measures a running Cavea: makes load, checks every answer, reads back what was sold.");
  app.name("cavea-bench");
  declare_target(app, options);
  declare_load(app, options);
  app.footer(
      "Scenarios:\n" + scenario_summaries()
      + "\nWhat it creates (ids begin with bench-) stays on the server: measure one that is not on "
        "sale.\n\nExamples:\n"
        "  cavea-bench --scenario on-sale --token-key data/token.key\n"
        "  cavea-bench --url http://10.0.0.7:8088 --scenario hot --rate 20000 --seconds 60 \\\n"
        "    --admin-token \"$ADMIN\" --user-tokens users.txt --json hot.json");
  std::string fault;
  try {
    app.parse(argc, argv);
    if (const auto trouble = complete_options(options)) fault = trouble->text;
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error, std::cout, std::cerr);
    fault = error.what();
  }
  if (fault.empty()) return std::nullopt;
  std::cerr << "error: " << fault << "\n       cavea-bench --help lists what may be said.\n";
  return usage_exit;
}

std::optional<Trouble> complete_options(Options& options) {
  const auto* const scenario = find_scenario(options.scenario);
  if (scenario == nullptr) {
    return Trouble{
        fmt::format("--scenario {}: must be one of {}", options.scenario, scenario_names())};
  }
  if (auto trouble = check_ranges(options)) return trouble;
  if (options.threads > options.connections) {
    return Trouble{fmt::format(
        "--threads {}: there are only {} connections", options.threads, options.connections)};
  }
  if (!is_id_start(options.prefix)) {
    return Trouble{fmt::format(
        "--prefix {}: must have at most 40 of a-z 0-9 - _ . and begin with a letter or digit",
        options.prefix)};
  }
  if (const auto address = Address::from_url(options.url); !address) {
    return Trouble{fmt::format("--url {}: {}", options.url, address.error().text)};
  }
  if (auto trouble = check_tokens(options, *scenario)) return trouble;
  if (scenario->has_duration) {
    fill_in(options.seconds, seconds_default);
    if (!options.warm_up) options.warm_up = warm_up_default;
  }
  fill_in(options.classes, scenario->classes);
  fill_in(options.reservations, scenario->reservations);
  fill_in(options.seats, scenario->seats);
  fill_in(options.buyers, scenario->buyers);
  return std::nullopt;
}

}  // namespace cavea::bench
