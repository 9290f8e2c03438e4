#pragma once

#include "bench/load/reservation_requests.hpp"
#include "engine/ids.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cavea::bench {

/// Writes what follows `POST /v1/reservations` when somebody buys. Users are counted round and
/// round, as there. Immutable, so all threads may share it.
class PurchaseRequests {
 public:
  PurchaseRequests(
      const ReservationRequests::Sender& sender, const std::vector<std::string>& tokens);

  /// Begins to pay; every `number` makes a key of its own.
  void pay(
      std::string& out,
      std::uint64_t user,
      std::uint64_t number,
      const engine::ReservationId& reservation) const;

  /// How the reservation stands.
  void look(std::string& out, std::uint64_t user, const engine::ReservationId& reservation) const;

  /// The newest reservations of my page.
  void my_page(std::string& out, std::uint64_t user) const;

 private:
  [[nodiscard]] const std::string& fields_of(std::uint64_t user) const {
    return fields_[user % fields_.size()];
  }

  std::string run_id_;
  std::vector<std::string> fields_;  ///< Of each user: from behind the target to the last of them.
};

}  // namespace cavea::bench
