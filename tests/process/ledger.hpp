#pragma once

#include <nlohmann/json.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace cavea::test {

/// A command as it was sent, so that it can be sent again with its key.
struct Order {
  std::string path;
  std::string body;
  std::string key;
  bool is_by_admin = false;
  std::string reservation;  ///< The one it changes; empty: it makes one.
  int quantity_after = 0;   ///< Places that the reservation has when it was carried out.
};

/// What one shopper knows for certain, and what not.
struct Ledger {
  /// The newest acknowledged state of each reservation, by id.
  std::map<std::string, nlohmann::json> reservations;

  /// The order whose answer was lost.
  std::optional<Order> unknown;

  /// Answers that must not come.
  std::vector<std::string> complaints;

  int acknowledged = 0;  ///< Commands that succeeded.
  int refused = 0;
  int lost = 0;      ///< Orders that became unknown.
  int replayed = 0;  ///< Answers that were marked as replayed.
};

}  // namespace cavea::test
