#include "outbound/payment/settings.hpp"

#include "outbound/this_machine.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string_view>

#include <unistd.h>

namespace cavea::outbound::payment {

namespace {

using Url = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

std::string part_of(const Url& url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url.get(), part, &text, 0) != CURLUE_OK) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

std::optional<std::string> fault_of_url(const Settings& settings) {
  const Url url(curl_url(), curl_url_cleanup);
  const auto& text = settings.base_url;
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) {
    return fmt::format("base_url '{}' is no URL such as https://api.stripe.com", text);
  }
  const auto scheme = part_of(url, CURLUPART_SCHEME);
  if (scheme != "https" && scheme != "http") {
    return fmt::format("base_url '{}' must begin with https://", text);
  }
  for (const auto part :
       {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY, CURLUPART_FRAGMENT}) {
    // The text is not shown: it may hold a password.
    if (!part_of(url, part).empty()) return "base_url must be a scheme, a host and perhaps a port";
  }
  const bool is_test = settings.secret_key.reveal().starts_with("sk_test_");
  if (scheme == "http" && !is_test && !is_this_machine(part_of(url, CURLUPART_HOST))) {
    return fmt::format(
        "base_url '{}' would send the secret key in the clear: use https (plain http is for this "
        "machine, and for keys that begin with sk_test_)",
        text);
  }
  return std::nullopt;
}

bool is_header_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

std::optional<std::string> fault_of_secrets(const Settings& settings) {
  if (settings.secret_key.empty() || !is_header_text(settings.secret_key.reveal())) {
    return "secret_key must be the provider's secret key, as sk_...";
  }
  for (const auto& secret : settings.webhook_secrets) {
    if (secret.empty()) return "webhook_secrets must not be empty, as whsec_...";
  }
  return std::nullopt;
}

std::optional<std::string> fault_of_numbers(const Settings& settings) {
  using std::chrono::milliseconds;

  const struct {
    const char* name;
    milliseconds time;
  } times[] = {
      {"connect_time", settings.connect_time},
      {"attempt_time", settings.attempt_time},
      {"total_time", settings.total_time},
      {"retry.pause_first", settings.retry.pause_first},
      {"retry.pause_max", settings.retry.pause_max},
      {"breaker.window", settings.breaker.window},
      {"breaker.open_time", settings.breaker.open_time}};

  for (const auto& [name, time] : times) {
    if (time <= milliseconds::zero() || time > std::chrono::hours(1)) {
      return fmt::format("{} must be 1 ms to 1 hour", name);
    }
  }
  if (settings.under_way_max == 0) return "under_way_max must be 1 at least";
  if (settings.unanswered_max == 0) return "unanswered_max must be 1 at least";
  if (settings.retry.attempts_max == 0) return "retry.attempts_max must be 1 at least";
  const auto& breaker = settings.breaker;
  if (breaker.trials == 0) return "breaker.trials must be 1 at least";
  if (breaker.failed_percent == 0 || breaker.failed_percent > 100) {
    return "breaker.failed_percent must be 1 to 100";
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> fault_of(const Settings& settings) {
  if (auto fault = fault_of_secrets(settings)) return fault;
  if (auto fault = fault_of_url(settings)) return fault;
  if (auto fault = fault_of_numbers(settings)) return fault;
  const auto& file = settings.ca_file;
  if (!file.empty() && ::access(file.c_str(), R_OK) != 0) {
    return fmt::format("ca_file {} cannot be read: {}", file, std::strerror(errno));
  }
  return std::nullopt;
}

}  // namespace cavea::outbound::payment
