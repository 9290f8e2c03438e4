#pragma once

#include "engine/ids.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace spdlog {
class logger;
}

namespace cavea::http {

enum class LogFormat : std::uint8_t { logfmt = 0, json = 1 };

struct RequestLogOptions {
  LogFormat format = LogFormat::logfmt;

  /// Lines a second and I/O thread for ordinary requests; the next line says how many were left
  /// out. At 60,000 requests a second a line for each would cost more than the work itself. 0:
  /// none.
  std::uint32_t lines_per_second = 50;

  /// The same for answers of 500 and above and slow ones.
  std::uint32_t failure_lines_per_second = 200;

  /// From when on a request counts as slow.
  std::uint64_t slow_us = 1'000'000;
};

/// What a line says of a request.
struct RequestLine {
  std::string_view method;
  std::string_view path;  ///< As it came, without the query string; a secret in it is not written.
  std::string_view route;
  unsigned status = 0;
  std::uint64_t duration_us = 0;
  std::size_t body_bytes = 0;  ///< Of the answer.
  std::string_view request_id;
  std::string_view trace_id;
  std::string_view user;
};

/// Writes one line a request, within its budget. One per I/O thread. Not thread-safe.
class RequestLog {
 public:
  /// `logger` may be null: nothing is written.
  RequestLog(RequestLogOptions options, std::shared_ptr<spdlog::logger> logger)
      : options_(options), logger_(std::move(logger)) {}

  void write(const RequestLine& line, engine::Timestamp now);

  /// Something of the server itself that is worth reading, at level warning.
  void warn(std::string_view event, std::string_view detail);

 private:
  [[nodiscard]] bool has_budget(bool is_failure, engine::Timestamp now);

  RequestLogOptions options_;
  std::shared_ptr<spdlog::logger> logger_;
  std::int64_t second_ = 0;
  std::uint32_t lines_ = 0;
  std::uint32_t failure_lines_ = 0;
  std::uint64_t left_out_ = 0;
  std::string text_;
};

}  // namespace cavea::http
