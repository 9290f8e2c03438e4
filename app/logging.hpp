#pragma once

#include <spdlog/formatter.h>

#include <memory>
#include <string>
#include <string_view>

namespace spdlog {
class logger;
}

namespace cavea::app {

/// Puts time and level in front of what rooms log and lays it out as one line of logfmt or one JSON
/// object. A room logs either a finished body (`event=request status=200`, or
/// `{"event":"request"}`) or plain words, which become the field `msg`; `key=value` pairs become
/// fields in both formats.
class LogFormatter final : public spdlog::formatter {
 public:
  /// `format`: "logfmt" or "json".
  explicit LogFormatter(std::string_view format) : is_json_(format == "json") {}

  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override;

  [[nodiscard]] std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<LogFormatter>(*this);
  }

 private:
  bool is_json_ = false;
};

/// The logger of the process, which becomes spdlog's default: to standard error, by a thread of its
/// own. When that cannot keep up the oldest lines are dropped; nobody ever waits for it.
[[nodiscard]] std::shared_ptr<spdlog::logger> start_logging(
    const std::string& level, const std::string& format);

/// Writes what is still queued and ends the thread.
void stop_logging();

}  // namespace cavea::app
