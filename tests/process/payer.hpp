#pragma once

#include "tests/process/tally.hpp"
#include "tests/support/http_client.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace cavea::test {

/// Where payers reserve and pay.
struct Market {
  std::string node_url;
  std::string provider_url;
  std::vector<std::string> offerings;  ///< Classes that cost something.
};

/// Somebody who reserves, pays with a card and sometimes cancels, without a pause, and remembers
/// what became of it. Used by one thread at a time.
class Payer {
 public:
  Payer(std::string name, std::string token, std::uint64_t seed);

  /// Buys until the node is gone (or says something that must not be).
  void shop(const Market& market, Tally& confirmed);

  /// Lets go of all that is not paid, and waits until nothing of theirs is on its way any more.
  /// Their reservations as they are then, by id.
  [[nodiscard]] std::map<std::string, nlohmann::json> settle(const Market& market);

  /// What they were told, as "kind id of the reservation", each as often as it was.
  [[nodiscard]] std::map<std::string, int> told(const Market& market);

  [[nodiscard]] const std::string& name() const noexcept { return name_; }

  /// Reservations that were confirmed to them, and that they did not cancel.
  [[nodiscard]] const std::vector<std::string>& kept() const noexcept { return kept_; }

  /// Answers that must not come.
  [[nodiscard]] const std::vector<std::string>& complaints() const noexcept { return complaints_; }

 private:
  [[nodiscard]] bool buy(
      HttpClient& node, HttpClient& provider, const Market& market, Tally& confirmed);
  [[nodiscard]] std::map<std::string, nlohmann::json> all_of(HttpClient& node, const char* list);
  void complain(const std::string& what, const HttpResponse& answer);
  [[nodiscard]] std::vector<std::string> fresh_key();
  [[nodiscard]] int random(int from, int to);

  std::string name_;
  std::string token_;
  std::mt19937_64 random_;
  int keys_ = 0;
  std::vector<std::string> kept_;
  std::vector<std::string> complaints_;
};

}  // namespace cavea::test
