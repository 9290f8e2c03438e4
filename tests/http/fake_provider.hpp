#pragma once

#include "engine/payment.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace cavea::http {

/// A payment provider whose notices say what a test wants. Remembers the last one that came.
class FakeProvider : public engine::PaymentPort {
 public:
  explicit FakeProvider(engine::NoticeResult says) : says_(std::move(says)) {}

  struct Seen {
    std::string body;
    std::string signature;
    engine::Timestamp now;
  };

  void ask(engine::PaymentRequest /*request*/, engine::PaymentContinuation then) noexcept override {
    then(engine::PaymentFailure{});
  }

  [[nodiscard]] engine::NoticeResult verify_notice(
      std::string_view body,
      std::string_view signature,
      engine::Timestamp now) const noexcept override {
    seen_ = {std::string(body), std::string(signature), now};
    return says_;
  }

  [[nodiscard]] const Seen& seen() const { return seen_; }

 private:
  engine::NoticeResult says_;
  mutable Seen seen_;
};

}  // namespace cavea::http
