#pragma once

#include "bench/load/api_client.hpp"
#include "bench/load/histogram.hpp"
#include "bench/load/probe_loop.hpp"
#include "bench/load/scenario.hpp"

#include <optional>
#include <string>

namespace cavea::bench {

/// Beside a load: a class with one place, which one has and another waits for. The first cancels,
/// the second looks at the wish until it has an offer, and declines it; over and over.
class OfferProbe {
 public:
  explicit OfferProbe(const Stage& stage);

  [[nodiscard]] std::optional<Trouble> prepare();
  void start();

  /// What went wrong, if anything did.
  [[nodiscard]] std::optional<Trouble> stop() { return loop_.stop(); }

  /// From sending the cancellation to the offer being read. After `stop`.
  [[nodiscard]] const Histogram& visible() const noexcept { return visible_; }

 private:
  [[nodiscard]] std::optional<Trouble> round();
  [[nodiscard]] std::optional<Trouble> wait_for_offer(const std::string& wish, TimePoint since);

  Stage stage_;
  std::string class_;
  ApiClient holder_;
  ApiClient waiter_;
  Histogram visible_;
  ProbeLoop loop_;
};

}  // namespace cavea::bench
