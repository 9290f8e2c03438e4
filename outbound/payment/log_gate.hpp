#pragma once

#include "outbound/payment/limits.hpp"

#include <chrono>
#include <map>
#include <string>
#include <string_view>

namespace cavea::outbound::payment {

/// Lets one line of each kind through in `limits::log_pause`, so that a provider that is down fills
/// no disk. For one thread.
class LogGate {
 public:
  using Time = std::chrono::steady_clock::time_point;

  [[nodiscard]] bool admits(std::string_view kind, Time now) {
    const auto found = last_.find(kind);
    if (found != last_.end() && now - found->second < limits::log_pause) return false;
    // Kinds come from outside, too: past any sensible number of them all begin anew.
    if (last_.size() >= kinds_max) last_.clear();
    last_.insert_or_assign(std::string(kind), now);
    return true;
  }

 private:
  static constexpr std::size_t kinds_max = 100;

  std::map<std::string, Time, std::less<>> last_;
};

}  // namespace cavea::outbound::payment
