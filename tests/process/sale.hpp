#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace cavea::test {

using Json = nlohmann::json;

/// What is sold in the process tests: a large and a small class, a play for nothing and one that is
/// paid for (so that places are held first; the holds last for a day).
struct Sale {
  static constexpr int rows = 16;
  static constexpr int seats_per_row = 20;

  std::vector<std::string> classes{"large-class", "small-class"};
  std::vector<std::string> plays{"free-play", "paid-play"};

  /// Creates venue and offerings; throws when one is refused.
  void create(const std::string& url, const std::string& admin_token) const;
};

/// "stalls-R7-12".
[[nodiscard]] std::string seat_label(int row, int number);

}  // namespace cavea::test
