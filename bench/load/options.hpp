#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace cavea::bench {

/// What may be said to `cavea-bench`; the defaults are here and nowhere else, but for those that
/// depend on the scenario (`complete_options`).
struct Options {
  std::string url = "http://127.0.0.1:8088";
  std::string scenario;
  std::string token_key;    ///< File with the key of the node.
  std::string admin_token;  ///< Where there is no key: tokens.
  std::string user_tokens;  ///< File, one a line.
  unsigned users = 1'000;
  unsigned connections = 64;
  unsigned threads = 1;
  std::optional<double> seconds;
  std::optional<double> warm_up;
  std::optional<double> rate;
  std::optional<std::uint64_t> classes;
  std::optional<std::uint64_t> reservations;
  std::optional<std::uint64_t> seats;
  std::optional<std::uint64_t> buyers;
  std::uint64_t seed = 1;
  std::string prefix;  ///< Of the ids of what is created; empty: a random one.
  std::string json;    ///< File for the report.
  bool is_quiet = false;
};

}  // namespace cavea::bench
