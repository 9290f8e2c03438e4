#pragma once

#include "bench/load/api_client.hpp"
#include "bench/load/histogram.hpp"
#include "bench/load/house.hpp"
#include "bench/load/probe_loop.hpp"
#include "bench/load/scenario.hpp"

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace cavea::bench {

/// Beside a load: seats of a performance are held and not paid for, over and over, while a viewer
/// of its seat feed waits to see them free again.
class HoldProbe {
 public:
  explicit HoldProbe(const Stage& stage);

  [[nodiscard]] std::optional<Trouble> prepare();
  void start();

  /// What went wrong, if anything did.
  [[nodiscard]] std::optional<Trouble> stop();

  /// From the end of a hold, by the node's clock, to the viewer seeing its seat free, by ours: of
  /// one machine, or of two with the same time. After `stop`.
  [[nodiscard]] const Histogram& seen() const noexcept { return seen_; }

  using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;

 private:
  [[nodiscard]] std::optional<Trouble> hold_one();
  [[nodiscard]] std::optional<Trouble> watch();
  void on_event(std::string_view data);

  Stage stage_;
  House house_;
  std::string performance_;
  ApiClient buyer_;
  std::uint32_t next_seat_ = 0;

  std::mutex mutex_;                                      ///< For `held_until_`.
  std::unordered_map<std::string, WallTime> held_until_;  ///< By seat.

  Histogram seen_;  ///< Of the viewer's thread, while it runs.
  ProbeLoop holding_;
  ProbeLoop watching_;
  std::atomic<bool> is_stopping_{false};
};

}  // namespace cavea::bench
