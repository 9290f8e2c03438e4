#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <sys/types.h>

namespace cavea::test {

/// How a process ended.
struct ExitStatus {
  int code = -1;   ///< Exit code; -1 when a signal ended it.
  int signal = 0;  ///< The signal that ended it; 0 when it exited.

  bool operator==(const ExitStatus&) const = default;
};

/// A child process whose output is gathered by threads, so that it never waits for its reader.
/// It gets our environment without variables of Cavea, plus `environment`. It ends with this object
/// (SIGKILL), and with the thread that started it, should the test die.
class Process {
 public:
  using Environment = std::map<std::string, std::string>;

  /// Starts `command[0]` with the rest as its arguments; throws when that fails.
  explicit Process(std::vector<std::string> command, const Environment& environment = {});
  ~Process();

  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }

  [[nodiscard]] bool is_running() const;

  /// Sends a signal; nothing happens when the process has ended.
  void signal(int number);

  /// How the process ended, nothing when it still runs after `timeout`.
  [[nodiscard]] std::optional<ExitStatus> wait(std::chrono::milliseconds timeout);

  /// Waits for a line of standard output or standard error that contains `text`; returns the first
  /// such line. Nothing when the process ends or `timeout` passes without one.
  [[nodiscard]] std::optional<std::string> wait_for_line(
      std::string_view text, std::chrono::milliseconds timeout);

  /// What it has written so far.
  [[nodiscard]] std::string output() const;
  [[nodiscard]] std::string error_output() const;

 private:
  struct Stream {
    int fd = -1;
    bool open = true;
    std::string text;
    std::thread reader;
  };

  void read_all(Stream& stream);
  void await_end();
  [[nodiscard]] std::optional<std::string> find_line(std::string_view text) const;

  pid_t pid_ = -1;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<ExitStatus> status_;
  Stream output_;
  Stream error_;
  std::thread waiter_;
};

/// What a short-lived command came to.
struct Finished {
  ExitStatus status;
  std::string output;
  std::string error_output;
};

/// Runs a command to its end; throws when it takes longer than a minute.
[[nodiscard]] Finished run(
    std::vector<std::string> command, const Process::Environment& environment = {});

}  // namespace cavea::test
