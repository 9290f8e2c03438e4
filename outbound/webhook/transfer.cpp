#include "outbound/webhook/transfer.hpp"

#include "outbound/address_guard.hpp"
#include "outbound/webhook/limits.hpp"
#include "outbound/webhook/signature.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <ctime>
#include <stdexcept>
#include <string_view>

namespace cavea::outbound::webhook {

namespace {

using Kind = engine::DeliveryResult::Kind;

constexpr long gone = 410;

curl_slist* with(curl_slist* list, const std::string& line) {
  auto* longer = curl_slist_append(list, line.c_str());
  if (longer == nullptr) throw std::runtime_error("libcurl has no memory left");
  return longer;
}

/// The beginning of what a server answered, as one line of printable ASCII.
std::string one_line(std::string_view text) {
  std::string line;
  for (const unsigned char c : text) line += c >= 0x20 && c < 0x7f ? static_cast<char>(c) : ' ';
  const auto end = line.find_last_not_of(' ');
  line.resize(end == std::string::npos ? 0 : end + 1);
  return line;
}

}  // namespace

Transfer::Transfer(const Settings& settings) : settings_(settings), handle_(curl_easy_init()) {
  if (handle_ == nullptr) throw std::runtime_error("libcurl has no memory left");
  set_fixed_options();
}

Transfer::~Transfer() {
  clear();
  curl_easy_cleanup(handle_);
}

Transfer& Transfer::of(CURL* handle) {
  char* self = nullptr;
  curl_easy_getinfo(handle, CURLINFO_PRIVATE, &self);
  return *reinterpret_cast<Transfer*>(self);
}

void Transfer::set_fixed_options() {
  curl_easy_setopt(handle_, CURLOPT_PRIVATE, this);
  curl_easy_setopt(handle_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle_, CURLOPT_PROTOCOLS_STR, settings_.may_be_local ? "http,https" : "https");
  curl_easy_setopt(handle_, CURLOPT_FOLLOWLOCATION, 0L);
  // An empty text, unlike none, keeps the environment's proxies away: one would connect for us to
  // addresses that we refuse.
  curl_easy_setopt(handle_, CURLOPT_PROXY, "");
  curl_easy_setopt(handle_, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(handle_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  curl_easy_setopt(handle_, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(handle_, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(handle_, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!settings_.ca_file.empty()) {
    curl_easy_setopt(handle_, CURLOPT_CAINFO, settings_.ca_file.c_str());
    curl_easy_setopt(handle_, CURLOPT_CAPATH, nullptr);
  }
  curl_easy_setopt(handle_, CURLOPT_USERAGENT, settings_.user_agent.c_str());
  curl_easy_setopt(handle_, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(
      handle_, CURLOPT_MAXAGE_CONN, static_cast<long>(limits::idle_connection_time.count()));
  curl_easy_setopt(
      handle_, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits::connect_time.count()));
  curl_easy_setopt(handle_, CURLOPT_TIMEOUT_MS, static_cast<long>(settings_.request_time.count()));
  curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  curl_easy_setopt(handle_, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(handle_, CURLOPT_ERRORBUFFER, error_.data());
  curl_easy_setopt(handle_, CURLOPT_POST, 1L);
}

void Transfer::prepare(const engine::WebhookCall& call) {
  clear();
  error_[0] = '\0';
  std::string signatures;
  for (const auto& secret : call.secrets) {
    if (!signatures.empty()) signatures += ' ';
    signatures += signature_of(secret, call.id, call.at, *call.body);
  }
  headers_ = with(headers_, "Content-Type: application/cloudevents+json; charset=utf-8");
  headers_ = with(headers_, "webhook-id: " + call.id);
  headers_ = with(headers_, fmt::format("webhook-timestamp: {}", call.at.ms / 1'000));
  headers_ = with(headers_, "webhook-signature: " + signatures);
  headers_ = with(headers_, "Expect:");
  curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, headers_);
  curl_easy_setopt(handle_, CURLOPT_URL, call.url.c_str());
  curl_easy_setopt(handle_, CURLOPT_POSTFIELDS, call.body->data());
  curl_easy_setopt(
      handle_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.body->size()));
}

void Transfer::clear() {
  curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, nullptr);
  curl_easy_setopt(handle_, CURLOPT_POSTFIELDS, "");
  curl_slist_free_all(headers_);
  headers_ = nullptr;
  answer_.clear();
  answer_bytes_ = 0;
  refused_address_.clear();
}

/// Asked with the address that a connection is opened to, so whatever a name leads to, and however
/// often it leads elsewhere, nothing else is reached.
bool Transfer::may_connect(const sockaddr& address) noexcept {
  if (settings_.may_be_local || is_public(address)) return true;
  refused_address_ = text_of(address);
  return false;
}

std::size_t Transfer::on_body(
    const char* data, std::size_t, std::size_t size, void* self) noexcept {
  auto& me = *static_cast<Transfer*>(self);
  me.answer_bytes_ += size;
  // To take less than was offered ends the transfer.
  if (me.answer_bytes_ > limits::answer_bytes_max) return 0;
  const auto wanted = limits::answer_bytes - std::min(limits::answer_bytes, me.answer_.size());
  me.answer_.append(data, std::min(wanted, size));
  return size;
}

engine::DeliveryResult Transfer::result(CURLcode code) const {
  engine::DeliveryResult result;
  result.kind = Kind::not_now;
  long status = 0;
  curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
  // The status is what counts; that an answer has no end changes nothing about it.
  const bool has_answer = code == CURLE_OK || code == CURLE_WRITE_ERROR;
  if (!has_answer || status == 0) {
    result.detail = failure_text(code);
    return result;
  }
  result.status = static_cast<std::uint32_t>(status);
  if (status >= 200 && status < 300) {
    result.kind = Kind::delivered;
    return result;
  }
  result.detail = fmt::format("The server answered {}", status);
  if (status >= 300 && status < 400) result.detail += ", and redirects are not followed";
  const auto line = one_line(answer_);
  result.detail += line.empty() ? std::string(".") : ": " + line;
  if (status == gone) {
    result.kind = Kind::endpoint_gone;
  } else {
    result.retry_after = retry_after();
  }
  return result;
}

std::string Transfer::failure_text(CURLcode code) const {
  if (!refused_address_.empty()) {
    return fmt::format(
        "The name leads to {}, which is no public address: nothing was sent.", refused_address_);
  }
  return error_[0] != '\0' ? error_.data() : curl_easy_strerror(code);
}

/// In seconds, or as a date (RFC 9110, 10.2.3).
std::optional<engine::Duration> Transfer::retry_after() const {
  curl_header* found = nullptr;
  if (curl_easy_header(handle_, "Retry-After", 0, CURLH_HEADER, -1, &found) != CURLHE_OK) {
    return std::nullopt;
  }
  constexpr std::int64_t seconds_max = 86'400;
  std::int64_t seconds = 0;
  const char* const text = found->value;
  const auto* const end = text + std::strlen(text);
  const auto [stop, error] = std::from_chars(text, end, seconds);
  if (error == std::errc::result_out_of_range) return engine::Duration{seconds_max * 1'000};
  if (error != std::errc() || stop != end) {
    const auto date = curl_getdate(text, nullptr);
    if (date < 0) return std::nullopt;
    seconds = static_cast<std::int64_t>(date) - static_cast<std::int64_t>(std::time(nullptr));
  }
  return engine::Duration{std::clamp<std::int64_t>(seconds, 0, seconds_max) * 1'000};
}

}  // namespace cavea::outbound::webhook
