#include "app/logging.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <spdlog/async.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cctype>
#include <chrono>
#include <utility>
#include <vector>

namespace cavea::app {
namespace {

/// Lines that may wait for the writing thread: a second of a very talkative node, 4 MiB.
constexpr std::size_t queued_lines_max = 8192;

using Fields = std::vector<std::pair<std::string_view, std::string>>;

bool is_key_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// Takes one `key=value` off the front of `rest`; false, with `rest` as it was, when there is none.
bool take_pair(std::string_view& rest, Fields& fields) {
  std::size_t end = 0;
  while (end < rest.size() && is_key_character(rest[end])) ++end;
  if (end == 0 || end == rest.size() || rest[end] != '=') return false;
  const auto key = rest.substr(0, end);
  auto value_part = rest.substr(end + 1);
  std::string value;
  std::size_t used = 0;
  if (value_part.starts_with('"')) {
    for (used = 1; used < value_part.size() && value_part[used] != '"'; ++used) {
      if (value_part[used] == '\\') ++used;
    }
    used = std::min(used + 1, value_part.size());
    // Quoted values are escaped as JSON texts are; one that is not is kept as it stands.
    const auto quoted = value_part.substr(0, used);
    const auto parsed = nlohmann::json::parse(quoted, nullptr, false);
    value = parsed.is_string() ? parsed.get<std::string>() : std::string(quoted);
  } else {
    used = std::min(value_part.find(' '), value_part.size());
    value = value_part.substr(0, used);
  }
  fields.emplace_back(key, std::move(value));
  rest = value_part.substr(used);
  return true;
}

/// Words in front of the pairs become `msg`.
Fields fields_of(std::string_view text) {
  Fields fields;
  std::string words;
  while (!text.empty()) {
    if (text.front() == ' ') {
      text.remove_prefix(1);
    } else if (!take_pair(text, fields)) {
      const auto end = std::min(text.find(' '), text.size());
      if (!words.empty()) words += ' ';
      words += text.substr(0, end);
      text.remove_prefix(end);
    }
  }
  if (!words.empty()) fields.insert(fields.begin(), {"msg", std::move(words)});
  return fields;
}

std::string json_text(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

bool is_bare(std::string_view value) {
  for (const unsigned char c : value) {
    if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7F) return false;
  }
  return !value.empty();
}

std::string_view name_of(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::trace:
      return "trace";
    case spdlog::level::debug:
      return "debug";
    case spdlog::level::info:
      return "info";
    case spdlog::level::warn:
      return "warning";
    case spdlog::level::err:
      return "error";
    case spdlog::level::critical:
      return "critical";
    case spdlog::level::off:
    case spdlog::level::n_levels:
      break;
  }
  return "info";
}

std::string time_text(spdlog::log_clock::time_point time) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch());
  return fmt::format(
      "{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
      fmt::gmtime(static_cast<std::time_t>(ms.count() / 1000)),
      ms.count() % 1000);
}

}  // namespace

void LogFormatter::format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) {
  const std::string_view text(message.payload.data(), message.payload.size());
  const auto time = time_text(message.time);
  const auto level = name_of(message.level);
  const auto sink = std::back_inserter(out);
  if (is_json_) {
    fmt::format_to(sink, R"({{"time":"{}","level":"{}")", time, level);
    if (text.starts_with('{') && text.size() > 2) {
      fmt::format_to(sink, ",{}\n", text.substr(1));
      return;
    }
    for (const auto& [key, value] : fields_of(text)) {
      fmt::format_to(sink, R"(,"{}":{})", key, json_text(value));
    }
    fmt::format_to(sink, "}}\n");
    return;
  }
  fmt::format_to(sink, "time={} level={}", time, level);
  for (const auto& [key, value] : fields_of(text)) {
    fmt::format_to(sink, " {}={}", key, is_bare(value) ? value : json_text(value));
  }
  fmt::format_to(sink, "\n");
}

std::shared_ptr<spdlog::logger> start_logging(const std::string& level, const std::string& format) {
  spdlog::init_thread_pool(queued_lines_max, 1);
  auto logger = spdlog::create_async_nb<spdlog::sinks::stderr_sink_mt>("cavea");
  logger->set_formatter(std::make_unique<LogFormatter>(format));
  logger->set_level(spdlog::level::from_str(level));
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(logger);
  return logger;
}

void stop_logging() {
  spdlog::shutdown();
}

}  // namespace cavea::app
