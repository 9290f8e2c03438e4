#pragma once

#include "tests/support/process.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace cavea::test {

/// A real node: `cavea serve` on a free port of the loopback interface, unless `options` say which.
/// Made when it is ready;
/// throws, with what it wrote, when it does not come up. Killed with this object.
class NodeProcess {
 public:
  /// `program`: the binary, in tests `CAVEA_BINARY`. `options` are added to the command line.
  NodeProcess(
      std::string program,
      const std::filesystem::path& data,
      const std::vector<std::string>& options = {},
      const Process::Environment& environment = {});

  /// "http://127.0.0.1:41234".
  [[nodiscard]] const std::string& url() const noexcept { return url_; }

  [[nodiscard]] std::string port() const { return url_.substr(url_.rfind(':') + 1); }

  /// A token of this node, made by `cavea token`. `role`: "user" or "admin".
  [[nodiscard]] std::string token(const std::string& role, const std::string& subject) const;

  /// Sends SIGTERM and waits for the end; throws when that takes more than 20 s.
  ExitStatus stop();

  /// Sends SIGKILL and waits for the end.
  void kill();

  [[nodiscard]] Process& process() noexcept { return process_; }

 private:
  std::string program_;
  std::filesystem::path data_;
  Process process_;
  std::string url_;
};

}  // namespace cavea::test
