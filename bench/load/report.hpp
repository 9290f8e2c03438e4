#pragma once

#include "bench/load/measurement.hpp"
#include "bench/load/options.hpp"
#include "bench/load/read_back.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cavea::bench {

/// What only a rush has to tell.
struct RushReport {
  std::optional<double> sold_out_seconds;  ///< None: seats were left.
  std::uint64_t seats = 0;
  std::uint64_t buyers = 0;
  std::uint64_t buyers_served = 0;
  std::uint64_t seats_confirmed = 0;  ///< Over all confirmed answers.
  std::uint64_t seats_sold = 0;       ///< In the seat map, afterwards.
  std::uint64_t seats_sold_twice = 0;
};

/// What only purchases have to tell.
struct SagaReport {
  std::int64_t price = 0;        ///< Of each, in cents.
  std::uint64_t pages_read = 0;  ///< In the measured time, whole ones of my page.
  Histogram page_visible;      ///< From when a purchase is known to be done to my page showing it.
  Histogram offer_visible;     ///< From cancelling a place to who waits for it seeing the offer.
  Histogram hold_end_to_feed;  ///< From the end of a hold to its viewer seeing the seat free.
  std::vector<std::string> faults;
};

/// Everything that is said about a run when it is over.
struct Report {
  Options options;
  Measurement measured;
  std::optional<ReadBack> read_back;
  std::optional<RushReport> rush;
  std::optional<SagaReport> saga;

  /// What is wrong, each a sentence; empty: all is as it should be.
  std::vector<std::string> faults;

  [[nodiscard]] double confirmed_per_second() const;

  /// Adds a fault for every figure that should be 0 and is not.
  void find_faults();

  /// The object that `--json` writes; bench/load/README.md names its members.
  [[nodiscard]] nlohmann::ordered_json json() const;

  /// A table for people, with a line end.
  [[nodiscard]] std::string table() const;
};

}  // namespace cavea::bench
