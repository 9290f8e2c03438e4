#pragma once

#include "simulator/api_request.hpp"
#include "simulator/behaviour.hpp"
#include "simulator/payment_book.hpp"
#include "simulator/saved_answers.hpp"
#include "simulator/webhooks.hpp"

#include <array>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace cavea::simulator {

/// What is counted, beside what the webhooks count.
struct Statistics {
  std::array<std::uint64_t, operation_count> requests{};
  std::uint64_t replays = 0;
  std::uint64_t errors = 0;      ///< Answers that were not 2xx.
  std::uint64_t unanswered = 0;  ///< Carried out, and never answered.
};

/// Stripe's API for payments, and the simulator's own for scripts. Knows no sockets: requests come
/// in, answers go out. Any thread; all of them share one lock, which is held for microseconds.
class Api {
 public:
  struct Settings {
    std::string secret_key;
    std::uint64_t seed = 0;  ///< Random; ids and secrets are made of it.
  };

  /// `webhooks` must outlive it; null: none are sent.
  Api(Settings settings, Webhooks* webhooks);

  [[nodiscard]] ApiAnswer handle(const ApiRequest& request, std::int64_t now_ms);

  /// The bank's answer comes, or the customer.
  void settle(const Settlement& settlement, std::int64_t now_ms);

 private:
  struct Call;

  // The API (api.cpp).
  [[nodiscard]] ApiAnswer handle_call(const ApiRequest& request, std::int64_t now_ms);
  [[nodiscard]] std::optional<ApiError> fault_of(Call& call) const;
  [[nodiscard]] bool is_authorised(const Call& call) const;
  [[nodiscard]] Instruction instruction_for(const Call& call);
  [[nodiscard]] bool is_stopped_by(const Instruction& instruction, ApiAnswer& answer);
  [[nodiscard]] bool is_replay(const Call& call, ApiAnswer& answer);
  void carry_out(const Call& call, const Instruction& instruction, ApiAnswer& answer);
  [[nodiscard]] Outcome perform(const Call& call, const Instruction& instruction);
  [[nodiscard]] Settlement payment_of_customer(const Payment& payment) const;
  void answer_list(const Call& call, ApiAnswer& answer) const;
  void fail(const ApiError& error, ApiAnswer& answer);
  void render(const Result& result, std::string& out) const;

  // Events (api_events.cpp).
  void tell(const Outcome& outcome, std::int64_t now_ms, std::string_view key);

  // Scripts and figures (control.cpp).
  [[nodiscard]] ApiAnswer control(const ApiRequest& request, std::int64_t now_ms);
  [[nodiscard]] ApiAnswer change_behaviour(const ApiRequest& request);
  [[nodiscard]] ApiAnswer authenticate(
      std::string_view client_secret, std::string_view body, std::int64_t now_ms);
  [[nodiscard]] std::string statistics_text() const;

  Settings settings_;
  std::string basic_authorization_;
  Webhooks* webhooks_;
  Names names_;
  PaymentText text_{names_};

  mutable std::mutex mutex_;  ///< For all below.
  PaymentBook book_{names_};
  SavedAnswers saved_;
  Behaviour behaviour_;
  Statistics statistics_;
  std::uint64_t events_ = 0;
  std::uint64_t requests_ = 0;
};

}  // namespace cavea::simulator
