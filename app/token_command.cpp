#include "app/commands.hpp"
#include "app/token_key.hpp"
#include "http/tokens.hpp"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <optional>

namespace cavea::app {
namespace {

/// A token that never ends is a password nobody can change: ten years at most.
constexpr std::int64_t token_life_max_ms = 3650LL * 86'400'000;

/// "90s", "45m", "12h", "30d" in milliseconds; nothing when it is none of these or out of range.
std::optional<engine::Duration> read_duration(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  std::int64_t count = 0;
  const auto* last = text.data() + text.size() - 1;
  const auto [end, fault] = std::from_chars(text.data(), last, count);
  if (fault != std::errc() || end != last || count <= 0 || count > token_life_max_ms / 1000) {
    return std::nullopt;
  }
  std::int64_t unit_ms = 0;
  switch (text.back()) {
    case 's':
      unit_ms = 1000;
      break;
    case 'm':
      unit_ms = 60'000;
      break;
    case 'h':
      unit_ms = 3'600'000;
      break;
    case 'd':
      unit_ms = 86'400'000;
      break;
    default:
      return std::nullopt;
  }
  if (count > token_life_max_ms / unit_ms) return std::nullopt;
  return engine::Duration{count * unit_ms};
}

engine::Timestamp now() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count()};
}

}  // namespace

ExitCode run_token(const TokenOptions& options) {
  const auto life = read_duration(options.expires);
  if (!life) {
    return complain(
        ExitCode::usage,
        fmt::format(
            "--expires {}: write a number and s, m, h or d (90s, 45m, 12h, 30d), 10 years at most",
            options.expires));
  }
  const auto file = options.key_file.empty() ? std::filesystem::path(options.data) / "token.key"
                                             : std::filesystem::path(options.key_file);
  const auto key = read_token_key(file);
  if (!key) {
    return complain(
        ExitCode::refused,
        key.error().text
            + "\nA node makes it at its first start: give --data DIR of that node, or --key-file.");
  }
  const auto issued_at = now();
  const auto token = http::make_token(
      {.algorithm = http::TokenAlgorithm::hs256, .key = key.value()},
      {.user = options.subject,
       .role = http::role_from(options.role).value_or(http::Role::user),
       .issued_at = issued_at,
       .expires_at = issued_at + *life});
  if (!token) {
    return complain(
        ExitCode::usage, fmt::format("--subject {}: {}", options.subject, token.error().text));
  }
  std::cout << token.value() << '\n';
  return ExitCode::ok;
}

}  // namespace cavea::app
