#include "outbound/payment/transfer.hpp"

#include "outbound/payment/limits.hpp"

#include <charconv>
#include <cstring>
#include <stdexcept>
#include <string_view>

namespace cavea::outbound::payment {

namespace {

/// A pause that nobody would wait for says the same as an hour.
constexpr long retry_after_max = 3600;

}  // namespace

CommonHeaders::CommonHeaders(const Settings& settings)
    : authorization("Authorization: Bearer " + settings.secret_key.reveal()),
      version("Stripe-Version: " + std::string(provider_api_version)),
      no_expect("Expect:") {}

Transfer::Transfer(const Settings& settings, CommonHeaders& headers)
    : handle_(curl_easy_init()), base_url_(settings.base_url) {
  if (handle_ == nullptr) throw std::runtime_error("libcurl has no memory left");
  while (base_url_.ends_with('/')) base_url_.pop_back();
  lines_[0] = {headers.authorization.data(), &lines_[1]};
  lines_[1] = {headers.version.data(), &lines_[2]};
  lines_[2] = {headers.no_expect.data(), nullptr};
  set_fixed_options(settings);
}

Transfer::~Transfer() {
  curl_easy_cleanup(handle_);
}

void Transfer::set_fixed_options(const Settings& settings) {
  curl_easy_setopt(handle_, CURLOPT_PRIVATE, this);
  curl_easy_setopt(handle_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle_, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle_, CURLOPT_FOLLOWLOCATION, 0L);
  // An empty text, unlike none, keeps the environment's proxies away.
  curl_easy_setopt(handle_, CURLOPT_PROXY, settings.proxy.c_str());
  curl_easy_setopt(handle_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  curl_easy_setopt(handle_, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(handle_, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(handle_, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!settings.ca_file.empty()) {
    curl_easy_setopt(handle_, CURLOPT_CAINFO, settings.ca_file.c_str());
    curl_easy_setopt(handle_, CURLOPT_CAPATH, nullptr);
  }
  // Waits for a connection that may turn out to carry many calls at once (HTTP/2).
  const bool is_secure = settings.base_url.starts_with("https");
  curl_easy_setopt(handle_, CURLOPT_PIPEWAIT, is_secure ? 1L : 0L);
  curl_easy_setopt(handle_, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(
      handle_, CURLOPT_MAXAGE_CONN, static_cast<long>(limits::idle_connection_time.count()));
  curl_easy_setopt(
      handle_, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings.connect_time.count()));
  curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  curl_easy_setopt(handle_, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(handle_, CURLOPT_ERRORBUFFER, error_.data());
}

Transfer& Transfer::of(CURL* handle) {
  char* self = nullptr;
  curl_easy_getinfo(handle, CURLINFO_PRIVATE, &self);
  return *reinterpret_cast<Transfer*>(self);
}

void Transfer::prepare(ProviderCall& call, std::chrono::milliseconds time_max) {
  body_.clear();
  error_[0] = '\0';
  url_.assign(base_url_).append(call.target);
  curl_easy_setopt(handle_, CURLOPT_URL, url_.c_str());
  curl_easy_setopt(handle_, CURLOPT_TIMEOUT_MS, static_cast<long>(time_max.count()));
  if (call.is_post) {
    key_line_.assign("Idempotency-Key: ").append(call.key);
    lines_[3] = {key_line_.data(), nullptr};
    lines_[2].next = &lines_[3];
    curl_easy_setopt(handle_, CURLOPT_POST, 1L);
    curl_easy_setopt(handle_, CURLOPT_POSTFIELDS, call.form.c_str());
    curl_easy_setopt(handle_, CURLOPT_POSTFIELDSIZE, static_cast<long>(call.form.size()));
  } else {
    lines_[2].next = nullptr;
    curl_easy_setopt(handle_, CURLOPT_HTTPGET, 1L);
  }
  curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, lines_.data());
}

std::size_t Transfer::on_body(
    const char* data, std::size_t, std::size_t size, void* self) noexcept {
  auto& body = static_cast<Transfer*>(self)->body_;
  // To take less than was offered ends the transfer.
  if (body.size() + size > limits::answer_bytes) return 0;
  body.append(data, size);
  return size;
}

const char* Transfer::header(const char* name) const {
  curl_header* found = nullptr;
  if (curl_easy_header(handle_, name, 0, CURLH_HEADER, -1, &found) != CURLHE_OK) return nullptr;
  return found->value;
}

ProviderReply Transfer::reply() const {
  long status = 0;
  curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
  ProviderReply reply{.status = static_cast<int>(status), .body = body_};
  if (status >= 200 && status < 300) return reply;
  const char* replayed = header("Idempotent-Replayed");
  reply.is_replayed = replayed != nullptr && std::strcmp(replayed, "true") == 0;
  if (const char* retry = header("Stripe-Should-Retry")) {
    if (std::strcmp(retry, "true") == 0) reply.should_retry = true;
    if (std::strcmp(retry, "false") == 0) reply.should_retry = false;
  }
  return reply;
}

std::optional<std::chrono::seconds> Transfer::retry_after() const {
  const char* text = header("Retry-After");
  if (text == nullptr) return std::nullopt;
  long seconds = 0;
  const auto* end = text + std::strlen(text);
  const auto [stop, error] = std::from_chars(text, end, seconds);
  // A date is allowed by RFC 9110, and no payment provider sends one.
  if (error == std::errc::result_out_of_range) return std::chrono::seconds(retry_after_max);
  if (error != std::errc() || stop != end || seconds < 0) return std::nullopt;
  return std::chrono::seconds(std::min(seconds, retry_after_max));
}

std::string Transfer::request_id() const {
  const char* text = header("Request-Id");
  return text == nullptr ? std::string() : std::string(text);
}

long Transfer::connections_opened() const {
  long count = 0;
  curl_easy_getinfo(handle_, CURLINFO_NUM_CONNECTS, &count);
  return count;
}

std::string Transfer::error_text(CURLcode result) const {
  return error_[0] != '\0' ? error_.data() : curl_easy_strerror(result);
}

}  // namespace cavea::outbound::payment
