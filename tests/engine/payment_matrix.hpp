#pragma once

#include "tests/engine/saga_world.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace cavea::engine::testing {

/// What becomes of the payment.
enum class PayOutcome : std::uint8_t {
  succeeds,
  declined_then_succeeds,
  declined,
  times_out_after_charging,  ///< The money is captured, and the answer does not come.
  provider_down,             ///< Not to be reached from the payment on, for half an hour.
  cancelled,                 ///< The customer pays, and wants to cancel in the same moment.
};

inline constexpr PayOutcome all_outcomes[] = {
    PayOutcome::succeeds,
    PayOutcome::declined_then_succeeds,
    PayOutcome::declined,
    PayOutcome::times_out_after_charging,
    PayOutcome::provider_down,
    PayOutcome::cancelled};

/// When the customer pays.
enum class PayTime : std::uint8_t {
  before_deadline,
  pinned,        ///< The hold has ended, and the provider has not said whether it was paid.
  places_free,   ///< The places went, and nobody has taken them.
  places_taken,  ///< The places went, and somebody else has bought them.
};

inline constexpr PayTime all_times[] = {
    PayTime::before_deadline, PayTime::pinned, PayTime::places_free, PayTime::places_taken};

/// What happens to messages on the way.
enum class PayEcho : std::uint8_t {
  none,
  notice_twice,
  notice_first,  ///< Before the answer to what it tells of.
  answer_lost,   ///< The first to each question, which is asked again.
  notice_late,   ///< Hours after the end.
};

inline constexpr PayEcho all_echoes[] = {
    PayEcho::none,
    PayEcho::notice_twice,
    PayEcho::notice_first,
    PayEcho::answer_lost,
    PayEcho::notice_late};

[[nodiscard]] std::string_view name_of(PayOutcome outcome);
[[nodiscard]] std::string_view name_of(PayTime time);
[[nodiscard]] std::string_view name_of(PayEcho echo);

/// How a reservation that somebody wanted to pay for may end, and in no other way.
enum class PayEnd : std::uint8_t {
  confirmed,  ///< Has its place, and paid for it.
  rescued,    ///< The same, by a second claim after the hold had ended.
  refunded,   ///< Has no place, and all that was authorised or taken went back.
  unpaid,     ///< Has no place, and nothing was ever authorised.
};

[[nodiscard]] std::string_view name_of(PayEnd end);

struct PayCell {
  PayOutcome outcome{};
  PayTime time{};
  PayEcho echo{};
  SagaWorld::CrashPoint crash;

  [[nodiscard]] std::string words() const;
};

/// What a cell comes to, whatever becomes of messages and wherever the node crashes.
[[nodiscard]] PayEnd expected_end(PayOutcome outcome, PayTime time);

/// What came of one.
struct PayResult {
  PayEnd end{};
  unsigned inputs = 0;  ///< That the saga got: so many places there are to crash at.
};

/// Plays a cell to its end and checks that money and places are where they have to be.
[[nodiscard]] PayResult play(const PayCell& cell);

}  // namespace cavea::engine::testing
