#include "tests/support/http_client.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <stdexcept>
#include <utility>

namespace cavea::test {
namespace {

constexpr long timeout_ms = 30'000;

std::size_t take_body(const char* data, std::size_t size, std::size_t count, void* to) {
  static_cast<HttpResponse*>(to)->body.append(data, size * count);
  return size * count;
}

std::string trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) {
    text.remove_prefix(1);
  }
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) {
    text.remove_suffix(1);
  }
  return std::string(text);
}

std::size_t take_header(const char* data, std::size_t size, std::size_t count, void* to) {
  const std::string_view line(data, size * count);
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return line.size();
  std::string name(line.substr(0, colon));
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  static_cast<HttpResponse*>(to)->headers[name] = trimmed(line.substr(colon + 1));
  return line.size();
}

}  // namespace

HttpClient::HttpClient(std::string base_url)
    : base_url_(std::move(base_url)), handle_(curl_easy_init()) {
  if (handle_ == nullptr) throw std::runtime_error("libcurl could not be started");
}

HttpClient::~HttpClient() {
  curl_easy_cleanup(handle_);
}

void HttpClient::use_token(std::string token) {
  token_ = std::move(token);
}

void HttpClient::trust(std::string ca_file) {
  ca_file_ = std::move(ca_file);
}

HttpResponse HttpClient::get(std::string_view path, const Headers& headers) {
  return send("GET", path, std::nullopt, headers);
}

HttpResponse HttpClient::send(
    std::string_view method,
    std::string_view path,
    const std::optional<std::string>& body,
    const Headers& headers) {
  HttpResponse response;
  curl_easy_reset(handle_);
  const auto url = base_url_ + std::string(path);
  curl_easy_setopt(handle_, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle_, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(handle_, CURLOPT_TIMEOUT_MS, timeout_ms);
  if (!ca_file_.empty()) curl_easy_setopt(handle_, CURLOPT_CAINFO, ca_file_.c_str());
  curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(handle_, CURLOPT_WRITEDATA, &response);
  curl_easy_setopt(handle_, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(handle_, CURLOPT_HEADERDATA, &response);

  const std::string verb(method);
  if (verb == "HEAD") curl_easy_setopt(handle_, CURLOPT_NOBODY, 1L);
  curl_easy_setopt(handle_, CURLOPT_CUSTOMREQUEST, verb.c_str());
  curl_slist* list = nullptr;
  const auto add = [&](const std::string& line) { list = curl_slist_append(list, line.c_str()); };
  if (body) {
    curl_easy_setopt(handle_, CURLOPT_POSTFIELDSIZE, static_cast<long>(body->size()));
    curl_easy_setopt(handle_, CURLOPT_POSTFIELDS, body->data());
    add("Content-Type: application/json");
    add("Expect:");
  }
  if (!token_.empty()) add("Authorization: Bearer " + token_);
  for (const auto& header : headers) add(header);
  curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, list);

  const auto code = curl_easy_perform(handle_);
  curl_slist_free_all(list);
  long status = 0;
  curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
  response.status = code == CURLE_OK ? static_cast<int>(status) : 0;
  if (code != CURLE_OK) response.error = curl_easy_strerror(code);
  return response;
}

}  // namespace cavea::test
