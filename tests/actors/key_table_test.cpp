#include "actors/key_table.hpp"

#include <doctest/doctest.h>

namespace cavea::actors {

TEST_CASE("A key runs until its command is committed, and is forgotten when the store has it") {
  KeyTable keys;
  const engine::IdempotencyKey key{"alice", "k-1", {1, 2}};
  CHECK(keys.find(key) == nullptr);

  keys.begin(key, 7);
  REQUIRE(keys.find(key) != nullptr);
  CHECK_FALSE(keys.find(key)->outcome);

  persistence::Outcome outcome;
  outcome.version = {5};
  keys.commit(key, outcome, 3, 1'000);
  REQUIRE(keys.find(key) != nullptr);
  REQUIRE(keys.find(key)->outcome);
  CHECK(keys.find(key)->outcome->version.value == 5);

  constexpr auto late = 1'000 + KeyTable::committed_kept_ms + 1;
  keys.forget_until(2, late);
  CHECK(keys.find(key) != nullptr);
  keys.forget_until(3, late - 1);
  CHECK(keys.find(key) != nullptr);
  keys.forget_until(3, late);
  CHECK(keys.find(key) == nullptr);
  CHECK(keys.size() == 0);
}

TEST_CASE("The same key of another caller is another key") {
  KeyTable keys;
  keys.begin({"alice", "k", {}}, 1);
  CHECK(keys.find({"bob", "k", {}}) == nullptr);
  // No caller and key can be joined to look like another pair.
  CHECK(keys.find({"alic", "ek", {}}) == nullptr);
}

TEST_CASE("When an actor dies its running keys are free, and committed ones stay") {
  KeyTable keys;
  keys.begin({"alice", "running", {}}, 1);
  keys.begin({"alice", "committed", {}}, 1);
  keys.begin({"alice", "of another", {}}, 2);
  keys.begin({"alice", "decided", {}}, 1);
  keys.own({"alice", "decided", {}}, 0);
  keys.commit({"alice", "committed", {}}, {}, 1, 0);

  keys.abandon_all_of(1);
  CHECK(keys.find({"alice", "running", {}}) == nullptr);
  CHECK(keys.find({"alice", "committed", {}}) != nullptr);
  CHECK(keys.find({"alice", "of another", {}}) != nullptr);
  CHECK(keys.find({"alice", "decided", {}}) != nullptr);
}

TEST_CASE("A refusal is remembered for the same request and for a while") {
  KeyTable keys;
  const engine::IdempotencyKey key{"alice", "k", {1, 1}};
  keys.begin(key, 7);
  keys.remember_refusal(key, engine::Rejection::sold_out, 100);
  CHECK(keys.find(key) == nullptr);
  REQUIRE(keys.find_refusal(key) != nullptr);
  CHECK(keys.find_refusal(key)->reason == engine::Rejection::sold_out);
  CHECK(keys.find_refusal({"alice", "k", {2, 2}}) == nullptr);

  keys.forget_refusals_before(100);
  CHECK(keys.find_refusal(key) != nullptr);
  keys.forget_refusals_before(101);
  CHECK(keys.find_refusal(key) == nullptr);
}

}  // namespace cavea::actors
