#pragma once

#include "simulator/payment.hpp"
#include "simulator/payment_text.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace cavea::simulator {

/// What a request came to, as far as its answer needs it: the answer's text is made of it, now and
/// whenever the same key comes again.
struct Result {
  int status = 200;
  const Payment* payment = nullptr;
  PaymentState state{};  ///< Of the payment, as it was then.
  bool is_refund = false;
  Refund refund{};
  Expansion expansion{};
  std::shared_ptr<const ApiError> error{};  ///< Null: it went well.
};

/// The answers that were given to idempotency keys
/// (https://docs.stripe.com/api/idempotent_requests). Stripe forgets them after a day, we when
/// there are too many. For one thread at a time.
class SavedAnswers {
 public:
  struct Saved {
    std::uint64_t path = 0;  ///< Hash of the request's path.
    std::uint64_t body = 0;  ///< Hash of its parameters.
    std::int64_t in_use_until_ms = 0;
    Result result;
  };

  /// Null when the key is new.
  [[nodiscard]] const Saved* find(std::string_view key) const;

  void save(std::string key, Saved saved);

  /// Whether this is the first time that the key is asked about: what fails once fails then.
  [[nodiscard]] bool is_first_failure(std::string_view key);

  [[nodiscard]] std::size_t size() const { return saved_.size(); }

 private:
  static constexpr std::size_t saved_max = 4'000'000;
  static constexpr std::size_t failures_max = 1'000'000;

  std::unordered_map<std::string, Saved> saved_;
  std::deque<const std::string*> oldest_first_;
  std::unordered_set<std::string> failed_;
};

}  // namespace cavea::simulator
