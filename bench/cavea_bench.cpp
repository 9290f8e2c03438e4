// The load generator: cavea-bench --help says what it does.

#include "bench/load/command_line.hpp"
#include "bench/load/session.hpp"

#include <atomic>
#include <csignal>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>

#include <signal.h>

namespace {

using namespace cavea::bench;

// Numbers of exit codes, for scripts: bench/load/README.md.
constexpr int ok_exit = 0;
constexpr int wrong_exit = 1;
constexpr int usage_exit = 2;
constexpr int interrupted_exit = 130;

/// A signal handler reaches nothing else.
std::atomic<bool> interrupted{false};

void on_signal(int) {
  interrupted = true;
}

/// The first SIGINT or SIGTERM ends the run in order, the second one the process.
void take_signals() {
  struct sigaction action {};

  action.sa_handler = on_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

int complain(const Trouble& trouble) {
  std::cerr << "error: " << trouble.text << '\n';
  if (trouble.is_usage) return usage_exit;
  return interrupted ? interrupted_exit : wrong_exit;
}

/// False: the file could not be written.
bool write_json(const Report& report) {
  if (report.options.json.empty()) return true;
  std::ofstream file(report.options.json);
  file << report.json().dump() << std::endl;
  return file.good();
}

int run(int argc, char** argv) {
  Options options;
  if (const auto exit = read_command_line(argc, argv, options)) return *exit;
  // Before the run, so that a name that cannot be written does not cost the run.
  if (!options.json.empty() && !std::ofstream(options.json, std::ios::app)) {
    return complain({.text = "--json " + options.json + ": cannot be written", .is_usage = true});
  }
  take_signals();
  const auto report = run_session(options, interrupted);
  if (!report) return complain(report.error());
  std::cout << report->table();
  if (!write_json(*report))
    return complain({.text = "--json " + options.json + ": cannot be written"});
  if (!report->faults.empty()) return wrong_exit;
  return report->measured.is_interrupted ? interrupted_exit : ok_exit;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return wrong_exit;
  }
}
