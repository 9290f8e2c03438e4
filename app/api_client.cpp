#include "app/api_client.hpp"

#include <curl/curl.h>
#include <fmt/format.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <chrono>
#include <thread>
#include <utility>
#include <vector>

namespace cavea::app {
namespace {

/// For a whole answer; the largest, a seat map of a stadium, takes a second on a slow line.
constexpr long timeout_ms = 60'000;

std::size_t take_body(const char* data, std::size_t size, std::size_t count, void* to) {
  static_cast<std::string*>(to)->append(data, size * count);
  return size * count;
}

std::string random_id() {
  std::array<unsigned char, 12> bytes{};
  RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
  std::string text;
  for (const auto byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

/// The value of a header line when it has this (lower-case) name.
std::optional<std::string> value_of(std::string_view line, std::string_view name) {
  const auto colon = line.find(':');
  if (colon != name.size()) return std::nullopt;
  for (std::size_t i = 0; i < colon; ++i) {
    if (std::tolower(static_cast<unsigned char>(line[i])) != name[i]) return std::nullopt;
  }
  auto value = line.substr(colon + 1);
  while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
  while (!value.empty() && (value.back() == '\r' || value.back() == '\n')) value.remove_suffix(1);
  return std::string(value);
}

}  // namespace

struct ApiClient::Request {
  std::string method;
  std::string path;
  std::optional<std::string> body;
  std::vector<std::string> headers;
};

struct ApiClient::Attempt {
  ApiResponse response;
  std::string error;      ///< Not empty: no answer.
  bool is_final = false;  ///< Trying again is of no use.
  std::optional<int> retry_after;

  void read_headers(std::string_view text) {
    while (!text.empty()) {
      const auto line = text.substr(0, text.find('\n'));
      text.remove_prefix(std::min(line.size() + 1, text.size()));
      if (auto etag = value_of(line, "etag")) response.etag = *std::move(etag);
      const auto pause = value_of(line, "retry-after");
      const bool may_come_again =
          response.status == 429 || response.status == 503 || response.status == 409;
      int seconds = 0;
      if (!pause || !may_come_again) continue;
      std::from_chars(pause->data(), pause->data() + pause->size(), seconds);
      retry_after = std::clamp(seconds, 0, pause_seconds_max);
    }
  }
};

std::string ApiResponse::problem_text() const {
  const auto document = json();
  if (!document.is_object() || !document.contains("type")) {
    return fmt::format("the node answered {}", status);
  }
  auto text = document.value("detail", document.value("title", ""));
  if (text.empty()) text = document.value("type", "");
  if (!document.contains("errors") || !document["errors"].is_array()) return text;
  for (const auto& error : document["errors"]) {
    text += fmt::format("; {} {}", error.value("pointer", ""), error.value("reason", ""));
  }
  return text;
}

std::string url_part(std::string_view text) {
  std::string encoded;
  for (const unsigned char c : text) {
    const bool is_plain = std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.' || c == '~';
    encoded += is_plain ? std::string(1, static_cast<char>(c)) : fmt::format("%{:02X}", c);
  }
  return encoded;
}

ApiClient::ApiClient(NodeAccess node)
    : node_(std::move(node)), handle_(curl_easy_init()), run_id_(random_id()) {
  while (node_.url.ends_with('/')) node_.url.pop_back();
}

ApiClient::~ApiClient() {
  curl_easy_cleanup(handle_);
}

engine::Result<ApiResponse, ApiError> ApiClient::get(std::string_view path) {
  return perform({.method = "GET", .path = std::string(path), .body = {}, .headers = {}});
}

engine::Result<ApiResponse, ApiError> ApiClient::send(
    std::string_view method,
    std::string_view path,
    const nlohmann::json& body,
    std::string_view if_match) {
  Request request{
      .method = std::string(method), .path = std::string(path), .body = body.dump(), .headers = {}};
  request.headers.push_back("Content-Type: application/json");
  request.headers.push_back(fmt::format("Idempotency-Key: \"{}-{}\"", run_id_, ++requests_));
  if (!if_match.empty()) request.headers.push_back(fmt::format("If-Match: {}", if_match));
  return perform(request);
}

engine::Result<ApiResponse, ApiError> ApiClient::perform(const Request& request) {
  for (int attempt = 1;; ++attempt) {
    auto result = try_once(request);
    const bool may_retry = attempt < attempts_max && !result.is_final;
    if (result.error.empty() && (!result.retry_after || !may_retry)) {
      return std::move(result.response);
    }
    if (!may_retry) return ApiError{result.error};
    const auto pause = result.retry_after ? std::chrono::milliseconds(1000 * *result.retry_after)
                                          : std::chrono::milliseconds(100 << attempt);
    std::this_thread::sleep_for(std::clamp<std::chrono::milliseconds>(
        pause, std::chrono::milliseconds(100), std::chrono::seconds(pause_seconds_max)));
  }
}

ApiClient::Attempt ApiClient::try_once(const Request& request) {
  Attempt attempt;
  std::string header_text;
  curl_easy_reset(handle_);
  const auto url = node_.url + request.path;
  curl_easy_setopt(handle_, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle_, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle_, CURLOPT_TIMEOUT_MS, timeout_ms);
  curl_easy_setopt(handle_, CURLOPT_ACCEPT_ENCODING, "gzip");
  curl_easy_setopt(handle_, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(handle_, CURLOPT_WRITEDATA, &attempt.response.body);
  curl_easy_setopt(handle_, CURLOPT_HEADERFUNCTION, take_body);
  curl_easy_setopt(handle_, CURLOPT_HEADERDATA, &header_text);
  curl_slist* list = curl_slist_append(nullptr, "Expect:");
  if (request.body) {
    curl_easy_setopt(
        handle_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body->size()));
    curl_easy_setopt(handle_, CURLOPT_POSTFIELDS, request.body->data());
  }
  if (!node_.token.empty()) {
    list = curl_slist_append(list, ("Authorization: Bearer " + node_.token).c_str());
  }
  for (const auto& header : request.headers) list = curl_slist_append(list, header.c_str());
  curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, list);
  const auto code = curl_easy_perform(handle_);
  curl_slist_free_all(list);

  if (code != CURLE_OK) {
    attempt.error = fmt::format("{} does not answer: {}", node_.url, curl_easy_strerror(code));
    attempt.is_final = code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST
                       || code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL;
    return attempt;
  }
  long status = 0;
  curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
  attempt.response.status = static_cast<int>(status);
  attempt.read_headers(header_text);
  return attempt;
}

}  // namespace cavea::app
