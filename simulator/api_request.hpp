#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cavea::simulator {

/// An HTTP request as the simulator sees it.
struct ApiRequest {
  enum class Method : std::uint8_t { get = 0, post = 1, remove = 2, options = 3, other = 4 };

  Method method = Method::other;
  std::string_view path;   ///< Without the query.
  std::string_view query;  ///< Without its question mark.
  std::string_view body{};
  std::string_view authorization{};
  std::string_view idempotency_key{};
};

/// What happens to a payment later, without a request.
struct Settlement {
  enum class What : std::uint8_t {
    bank_accepts = 0,
    bank_declines = 1,
    customer_pays = 2,  ///< With a good card.
    refund_fails = 3,   ///< Though it was answered as if it had gone well.
  };

  std::uint64_t payment = 0;
  What what{};
  std::chrono::milliseconds after{};
  std::uint16_t refund = 0;   ///< The one that fails.
  std::int64_t refunded = 0;  ///< By it.
};

struct ApiAnswer {
  int status = 200;
  std::string body{};
  std::string_view content_type = "application/json";
  std::string request_id{};
  bool is_replayed = false;
  std::optional<bool> should_retry{};
  std::uint32_t retry_after = 0;  ///< Seconds; 0: not told.
  std::uint32_t delay_ms = 0;     ///< Is to be sent so much later.
  bool is_silent = false;         ///< Is never to be sent; the connection stays open.
  bool is_cut = false;            ///< The connection is to be closed instead.
  std::optional<Settlement> settlement{};
};

}  // namespace cavea::simulator
