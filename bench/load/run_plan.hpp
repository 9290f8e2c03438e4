#pragma once

#include "bench/load/clock.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <optional>

namespace cavea::bench {

/// How much load is made, for how long.
struct RunPlan {
  boost::asio::ip::tcp::endpoint server;
  unsigned connections = 64;  ///< Of all threads together.
  unsigned threads = 1;
  Clock::duration warm_up{};                  ///< Load that is made before measuring begins.
  std::optional<Clock::duration> duration{};  ///< Of measuring; none: until there is nothing to do.
  std::optional<double> per_second{};         ///< Open loop with this rate; none: closed loop.

  /// Connections of one of the threads.
  [[nodiscard]] unsigned connections_of(unsigned thread) const noexcept {
    return connections / threads + (thread < connections % threads ? 1 : 0);
  }
};

}  // namespace cavea::bench
