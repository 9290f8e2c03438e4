#pragma once

#include <atomic>
#include <cstdint>

namespace cavea::http {

/// Whether this node wants requests; set by whoever starts and stops it, read by `/readyz`. Any
/// thread.
class Readiness {
 public:
  enum class State : std::uint8_t { starting = 0, ready = 1, draining = 2 };

  void set(State state) noexcept { state_.store(state, std::memory_order_relaxed); }

  [[nodiscard]] State state() const noexcept { return state_.load(std::memory_order_relaxed); }

 private:
  std::atomic<State> state_{State::starting};
};

}  // namespace cavea::http
