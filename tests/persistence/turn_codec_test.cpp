#include "persistence/turn_codec.hpp"

#include "fixtures.hpp"
#include "golden.hpp"
#include "persistence/seal.hpp"
#include "samples.hpp"

#include <doctest/doctest.h>

#include <random>
#include <variant>

namespace cavea::persistence {

namespace {

std::string encoded(const Turn& turn) {
  std::string bytes;
  encode(turn, bytes);
  return bytes;
}

/// Makes the checksum fit, as if the bytes had been written like that.
void seal_again(std::string& bytes) {
  auto checksum = checksum_of(std::string_view(bytes).substr(0, bytes.size() - 4));
  for (auto at = bytes.end() - 4; at != bytes.end(); ++at) {
    *at = static_cast<char>(checksum);
    checksum >>= 8;
  }
}

}  // namespace

TEST_CASE("A turn comes back as it was encoded") {
  const auto turn = test::sample_turn();
  const auto bytes = encoded(turn);
  const auto decoded = decode_turn(bytes);
  REQUIRE_MESSAGE(decoded.has_value(), decoded.error().text);
  REQUIRE(decoded->changes.size() == turn.changes.size());
  CHECK(encoded(*decoded) == bytes);

  const auto& held = std::get<OfferingChange>(decoded->changes[2]);
  const auto& event = std::get<engine::PlacesHeld>(held.events.at(0));
  const auto& before = std::get<OfferingChange>(turn.changes[2]);
  CHECK(event.reservation == test::sample_id);
  CHECK(event.user == "ada");
  CHECK(event.person == engine::PersonKey::of("ada"));
  CHECK(event.lines == std::get<engine::PlacesHeld>(before.events.at(0)).lines);
  CHECK(event.until == test::new_year + engine::Duration{600'000});
  CHECK(held.at == before.at);
  CHECK(held.version == before.version);
  CHECK(held.revision == before.revision);
  CHECK(held.counts == before.counts);
  REQUIRE(held.idempotency.has_value());
  CHECK(held.idempotency->key.caller == "ada");
  CHECK(held.idempotency->key.key == "8e03978e-40d5-43e8-bc93-6894a57f9324");
  CHECK(held.idempotency->key.fingerprint == before.idempotency->key.fingerprint);
  CHECK(held.idempotency->outcome == before.idempotency->outcome);

  const auto& sold = std::get<OfferingChange>(decoded->changes[3]);
  CHECK(std::get<engine::PlacesSold>(sold.events.at(0)).person.value == 77);
  // Upper-case letters would be lost in 16 bytes, so this key is kept as text.
  CHECK(sold.idempotency->key.key == "8E03978E-40D5-43E8-BC93-6894A57F9324");
  CHECK(sold.idempotency->key.caller == "till-1");

  const auto& sweep = std::get<OfferingChange>(decoded->changes[4]);
  CHECK(std::get<engine::ReservationCancelled>(sweep.events.at(3)).reservation.high == 0);
}

TEST_CASE("A turn of waiting lists comes back as it was encoded") {
  const auto turn = test::sample_waiting_turn();
  const auto bytes = encoded(turn);
  const auto decoded = decode_turn(bytes);
  REQUIRE_MESSAGE(decoded.has_value(), decoded.error().text);
  CHECK(encoded(*decoded) == bytes);
  const auto& joined = std::get<OfferingChange>(decoded->changes[0]);
  const auto& event = std::get<engine::WaitingJoined>(joined.events.at(0));
  const auto& before =
      std::get<engine::WaitingJoined>(std::get<OfferingChange>(turn.changes[0]).events.at(0));
  CHECK(event.id == test::sample_id);
  CHECK(event.user == "ada");
  CHECK(event.person == engine::PersonKey::of("ada"));
  CHECK(event.wish == before.wish);
  CHECK(event.book_at_once);
  CHECK_FALSE(event.any_of.has_value());
  CHECK(
      joined.idempotency->outcome
      == std::get<OfferingChange>(turn.changes[0]).idempotency->outcome);

  const auto& others = std::get<OfferingChange>(decoded->changes[1]).events;
  const auto& further = std::get<engine::WaitingJoined>(others.at(0));
  CHECK(further.person.value == 77);
  CHECK(further.any_of == test::sample_any_of());
  CHECK(std::get<engine::WaitingPassedOver>(others.at(1)).times == 3);
  CHECK(std::get<engine::WaitingLeft>(others.at(2)).end == engine::WaitingEnd::granted_elsewhere);
  CHECK(std::get<engine::WaitingGranted>(others.at(3)).id == test::sample_id);
  const auto& closed = std::get<OfferingChange>(decoded->changes[3]).events;
  CHECK(
      std::get<engine::WaitingClosed>(closed.at(0)).end == engine::WaitingEnd::offering_cancelled);
}

TEST_CASE("A seat map that a turn names often is in it once") {
  const auto turn = test::sample_turn();
  const auto decoded = decode_turn(encoded(turn));
  REQUIRE(decoded.has_value());
  const auto& venue = std::get<VenueChange>(decoded->changes[0]);
  const auto& offering = std::get<OfferingChange>(decoded->changes[1]);
  const auto& map = std::get<engine::VenueCreated>(venue.event).definition.seat_map;
  const auto& created = std::get<engine::OfferingCreated>(offering.events.at(0));
  CHECK(map == created.definition->performance()->seat_map);
}

TEST_CASE("Turns of every earlier version are still read, and written as the same bytes") {
  test::expect_golden("turn-1", encoded(test::sample_turn()));
  test::expect_golden("turn-1-waiting", encoded(test::sample_waiting_turn()));
  const auto bytes = test::golden("turn-1");
  const auto turn = decode_turn(bytes);
  REQUIRE(turn.has_value());
  CHECK(encoded(*turn) == bytes);
}

TEST_CASE("A turn with a saga comes back as it was encoded, and is read for ever") {
  const auto bytes = encoded(test::sample_saga_turn());
  test::expect_golden("turn-1-saga", bytes);
  const auto turn = decode_turn(test::golden("turn-1-saga"));
  REQUIRE_MESSAGE(turn.has_value(), turn.error().text);
  REQUIRE(turn->changes.size() == 2);
  CHECK(encoded(*turn) == bytes);
  CHECK(std::get<SagaChange>(turn->changes[1]).saga.legs.size() == 4);
}

TEST_CASE("What a step did to a saga comes back as it was encoded, and is read for ever") {
  auto turn = test::sample_saga_turn();
  auto& change = std::get<SagaChange>(turn.changes[1]);
  change.events.add(engine::SagaEvent::held);
  change.events.add(engine::SagaEvent::refunded);
  const auto bytes = encoded(turn);
  test::expect_golden("turn-1-saga-events", bytes);
  const auto decoded = decode_turn(test::golden("turn-1-saga-events"));
  REQUIRE_MESSAGE(decoded.has_value(), decoded.error().text);
  CHECK(std::get<SagaChange>(decoded->changes[1]).events == change.events);
  CHECK(encoded(*decoded) == bytes);
  // One that says nothing is as it always was.
  const auto before = decode_turn(test::golden("turn-1-saga"));
  REQUIRE(before.has_value());
  CHECK(std::get<SagaChange>(before->changes[1]).events == engine::SagaEvents{});
}

TEST_CASE("A reservation of one place takes less than 100 bytes of log") {
  Turn turn;
  for (std::uint64_t i = 0; i < 100; ++i) turn.changes.emplace_back(test::sample_sale(i + 5'000));
  const auto bytes = encoded(turn).size();
  MESSAGE("bytes of 100 reservations: " << bytes);
  CHECK(bytes < 100 * 100);
}

TEST_CASE("A turn of random sales comes back as it was encoded") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    INFO("seed " << seed);
    test::RandomSales sales(seed, {9});
    auto bytes = encoded(sales.open());
    for (int i = 0; i < 20; ++i) {
      auto decoded = decode_turn(bytes);
      REQUIRE(decoded.has_value());
      CHECK(encoded(*decoded) == bytes);
      bytes = encoded(sales.turn(30));
    }
  }
}

TEST_CASE("A damaged turn is always found") {
  const auto bytes = encoded(test::sample_turn());
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    auto damaged = bytes;
    damaged[bit / 8] =
        static_cast<char>(static_cast<unsigned char>(damaged[bit / 8]) ^ 1u << bit % 8);
    const auto decoded = decode_turn(damaged);
    REQUIRE_FALSE(decoded.has_value());
    CHECK(decoded.error().kind == StoreError::Kind::corrupt);
  }
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CHECK_FALSE(decode_turn(std::string_view(bytes).substr(0, size)).has_value());
  }
}

TEST_CASE("Bytes that were never a turn are refused, whatever their checksum says") {
  constexpr std::uint64_t seed = 4711;
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  const auto bytes = encoded(test::sample_turn());
  int refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    auto damaged = bytes;
    const auto edits = 1 + random() % 4;
    for (std::uint64_t edit = 0; edit < edits; ++edit) {
      const auto at = 1 + random() % (damaged.size() - 5);
      if (random() % 3 == 0) {
        damaged.erase(at, 1 + random() % 8);
      } else {
        damaged[at] = static_cast<char>(random());
      }
      if (damaged.size() < 16) break;
    }
    seal_again(damaged);
    const auto decoded = decode_turn(damaged);
    if (!decoded.has_value()) {
      ++refused;
    } else {
      // What is accepted is a turn that could have been: it has one encoding.
      std::string again;
      encode(*decoded, again);
      CHECK(decode_turn(again).has_value());
    }
  }
  CHECK(refused > 1'000);
}

TEST_CASE("A turn of a newer program is named as that") {
  auto bytes = encoded(test::sample_turn());
  bytes[0] = 2;
  seal_again(bytes);
  const auto decoded = decode_turn(bytes);
  REQUIRE_FALSE(decoded.has_value());
  CHECK(decoded.error().kind == StoreError::Kind::newer_format);
}

}  // namespace cavea::persistence
