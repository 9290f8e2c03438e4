#pragma once

#include "simulator/script.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cavea::simulator {

/// What the simulator does to everybody, until it is told otherwise. Numbers of times count down.
struct Behaviour {
  std::string decline;  ///< Every confirmation is declined for this reason; empty: none is.
  std::uint32_t delay_ms = 0;
  std::uint32_t time_out_after_charging = 0;  ///< The next so many.
  std::uint32_t fail_with_500 = 0;
  std::uint32_t fail_after_charging = 0;
  std::uint32_t rate_limit = 0;
  std::uint32_t fail_refunds_later = 0;  ///< Answered as if they had gone well.
  /// Customers pay by themselves, with a good card, so long after a payment was made; 0: they do
  /// not.
  std::uint32_t customers_pay_ms = 0;
  std::uint32_t retry_after = 0;         ///< Seconds, told with every 429 and 500; 0: not told.
  std::uint32_t duplicate_webhooks = 0;  ///< How often each is sent beside the first time.
  /// Webhooks are kept that long, and those kept together are sent the last one first; 0: not.
  std::uint32_t reorder_webhooks_ms = 0;
  bool lose_webhooks = false;
  /// Connections are closed without an answer, but for those of scripts.
  bool down = false;
  /// What the first seven above are for; of reads, only what is named here.
  std::array<bool, operation_count> operations{true, true, true, true, true, false, false};

  [[nodiscard]] bool is_for(Operation operation) const {
    return operations[static_cast<std::size_t>(operation)];
  }

  /// What to do with the next request; takes one off the number that it comes from.
  [[nodiscard]] Instruction take(Operation operation);
};

/// Changes the members that a JSON object names. The error is a sentence for people that names the
/// member at fault; nothing is changed then.
[[nodiscard]] std::optional<std::string> change(Behaviour& behaviour, std::string_view json);

[[nodiscard]] std::string to_json(const Behaviour& behaviour);

}  // namespace cavea::simulator
