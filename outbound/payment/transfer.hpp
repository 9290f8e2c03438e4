#pragma once

#include "outbound/payment/provider_call.hpp"
#include "outbound/payment/provider_reply.hpp"
#include "outbound/payment/settings.hpp"

#include <curl/curl.h>

#include <array>
#include <chrono>
#include <optional>
#include <string>

namespace cavea::outbound::payment {

/// What is the same in every call, made once.
struct CommonHeaders {
  explicit CommonHeaders(const Settings& settings);

  std::string authorization;
  std::string version;
  std::string no_expect;
};

/// One libcurl handle with what it needs, for one call at a time and then for the next: connections
/// and most options stay. libcurl keeps pointers into it, so it never moves. Used by the thread of
/// the loop only.
class Transfer {
 public:
  /// Both must outlive it.
  Transfer(const Settings& settings, CommonHeaders& headers);
  virtual ~Transfer();
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  /// The transfer of a handle that a loop gives back.
  [[nodiscard]] static Transfer& of(CURL* handle);

  [[nodiscard]] CURL* handle() const noexcept { return handle_; }

  /// Sets everything up for `call`, which must live until the transfer ended.
  void prepare(ProviderCall& call, std::chrono::milliseconds time_max);

  /// What was answered; good until the next `prepare`. Only after a transfer that went well.
  [[nodiscard]] ProviderReply reply() const;

  /// `Retry-After` in seconds, as far as it is given and sensible.
  [[nodiscard]] std::optional<std::chrono::seconds> retry_after() const;

  /// `Request-Id`, by which the provider finds a call; empty: none.
  [[nodiscard]] std::string request_id() const;

  /// Connections that had to be opened for it.
  [[nodiscard]] long connections_opened() const;

  /// What libcurl says about a failure, for people.
  [[nodiscard]] std::string error_text(CURLcode result) const;

 private:
  static std::size_t on_body(const char* data, std::size_t, std::size_t size, void* self) noexcept;

  void set_fixed_options(const Settings& settings);
  [[nodiscard]] const char* header(const char* name) const;

  CURL* handle_ = nullptr;
  std::string base_url_;
  std::string url_;
  std::string key_line_;
  /// Always in place, so that no list is made for a call; the last is left out when there is no
  /// key.
  std::array<curl_slist, 4> lines_{};
  std::string body_;
  std::array<char, CURL_ERROR_SIZE> error_{};
};

}  // namespace cavea::outbound::payment
