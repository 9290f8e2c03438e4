#pragma once

#include "tests/process/ledger.hpp"
#include "tests/process/sale.hpp"
#include "tests/process/tally.hpp"
#include "tests/support/http_client.hpp"

#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace cavea::test {

/// The tokens of a shopper: its own, and an administrator's to confirm what it paid for.
struct Tokens {
  std::string user;
  std::string admin;
};

/// Somebody who reserves, cancels and pays without a pause, over one kept-alive connection, and
/// remembers what was acknowledged. Each has a user of its own, so nobody else changes its
/// reservations. Used by one thread at a time.
class Shopper {
 public:
  Shopper(std::string name, std::uint64_t seed, Tokens tokens, const Sale& sale);

  /// Sends commands until the node is gone (or says something that must not be).
  void shop(const std::string& url, Tally& acknowledged);

  /// Sends the order whose answer was lost again, twice, on a node that was started anew.
  /// `known_ids`: the reservations that were there before; what the answers say must agree.
  void settle(const std::string& url, const std::set<std::string>& known_ids);

  [[nodiscard]] const std::string& name() const noexcept { return name_; }

  [[nodiscard]] const Tokens& tokens() const noexcept { return tokens_; }

  [[nodiscard]] const Ledger& ledger() const noexcept { return ledger_; }

 private:
  void order_and_order(const std::string& url, Tally& acknowledged);
  [[nodiscard]] Order next_order();
  [[nodiscard]] Order claim(Json item, int quantity);
  [[nodiscard]] Order claim_of_class();
  [[nodiscard]] Order claim_of_seats();
  [[nodiscard]] Order change_of(const std::string& id);
  [[nodiscard]] Order cancellation(const std::string& id, const Json& reservation);
  [[nodiscard]] Order about(const std::string& id, const char* verb, const Json& body);

  [[nodiscard]] HttpResponse send(HttpClient& client, const Order& order) const;
  [[nodiscard]] HttpResponse send_until_definite(HttpClient& client, const Order& order) const;
  void note(const Order& order, const HttpResponse& answer);
  void complain(const Order& order, const HttpResponse& answer, const char* why);

  int random(int from, int to);
  [[nodiscard]] std::string new_key();

  std::string name_;
  std::mt19937_64 random_;
  Tokens tokens_;
  const Sale& sale_;
  Ledger ledger_;
  int keys_ = 0;
};

}  // namespace cavea::test
