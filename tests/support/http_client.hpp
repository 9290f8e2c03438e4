#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cavea::test {

struct HttpResponse {
  int status = 0;  ///< 0: no answer came (refused, reset, timed out); `error` says why.
  std::map<std::string, std::string> headers;  ///< Names in lower case.
  std::string body;
  std::string error;

  /// The value of a header by its lower-case name, empty when it is missing.
  [[nodiscard]] std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string() : found->second;
  }
};

/// A small blocking HTTP client with one kept-alive connection. For one thread at a time; make one
/// for each thread.
class HttpClient {
 public:
  using Headers = std::vector<std::string>;  ///< "Name: value".

  /// `base_url` as "http://127.0.0.1:8088".
  explicit HttpClient(std::string base_url);
  ~HttpClient();

  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// Sends `Authorization: Bearer <token>` with every request from now on; empty: none.
  void use_token(std::string token);

  /// Trusts the authorities in this PEM file, and no others, from now on.
  void trust(std::string ca_file);

  [[nodiscard]] HttpResponse get(std::string_view path, const Headers& headers = {});

  /// With a body, `Content-Type: application/json` is sent.
  [[nodiscard]] HttpResponse send(
      std::string_view method,
      std::string_view path,
      const std::optional<std::string>& body = std::nullopt,
      const Headers& headers = {});

  [[nodiscard]] HttpResponse post(
      std::string_view path, const std::string& json, const Headers& headers = {}) {
    return send("POST", path, json, headers);
  }

 private:
  std::string base_url_;
  std::string token_;
  std::string ca_file_;
  void* handle_ = nullptr;  ///< Of libcurl.
};

}  // namespace cavea::test
