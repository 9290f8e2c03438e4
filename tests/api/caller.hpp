#pragma once

#include "tests/support/http_client.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace cavea::test {

using Json = nlohmann::json;

/// An answer with its body read; `json` is null when the body is none.
struct Answer : HttpResponse {
  Json json;
};

/// Somebody who calls the API. Every answer is checked against `/openapi.json` of the node and
/// against what holds for all answers; the test fails where it deviates.
class Caller {
 public:
  using Headers = HttpClient::Headers;

  /// `token` empty: nobody in particular.
  explicit Caller(const std::string& token);

  Answer get(std::string_view path, const Headers& headers = {}) {
    return send("GET", path, std::nullopt, headers);
  }

  Answer post(std::string_view path, const Json& body, const Headers& headers = {}) {
    return send("POST", path, body.dump(), headers);
  }

  /// Without a body.
  Answer post(std::string_view path) { return send("POST", path, std::nullopt); }

  Answer put(std::string_view path, const Json& body, const Headers& headers = {}) {
    return send("PUT", path, body.dump(), headers);
  }

  Answer patch(std::string_view path, const Json& body, const Headers& headers = {}) {
    return send("PATCH", path, body.dump(), headers);
  }

  Answer remove(std::string_view path, const Headers& headers = {}) {
    return send("DELETE", path, std::nullopt, headers);
  }

  /// `POST /v1/reservations` of one item, with a key of its own.
  Answer reserve(const Json& item);

  Answer send(
      std::string_view method,
      std::string_view path,
      const std::optional<std::string>& body,
      const Headers& headers = {});

 private:
  HttpClient client_;
};

/// "Idempotency-Key: \"...\"" with a key that was never used.
[[nodiscard]] std::string fresh_key();

/// "If-Match: <the ETag of the answer>".
[[nodiscard]] std::string if_match(const Answer& answer);

/// Checks that `answer` is the problem `/problems/<name>`.
void check_problem(const Answer& answer, int status, std::string_view name);

/// The text of a body that was compressed with gzip.
[[nodiscard]] std::string unzipped(const std::string& body);

/// Whether the problem has a fault at this JSON pointer (or parameter, or header).
[[nodiscard]] bool has_fault_at(const Answer& answer, std::string_view place);

}  // namespace cavea::test
