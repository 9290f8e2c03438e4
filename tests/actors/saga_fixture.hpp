#pragma once

#include "engine/saga.hpp"
#include "tests/actors/node_fixture.hpp"
#include "tests/support/till.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace cavea::tests {

/// A node at which people pay.
struct SagaFixture : NodeFixture {
  explicit SagaFixture(persistence::Store& store) : NodeFixture(store) {
    config.payments = &till;
    till.clock_ms = clock.load();
  }

  /// The node asks the till as long as it runs.
  ~SagaFixture() { stop(); }

  engine::ReservationView hold(const std::string& user, std::vector<std::string> seats) {
    return reservation_of(carry_out(claim("show", user, engine::NamedSeats{std::move(seats)})));
  }

  engine::Answer start_payment(engine::ReservationId id, const std::string& user) {
    return carry_out({engine::SagaRequest{id, user, engine::StartPayment{}}, {}});
  }

  void notice(engine::ReservationId id, const engine::Payment& payment) {
    carry_out({engine::SagaRequest{id, "", engine::PaymentAnswered{payment, true}}, {}});
  }

  engine::Answer begin(const std::string& user, std::vector<engine::WantedLeg> legs) {
    return carry_out(
        {engine::SagaRequest{{}, user, engine::BeginReservation{user, std::move(legs)}}, {}});
  }

  engine::Saga saga(engine::ReservationId id) {
    const auto view = reservation_of(ask(engine::GetReservation{id, ""}));
    REQUIRE(view.saga != nullptr);
    return view.saga->saga;
  }

  /// The saga once it stands so.
  engine::Saga saga_when(engine::ReservationId id, engine::SagaStatus status) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (std::chrono::steady_clock::now() < end) {
      auto now = saga(id);
      if (engine::status_of(now) == status) return now;
      std::this_thread::yield();
    }
    FAIL(
        "it never was " << engine::name_of(status) << " but "
                        << engine::name_of(engine::status_of(saga(id))));
    return {};
  }

  static void wait_until(const std::function<bool()>& is_so) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!is_so()) {
      if (std::chrono::steady_clock::now() > end) FAIL("it did not come about within 20 s");
      std::this_thread::yield();
    }
  }

  engine::PlaceCounts counts(const std::string& offering, engine::OfferingKind kind) {
    const auto answer = ask(engine::GetOffering{kind, *engine::OfferingId::from(offering)});
    return std::get<engine::OfferingView>(answer).counts;
  }

  Till till;
};

inline engine::WantedLeg leg(const std::string& offering, engine::Claim claim) {
  return {*engine::OfferingId::from(offering), std::move(claim), {}};
}

/// A class that costs something.
inline engine::OfferingDefinition paid_class(std::uint32_t capacity) {
  auto definition = sample_class(capacity);
  std::get<engine::ClassTerms>(definition.terms).price = {1'500};
  definition.currency = sample_performance().currency;
  return definition;
}

}  // namespace cavea::tests
