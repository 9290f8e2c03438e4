#pragma once

#include "actors/node.hpp"
#include "tests/support/collecting_sink.hpp"
#include "tests/support/sample_catalogue.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace cavea::tests {

/// A node on a store, with a clock that the test turns and a sink that keeps the answers.
class NodeFixture {
 public:
  explicit NodeFixture(persistence::Store& store, std::uint16_t shard_count = 4) : store_(store) {
    config.shard_count = shard_count;
    config.clock_ms = [this] { return clock.load(); };
  }

  ~NodeFixture() { stop(); }

  void start() {
    journal_probe = std::make_unique<persistence::JournalProbe>();
    probe = std::make_unique<actors::ActorsProbe>();
    node = std::make_unique<actors::Node>(
        config, store_, *journal_probe, *probe, [](const persistence::StoreError& error) {
          std::cerr << "the node failed: " << error.text << '\n';
          std::abort();
        });
    node->start();
  }

  void stop() {
    if (node) node->stop();
    node.reset();
  }

  std::uint64_t send(engine::CommandRequest request) {
    const auto ticket = next_ticket_++;
    node->submit(std::move(request), {&sink, ticket});
    return ticket;
  }

  std::uint64_t send(engine::Query query) {
    const auto ticket = next_ticket_++;
    node->query(std::move(query), {&sink, ticket});
    return ticket;
  }

  engine::Answer ask(engine::Query query) { return sink.wait_for(send(std::move(query))); }

  engine::Answer carry_out(engine::CommandRequest request) {
    return sink.wait_for(send(std::move(request)));
  }

  /// Asks again while the key is said to be running, as a client does.
  engine::Answer carry_out_when_free(const engine::CommandRequest& request) {
    for (;;) {
      auto answer = carry_out(request);
      const auto* refusal = std::get_if<engine::Refusal>(&answer);
      if (refusal == nullptr || refusal->reason != engine::Rejection::idempotency_key_running) {
        return answer;
      }
    }
  }

  engine::Answer create(const std::string& id, engine::OfferingDefinition definition) {
    return carry_out(creation(id, std::move(definition)));
  }

  static engine::CommandRequest creation(
      const std::string& id, engine::OfferingDefinition definition) {
    return {
        engine::OfferingRequest{
            *engine::OfferingId::from(id),
            engine::CreateOffering{
                std::make_shared<const engine::OfferingDefinition>(std::move(definition))}},
        {}};
  }

  static engine::CommandRequest claim(
      const std::string& id,
      const std::string& user,
      engine::Claim claim,
      const std::string& key = "") {
    engine::CommandRequest request;
    request.what = engine::OfferingRequest{
        *engine::OfferingId::from(id), engine::HoldPlaces{{}, user, {}, std::move(claim)}};
    if (!key.empty()) {
      engine::Fingerprint fingerprint{1, 1};
      request.idempotency = engine::IdempotencyKey{user, key, fingerprint};
    }
    return request;
  }

  static engine::CommandRequest cancel(engine::ReservationId id, const std::string& viewer) {
    return {engine::ReservationRequest{id, viewer, engine::CancelReservation{}}, {}};
  }

  std::atomic<std::int64_t> clock{sample_now.ms};
  actors::NodeConfig config;
  std::unique_ptr<persistence::JournalProbe> journal_probe;
  std::unique_ptr<actors::ActorsProbe> probe;
  std::unique_ptr<actors::Node> node;
  CollectingSink sink;

 private:
  persistence::Store& store_;
  std::uint64_t next_ticket_ = 1;
};

/// The reservation of an answer; fails the test when the answer is something else.
inline engine::ReservationView reservation_of(const engine::Answer& answer) {
  if (const auto* refusal = std::get_if<engine::Refusal>(&answer)) {
    FAIL("refused: " << engine::name_of(refusal->reason));
  }
  REQUIRE(std::holds_alternative<engine::ReservationView>(answer));
  return std::get<engine::ReservationView>(answer);
}

/// The reason of a refusal; fails the test when the answer is something else.
inline engine::Rejection rejection_of(const engine::Answer& answer) {
  REQUIRE(std::holds_alternative<engine::Refusal>(answer));
  return std::get<engine::Refusal>(answer).reason;
}

}  // namespace cavea::tests
