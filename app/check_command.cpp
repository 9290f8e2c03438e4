#include "app/commands.hpp"
#include "app/compose.hpp"
#include "persistence/check.hpp"
#include "persistence/rocks_store.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <filesystem>
#include <iostream>
#include <string>

#include <unistd.h>

namespace cavea::app {
namespace {

void print_json(const persistence::CheckReport& report) {
  nlohmann::ordered_json document{
      {"sound", report.is_sound()},
      {"format", report.mark ? nlohmann::ordered_json(report.mark->version) : nullptr},
      {"shards", report.mark ? nlohmann::ordered_json(report.mark->shard_count) : nullptr},
      {"records", report.records},
      {"offerings", report.offerings},
      {"reservations", report.reservations},
      {"live_reservations", report.live_reservations},
      {"sagas", report.sagas},
      {"entries", report.entries},
      {"entries_to_carry_out", report.entries_to_carry_out},
      {"turns_replayed", report.turns_replayed},
      {"shards_replayed_whole", report.shards_replayed_whole},
      {"problem_count", report.problem_count},
      {"problems", nlohmann::ordered_json::array()}};
  for (const auto& problem : report.problems) {
    document["problems"].push_back({{"where", problem.where}, {"what", problem.what}});
  }
  std::cout << document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace)
            << '\n';
}

void print_text(const persistence::CheckReport& report) {
  if (report.mark) {
    std::cout << fmt::format(
        "node {}, format {}, {} shards\n",
        report.mark->node,
        report.mark->version,
        report.mark->shard_count);
  }
  std::cout << fmt::format(
      "{} records with their checksums, {} offerings, {} reservations ({} live)\n"
      "{} log entries, {} turns replayed, {} shards from their first entry\n",
      report.records,
      report.offerings,
      report.reservations,
      report.live_reservations,
      report.entries,
      report.turns_replayed,
      report.shards_replayed_whole);
  if (report.entries_to_carry_out > 0) {
    std::cout << fmt::format(
        "{} entries of the log are not in the state's tables yet, as after a crash: the next start "
        "carries them out, and the figures include them\n",
        report.entries_to_carry_out);
  }
  for (const auto& problem : report.problems) {
    std::cout << fmt::format("{}: {}\n", problem.where, problem.what);
  }
  std::cout
      << (report.is_sound() ? std::string("sound\n")
                            : fmt::format("{} problems\n", report.problem_count));
}

}  // namespace

persistence::CheckProgress progress_on_terminal() {
  if (::isatty(STDERR_FILENO) != 1) return {};
  return [](std::string_view step, std::uint64_t done) {
    std::fputs(fmt::format("\r\033[K{}: {}", step, done).c_str(), stderr);
    std::fflush(stderr);
  };
}

void end_progress_on_terminal() {
  if (::isatty(STDERR_FILENO) == 1) std::fputs("\r\033[K", stderr);
}

ExitCode run_check(const CheckOptions& options) {
  const auto folder = std::filesystem::path(options.data) / "store";
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored)) {
    return complain(
        ExitCode::usage, fmt::format("--data {}: there is no data of a node", options.data));
  }
  const auto store = persistence::RocksStore::open({.path = folder.string(), .read_only = true});
  if (!store) return complain(exit_code_of(store.error().kind), store.error().text);
  const auto report = persistence::check_store(*store.value(), progress_on_terminal());
  end_progress_on_terminal();
  if (!report) return complain(exit_code_of(report.error().kind), report.error().text);
  if (options.json) {
    print_json(report.value());
  } else {
    print_text(report.value());
  }
  return report->is_sound() ? ExitCode::ok : ExitCode::failed;
}

}  // namespace cavea::app
