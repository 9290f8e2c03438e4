#include "http/request_log.hpp"

#include "http/text.hpp"

#include <spdlog/spdlog.h>

namespace cavea::http {

namespace {

/// Builds one line of logfmt or one JSON object, field by field.
class LineBuilder {
 public:
  LineBuilder(std::string& out, LogFormat format) : out_(out), format_(format) {
    out_.assign(format == LogFormat::json ? "{" : "");
  }

  void add(std::string_view key, std::string_view value) {
    add_key(key);
    if (format_ == LogFormat::json || needs_quotes(value)) {
      append_json_string(out_, value);
    } else {
      out_.append(value);
    }
  }

  void add(std::string_view key, std::uint64_t value) {
    add_key(key);
    append_number(out_, value);
  }

  void finish() {
    if (format_ == LogFormat::json) out_.push_back('}');
  }

 private:
  void add_key(std::string_view key) {
    if (out_.size() > 1) out_.push_back(format_ == LogFormat::json ? ',' : ' ');
    if (format_ == LogFormat::json) {
      out_.append("\"").append(key).append("\":");
    } else {
      out_.append(key).push_back('=');
    }
  }

  static bool needs_quotes(std::string_view value) {
    for (const char c : value) {
      if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7F) return true;
    }
    return value.empty();
  }

  std::string& out_;
  LogFormat format_;
};

/// Without the name of a calendar, which is all that it takes to read it; also of an address that
/// is a slip of the pen of one.
std::string_view without_secret(std::string_view path) {
  constexpr std::string_view folder = "calendars/";
  const auto at = path.find(folder);
  return at == std::string_view::npos ? path : path.substr(0, at + folder.size());
}

}  // namespace

bool RequestLog::has_budget(bool is_failure, engine::Timestamp now) {
  const auto second = now.ms / 1000;
  if (second != second_) {
    second_ = second;
    lines_ = 0;
    failure_lines_ = 0;
  }
  auto& used = is_failure ? failure_lines_ : lines_;
  if (used >= (is_failure ? options_.failure_lines_per_second : options_.lines_per_second)) {
    return false;
  }
  ++used;
  return true;
}

void RequestLog::write(const RequestLine& line, engine::Timestamp now) {
  if (logger_ == nullptr) return;
  const bool is_failure = line.status >= 500 || line.duration_us >= options_.slow_us;
  if (!has_budget(is_failure, now)) {
    ++left_out_;
    return;
  }
  LineBuilder builder(text_, options_.format);
  builder.add("event", "request");
  builder.add("method", line.method);
  builder.add("path", without_secret(line.path));
  builder.add("route", line.route);
  builder.add("status", std::uint64_t{line.status});
  builder.add("duration_us", line.duration_us);
  builder.add("bytes", std::uint64_t{line.body_bytes});
  builder.add("request_id", line.request_id);
  if (!line.trace_id.empty()) builder.add("trace_id", line.trace_id);
  if (!line.user.empty()) builder.add("user", line.user);
  if (left_out_ != 0) builder.add("left_out", left_out_);
  builder.finish();
  left_out_ = 0;
  logger_->log(
      is_failure ? spdlog::level::warn : spdlog::level::info, spdlog::string_view_t(text_));
}

void RequestLog::warn(std::string_view event, std::string_view detail) {
  if (logger_ == nullptr) return;
  LineBuilder builder(text_, options_.format);
  builder.add("event", event);
  builder.add("detail", detail);
  builder.finish();
  logger_->warn(spdlog::string_view_t(text_));
}

}  // namespace cavea::http
