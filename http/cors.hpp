#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cavea::http {

/// Why a text is no origin that pages may be trusted by, as one sentence; nothing when it is one:
/// "*", or scheme, host and perhaps port as browsers send them (RFC 6454, 6.2).
[[nodiscard]] std::optional<std::string> fault_of_origin(const std::string& text);

/// Which pages of other origins may use the API
/// (https://fetch.spec.whatwg.org/#http-cors-protocol). Tokens travel in `Authorization`, never in
/// cookies, so no answer allows credentials.
class Cors {
 public:
  explicit Cors(std::vector<std::string> origins) : origins_(std::move(origins)) {}

  /// Fields for the answer to a request with `Origin: origin`. `is_read`: it was `GET` or `HEAD`.
  void add_to_answer(std::string_view origin, bool is_read, std::string& header_lines) const;

  /// Fields for the answer to a preflight; `allow` lists what the path takes.
  void add_to_preflight(
      std::string_view origin, std::string_view allow, std::string& header_lines) const;

 private:
  [[nodiscard]] bool is_trusted(std::string_view origin) const;

  std::vector<std::string> origins_;
};

}  // namespace cavea::http
