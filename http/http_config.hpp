#pragma once

#include "http/limits.hpp"
#include "http/request_log.hpp"
#include "http/tokens.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace cavea::http {

/// The bounds of `http/limits.hpp` that a configuration may change.
struct HttpLimits {
  std::size_t header_bytes = limits::header_bytes;  ///< At most 64 KiB.
  std::uint32_t connections = limits::connections;
  std::chrono::milliseconds idle_time = limits::idle_time;
  std::chrono::milliseconds read_time = limits::read_time;
  std::chrono::milliseconds write_time = limits::write_time;
  std::chrono::milliseconds answer_time = limits::answer_time;
  std::chrono::milliseconds linger_time = limits::linger_time;
  std::chrono::milliseconds drain_time = limits::drain_time;
  std::chrono::milliseconds tick_time = limits::tick_time;
  std::chrono::milliseconds feed_comment_time = limits::feed_comment_time;
  std::chrono::milliseconds feed_linger_time = limits::feed_linger_time;
};

/// How the server is reached and what it trusts.
struct HttpConfig {
  std::string address =
      "127.0.0.1";            ///< A numeric IPv4 or IPv6 address; "0.0.0.0" or "::" for all.
  std::uint16_t port = 8088;  ///< 0: any free one, for tests.
  unsigned io_threads = 0;    ///< 0: one for each core.
  HttpLimits limits;

  /// Who verifies tokens; at least one key, more while keys are changed.
  std::vector<TokenKey> token_keys;

  /// Origins ("https://box-office.example") whose pages may use every method; "*" for all.
  /// `GET` and `HEAD` are open to every origin in any case.
  std::vector<std::string> cors_origins;

  RequestLogOptions request_log;
};

}  // namespace cavea::http
