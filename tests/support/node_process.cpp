#include "tests/support/node_process.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <signal.h>

namespace cavea::test {
namespace {

using namespace std::chrono_literals;

/// Generous: the machine may be busy with other tests.
constexpr auto start_time_max = 30s;
constexpr auto stop_time_max = 20s;

constexpr std::string_view lead = "listening on ";

std::vector<std::string> command_line(
    const std::string& program,
    const std::filesystem::path& data,
    const std::vector<std::string>& options) {
  std::vector<std::string> command{program, "serve", "--data", data.string()};
  if (std::find(options.begin(), options.end(), "--port") == options.end()) {
    command.insert(command.end(), {"--port", "0"});
  }
  command.insert(command.end(), options.begin(), options.end());
  return command;
}

}  // namespace

NodeProcess::NodeProcess(
    std::string program,
    const std::filesystem::path& data,
    const std::vector<std::string>& options,
    const Process::Environment& environment)
    : program_(std::move(program)),
      data_(data),
      process_(command_line(program_, data, options), environment) {
  const auto line = process_.wait_for_line(lead, start_time_max);
  if (!line) {
    throw std::runtime_error("the node did not start: " + process_.error_output());
  }
  url_ = line->substr(lead.size());
}

std::string NodeProcess::token(const std::string& role, const std::string& subject) const {
  auto made =
      run({program_, "token", "--data", data_.string(), "--role", role, "--subject", subject});
  if (made.status.code != 0) throw std::runtime_error("no token: " + made.error_output);
  while (made.output.ends_with('\n')) made.output.pop_back();
  return made.output;
}

ExitStatus NodeProcess::stop() {
  process_.signal(SIGTERM);
  const auto status = process_.wait(stop_time_max);
  if (!status) throw std::runtime_error("the node did not stop: " + process_.error_output());
  return *status;
}

void NodeProcess::kill() {
  process_.signal(SIGKILL);
  if (!process_.wait(stop_time_max)) throw std::runtime_error("the node survived SIGKILL");
}

}  // namespace cavea::test
