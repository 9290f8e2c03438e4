#pragma once

#include "app/commands.hpp"
#include "engine/result.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace cavea::app {

struct ApiResponse {
  int status = 0;
  std::string etag;
  std::string body;

  [[nodiscard]] bool is_success() const { return status >= 200 && status < 300; }

  /// The body as JSON; null when it is none.
  [[nodiscard]] nlohmann::json json() const {
    auto document = nlohmann::json::parse(body, nullptr, false);
    return document.is_discarded() ? nlohmann::json() : document;
  }

  /// What a problem document (RFC 9457) says, in one line; the status when the body is none.
  [[nodiscard]] std::string problem_text() const;
};

/// There was no answer; why, with the address.
struct ApiError {
  std::string text;
};

/// A client of one node over one kept-alive connection. Answers that ask to come again (429, 503
/// and 409 with `Retry-After`) and broken connections are tried again; commands carry an
/// `Idempotency-Key`, so that nothing is done twice. For one thread.
class ApiClient {
 public:
  /// How often one request is sent at most, and the longest pause that is kept.
  static constexpr int attempts_max = 6;
  static constexpr int pause_seconds_max = 30;

  explicit ApiClient(NodeAccess node);
  ~ApiClient();

  ApiClient(const ApiClient&) = delete;
  ApiClient& operator=(const ApiClient&) = delete;

  [[nodiscard]] engine::Result<ApiResponse, ApiError> get(std::string_view path);

  /// `if_match` is an ETag as it came, empty: none.
  [[nodiscard]] engine::Result<ApiResponse, ApiError> send(
      std::string_view method,
      std::string_view path,
      const nlohmann::json& body,
      std::string_view if_match = {});

  [[nodiscard]] const std::string& url() const noexcept { return node_.url; }

 private:
  struct Request;
  struct Attempt;

  [[nodiscard]] engine::Result<ApiResponse, ApiError> perform(const Request& request);
  [[nodiscard]] Attempt try_once(const Request& request);

  NodeAccess node_;
  void* handle_ = nullptr;  ///< Of libcurl.
  std::string run_id_;      ///< Random; the first part of every idempotency key.
  std::uint64_t requests_ = 0;
};

/// Percent-encodes a part of a path or query (RFC 3986).
[[nodiscard]] std::string url_part(std::string_view text);

}  // namespace cavea::app
