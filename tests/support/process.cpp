#include "tests/support/process.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace cavea::test {
namespace {

using namespace std::chrono_literals;

struct Pipe {
  int read_end = -1;
  int write_end = -1;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw std::runtime_error(std::string("pipe: ") + std::strerror(errno));
  }
  return {ends[0], ends[1]};
}

std::vector<std::string> environment_for(const Process::Environment& extra) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (!std::string_view(*entry).starts_with("CAVEA_")) all.emplace_back(*entry);
  }
  for (const auto& [name, value] : extra) all.push_back(name + "=" + value);
  return all;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// Between fork and exec only calls that are safe in a signal handler are allowed.
[[noreturn]] void become(char** command, char** environment, int out, int err) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  ::execve(command[0], command, environment);
  ::_exit(127);
}

}  // namespace

Process::Process(std::vector<std::string> command, const Environment& environment) {
  const auto out = make_pipe();
  const auto err = make_pipe();
  auto variables = environment_for(environment);
  const auto command_pointers = pointers_to(command);
  const auto variable_pointers = pointers_to(variables);

  pid_ = ::fork();
  if (pid_ == 0) {
    become(
        const_cast<char**>(command_pointers.data()),
        const_cast<char**>(variable_pointers.data()),
        out.write_end,
        err.write_end);
  }
  ::close(out.write_end);
  ::close(err.write_end);
  if (pid_ < 0) throw std::runtime_error(std::string("fork: ") + std::strerror(errno));

  output_.fd = out.read_end;
  error_.fd = err.read_end;
  output_.reader = std::thread([this] { read_all(output_); });
  error_.reader = std::thread([this] { read_all(error_); });
  waiter_ = std::thread([this] { await_end(); });
}

Process::~Process() {
  signal(SIGKILL);
  waiter_.join();
  output_.reader.join();
  error_.reader.join();
  ::close(output_.fd);
  ::close(error_.fd);
}

bool Process::is_running() const {
  const std::lock_guard lock(mutex_);
  return !status_;
}

void Process::signal(int number) {
  const std::lock_guard lock(mutex_);
  // Until the status is set the process has not been reaped, so its number is still its own.
  if (!status_) ::kill(pid_, number);
}

std::optional<ExitStatus> Process::wait(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, timeout, [&] { return status_ && !output_.open && !error_.open; });
  return status_;
}

std::optional<std::string> Process::wait_for_line(
    std::string_view text, std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  std::optional<std::string> line;
  changed_.wait_for(lock, timeout, [&] {
    line = find_line(text);
    return line || (!output_.open && !error_.open);
  });
  return line;
}

std::string Process::output() const {
  const std::lock_guard lock(mutex_);
  return output_.text;
}

std::string Process::error_output() const {
  const std::lock_guard lock(mutex_);
  return error_.text;
}

void Process::read_all(Stream& stream) {
  std::array<char, 16 * 1024> buffer{};
  while (true) {
    const auto count = ::read(stream.fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    const std::lock_guard lock(mutex_);
    if (count <= 0) stream.open = false;
    if (count > 0) stream.text.append(buffer.data(), static_cast<std::size_t>(count));
    changed_.notify_all();
    if (count <= 0) return;
  }
}

void Process::await_end() {
  // First wait without reaping, so that `signal` can never hit another process with this number.
  siginfo_t info{};
  while (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT) != 0
         && errno == EINTR) {
  }
  const std::lock_guard lock(mutex_);
  int status = 0;
  ::waitpid(pid_, &status, 0);
  if (WIFSIGNALED(status)) {
    status_ = ExitStatus{.code = -1, .signal = WTERMSIG(status)};
  } else {
    status_ = ExitStatus{.code = WEXITSTATUS(status), .signal = 0};
  }
  changed_.notify_all();
}

std::optional<std::string> Process::find_line(std::string_view text) const {
  for (const auto* stream : {&output_, &error_}) {
    const std::string_view all = stream->text;
    const auto found = all.find(text);
    if (found == std::string_view::npos) continue;
    const auto end = all.find('\n', found);
    if (end == std::string_view::npos) continue;
    const auto before = all.rfind('\n', found);
    const auto begin = before == std::string_view::npos ? 0 : before + 1;
    return std::string(all.substr(begin, end - begin));
  }
  return std::nullopt;
}

Finished run(std::vector<std::string> command, const Process::Environment& environment) {
  const auto name = command.front();
  Process process(std::move(command), environment);
  const auto status = process.wait(60s);
  if (!status) throw std::runtime_error(name + " did not end within a minute");
  return {*status, process.output(), process.error_output()};
}

}  // namespace cavea::test
