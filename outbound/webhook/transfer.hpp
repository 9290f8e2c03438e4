#pragma once

#include "engine/notification.hpp"
#include "engine/webhook_port.hpp"
#include "outbound/transfer_loop.hpp"
#include "outbound/webhook/settings.hpp"

#include <curl/curl.h>

#include <array>
#include <optional>
#include <string>

namespace cavea::outbound::webhook {

/// One libcurl handle that carries one call at a time; libcurl keeps pointers into it, so it never
/// moves. Used by the thread of the loop only.
class Transfer : private TransferLoop::Guard {
 public:
  /// `settings` must outlive it.
  explicit Transfer(const Settings& settings);
  virtual ~Transfer();
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  /// The transfer of a handle that a loop gives back.
  [[nodiscard]] static Transfer& of(CURL* handle);

  [[nodiscard]] CURL* handle() const noexcept { return handle_; }

  [[nodiscard]] TransferLoop::Guard& guard() noexcept { return *this; }

  /// Sets everything up for `call`, whose body must live until the transfer ended.
  void prepare(const engine::WebhookCall& call);

  /// What came of it; after it ended.
  [[nodiscard]] engine::DeliveryResult result(CURLcode code) const;

  /// Lets go of what was sent.
  void clear();

 private:
  bool may_connect(const sockaddr& address) noexcept override;

  static std::size_t on_body(const char* data, std::size_t, std::size_t size, void* self) noexcept;

  void set_fixed_options();
  [[nodiscard]] std::string failure_text(CURLcode code) const;
  [[nodiscard]] std::optional<engine::Duration> retry_after() const;

  const Settings& settings_;
  CURL* handle_ = nullptr;
  curl_slist* headers_ = nullptr;
  std::string answer_;            ///< Its beginning.
  std::size_t answer_bytes_ = 0;  ///< All of it.
  std::string refused_address_;   ///< That the name led to, and that is not public.
  std::array<char, CURL_ERROR_SIZE> error_{};
};

}  // namespace cavea::outbound::webhook
