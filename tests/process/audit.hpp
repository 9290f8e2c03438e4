#pragma once

#include "tests/process/sale.hpp"
#include "tests/process/shopper.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace cavea::test {

/// Everything that a node says it has sold, as an administrator sees it.
class Audit {
 public:
  Audit(const std::string& url, std::string admin_token);

  /// All reservations by id, page by page.
  [[nodiscard]] const std::map<std::string, Json>& reservations() const noexcept {
    return reservations_;
  }

  [[nodiscard]] std::set<std::string> ids() const;

  /// What the node has and the shoppers know must be the same; each line is a difference.
  [[nodiscard]] std::vector<std::string> compare_with(const std::vector<Shopper>& shoppers);

  /// Everybody was told once of what became of theirs. Waits for what is not told yet.
  [[nodiscard]] std::vector<std::string> check_told(const std::vector<Shopper>& shoppers);

  /// Each place has one owner, seat maps and counts say what the reservations say.
  [[nodiscard]] std::vector<std::string> check_places(const Sale& sale);

 private:
  [[nodiscard]] Json get(const std::string& path);
  [[nodiscard]] std::map<std::string, Json> all_of(const std::string& list);

  [[nodiscard]] std::vector<std::string> faults_of_told(const std::vector<Shopper>& shoppers);
  void check_class(const std::string& id, std::vector<std::string>& faults);
  void check_play(const std::string& id, std::vector<std::string>& faults);
  void check_counts(
      const Json& offering, int held, int sold, std::vector<std::string>& faults) const;

  HttpClient client_;
  std::string admin_token_;
  std::map<std::string, Json> reservations_;
};

}  // namespace cavea::test
