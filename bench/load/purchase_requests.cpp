#include "bench/load/purchase_requests.hpp"

#include <fmt/format.h>

#include <iterator>

namespace cavea::bench {

PurchaseRequests::PurchaseRequests(
    const ReservationRequests::Sender& sender, const std::vector<std::string>& tokens)
    : run_id_(sender.run_id) {
  for (const auto& token : tokens) {
    fields_.push_back(
        fmt::format(" HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n", sender.host, token));
  }
}

void PurchaseRequests::pay(
    std::string& out,
    std::uint64_t user,
    std::uint64_t number,
    const engine::ReservationId& reservation) const {
  out.clear();
  fmt::format_to(
      std::back_inserter(out),
      "POST /v1/reservations/{}/payment{}Idempotency-Key: \"{}-pay-{:016x}\"\r\n"
      "Content-Length: 0\r\n\r\n",
      reservation.str(),
      fields_of(user),
      run_id_,
      number);
}

void PurchaseRequests::look(
    std::string& out, std::uint64_t user, const engine::ReservationId& reservation) const {
  out.assign("GET /v1/reservations/").append(reservation.str());
  out.append(fields_of(user)).append("\r\n");
}

void PurchaseRequests::my_page(std::string& out, std::uint64_t user) const {
  out.assign("GET /v1/me/reservations?limit=10").append(fields_of(user)).append("\r\n");
}

}  // namespace cavea::bench
