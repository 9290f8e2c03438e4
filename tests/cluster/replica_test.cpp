#include "cluster/replica.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace cavea::cluster {
namespace {

constexpr Instant begin{5000};

Replica make_replica() {
  return Replica({.id = {1}, .seed = 7});
}

/// The store of a sole voter after `commands` commands, as a driver would have written it.
StartState store_with(int commands) {
  auto state = Replica::bootstrap({1});
  state.hard_state = {Term{2}, ServerId{1}};
  for (int i = 0; i < commands; ++i) {
    const auto last = state.entries.back().index;
    state.entries.push_back({last + 1, Term{2}, EntryType::command, nullptr});
  }
  return state;
}

Effects started(Replica& replica, const StartState& state) {
  auto outcome = replica.start(state, begin);
  REQUIRE(outcome.has_value());
  return std::move(outcome).value();
}

Proposal submitted(Replica& replica, std::string data) {
  auto proposed = replica.submit(std::move(data), begin);
  REQUIRE(proposed.has_value());
  return std::move(proposed).value();
}

}  // namespace

TEST_CASE("a sole voter leads as soon as it has started, in a term of its own") {
  auto replica = make_replica();
  const auto effects = started(replica, Replica::bootstrap({1}));

  CHECK(effects.role == Role::leader);
  CHECK(effects.leadership_changed);
  CHECK(effects.leader == ServerId{1});
  CHECK(effects.hard_state == HardState{Term{2}, ServerId{1}});
  CHECK(effects.commit_index == LogIndex{1});
  CHECK(effects.entries.empty());
  CHECK(effects.messages.empty());
  CHECK(effects.persist_ticket == PersistTicket{0});
  CHECK(replica.is_leader());
  CHECK(replica.configuration().has_sole_voter({1}));
}

TEST_CASE("a proposal comes back as an entry with the same buffer, and commits when persisted") {
  auto replica = make_replica();
  (void)started(replica, Replica::bootstrap({1}));
  const auto data = make_bytes(std::string(1 << 20, 'x'));

  const auto proposed = replica.submit(data, begin);
  REQUIRE(proposed.has_value());
  CHECK(proposed->index == LogIndex{2});
  CHECK(proposed->term == Term{2});
  const auto& effects = proposed->effects;
  REQUIRE(effects.entries.size() == 1);
  CHECK(effects.entries[0].data == data);
  CHECK(effects.entries[0].index == LogIndex{2});
  CHECK(effects.entries[0].type == EntryType::command);
  CHECK_FALSE(effects.truncate_from.has_value());
  CHECK_FALSE(effects.hard_state.has_value());
  CHECK(effects.commit_index == LogIndex{1});

  CHECK(replica.persisted(effects.persist_ticket, begin).commit_index == LogIndex{2});
}

TEST_CASE("one report covers all earlier requests, and reports that come again change nothing") {
  auto replica = make_replica();
  (void)started(replica, Replica::bootstrap({1}));
  const auto first = submitted(replica, "a").effects.persist_ticket;
  (void)submitted(replica, "b");
  const auto third = submitted(replica, "c").effects.persist_ticket;
  (void)submitted(replica, "d");

  CHECK(replica.persisted(third, begin).commit_index == LogIndex{4});
  CHECK(replica.persisted(first, begin).commit_index == LogIndex{4});
  CHECK(replica.persisted(third, begin).commit_index == LogIndex{4});
  CHECK(replica.last_index() == LogIndex{5});
}

TEST_CASE("after a restart all entries of a sole voter are committed, their data not needed") {
  auto replica = make_replica();
  const auto effects = started(replica, store_with(1000));

  CHECK(effects.role == Role::leader);
  CHECK(effects.commit_index == LogIndex{1001});
  CHECK(effects.entries.empty());
  CHECK(effects.hard_state == HardState{Term{3}, ServerId{1}});
  CHECK(replica.term_at({1001}) == Term{2});
  CHECK(submitted(replica, "next").index == LogIndex{1002});
}

TEST_CASE("a snapshot cuts the log and leaves what is asked for") {
  auto replica = make_replica();
  (void)started(replica, store_with(99));
  const auto taken = replica.take_snapshot({90}, 10, begin);

  REQUIRE(taken.snapshot.has_value());
  CHECK(taken.snapshot->index == LogIndex{90});
  CHECK(taken.snapshot->term == Term{2});
  CHECK(taken.snapshot->configuration_index == LogIndex{1});
  CHECK(taken.snapshot->configuration.has_sole_voter({1}));
  CHECK(taken.first_index == LogIndex{81});
  CHECK(replica.first_index() == LogIndex{81});
  CHECK(replica.last_index() == LogIndex{100});
  CHECK_FALSE(replica.term_at({80}).has_value());
  CHECK(replica.term_at({81}) == Term{2});

  SUBCASE("an older one afterwards is nothing new") {
    CHECK_FALSE(replica.take_snapshot({90}, 10, begin).snapshot.has_value());
    CHECK_FALSE(replica.take_snapshot({50}, 10, begin).snapshot.has_value());
  }
  SUBCASE("a restart from the snapshot and the rest of the log has everything committed") {
    auto state = store_with(99);
    state.snapshot = taken.snapshot;
    state.entries.erase(state.entries.begin(), state.entries.begin() + 80);
    auto again = make_replica();
    CHECK(started(again, state).commit_index == LogIndex{100});
    CHECK(again.first_index() == LogIndex{81});
    CHECK(submitted(again, "next").index == LogIndex{101});
  }
  SUBCASE("the log may be empty after it") {
    const auto all = replica.take_snapshot({100}, 0, begin);
    CHECK(all.first_index == LogIndex{101});
    CHECK(submitted(replica, "next").index == LogIndex{101});

    auto again = make_replica();
    const auto effects = started(again, {{Term{2}, ServerId{1}}, all.snapshot, {}});
    CHECK(effects.commit_index == LogIndex{100});
    CHECK(effects.role == Role::leader);
    CHECK(submitted(again, "next").index == LogIndex{101});
  }
}

TEST_CASE("a hundred thousand entries with snapshots keep the log short") {
  auto replica = make_replica();
  (void)started(replica, Replica::bootstrap({1}));
  std::uint64_t longest = 0;
  for (int i = 0; i < 100'000; ++i) {
    const auto ticket = submitted(replica, "command").effects.persist_ticket;
    const auto effects = replica.persisted(ticket, begin);
    if (i % 1000 == 999) (void)replica.take_snapshot(effects.commit_index, 100, begin);
    longest = std::max(longest, replica.last_index().value - replica.first_index().value + 1);
  }
  CHECK(replica.commit_index() == LogIndex{100'001});
  CHECK(longest <= 1100);
}

TEST_CASE("a barrier commits like a command and carries nothing") {
  auto replica = make_replica();
  (void)started(replica, Replica::bootstrap({1}));
  const auto proposed = replica.submit_barrier(begin);
  REQUIRE(proposed.has_value());
  REQUIRE(proposed->effects.entries.size() == 1);
  CHECK(proposed->effects.entries[0].type == EntryType::barrier);
  CHECK(proposed->effects.entries[0].data->empty());
  CHECK(replica.persisted(proposed->effects.persist_ticket, begin).commit_index == LogIndex{2});
}

TEST_CASE("a sole voter stays leader whatever the clock does, and rarely wants a tick") {
  auto replica = make_replica();
  (void)started(replica, Replica::bootstrap({1}));
  auto now = begin;
  int ticks = 0;
  for (int i = 0; i < 100'000; ++i) {
    now.ms += 1;
    if (now < replica.next_timeout()) continue;
    ++ticks;
    CHECK(replica.tick(now).role == Role::leader);
  }
  CHECK(ticks <= 100);
  CHECK(replica.tick({0}).role == Role::leader);
  CHECK(replica.tick({now.ms + 86'400'000}).role == Role::leader);
  CHECK(replica.term() == Term{2});
}

TEST_CASE("a server that joins follows, knows no members and refuses proposals") {
  auto replica = make_replica();
  const auto effects = started(replica, StartState{});
  CHECK(effects.role == Role::follower);
  CHECK(effects.commit_index == LogIndex{0});
  CHECK_FALSE(effects.hard_state.has_value());
  CHECK(replica.configuration().servers.empty());

  const auto proposed = replica.submit("too early", begin);
  REQUIRE_FALSE(proposed.has_value());
  CHECK(proposed.error() == Refusal::not_leader);
  CHECK(replica.tick({begin.ms + 60'000}).role == Role::follower);
}

TEST_CASE("a store that contradicts itself is refused") {
  const auto is_refused = [](const StartState& state) {
    auto replica = make_replica();
    const auto outcome = replica.start(state, begin);
    return !outcome && outcome.error() == Refusal::stored_state_malformed;
  };
  const auto snapshot_at = [](std::uint64_t index) {
    return SnapshotDescriptor{
        LogIndex{index}, Term{2}, LogIndex{1}, {{{ServerId{1}, ServerRole::voter}}}};
  };
  auto state = store_with(10);
  CHECK_FALSE(is_refused(state));

  SUBCASE("a gap") {
    state.entries.erase(state.entries.begin() + 5);
    CHECK(is_refused(state));
  }
  SUBCASE("no beginning") {
    state.entries.erase(state.entries.begin());
    CHECK(is_refused(state));
  }
  SUBCASE("a beginning that is no configuration") {
    state.entries[0].type = EntryType::command;
    CHECK(is_refused(state));
  }
  SUBCASE("a configuration that cannot be read") {
    state.entries[0].data = make_bytes("\x01\x05");
    CHECK(is_refused(state));
  }
  SUBCASE("terms that go back") {
    state.entries[4].term = Term{1};
    CHECK(is_refused(state));
  }
  SUBCASE("entries of a term that has not begun") {
    state.hard_state.term = Term{1};
    CHECK(is_refused(state));
  }
  SUBCASE("a gap after the snapshot") {
    state.snapshot = snapshot_at(5);
    state.entries.erase(state.entries.begin(), state.entries.begin() + 6);
    CHECK(is_refused(state));
  }
  SUBCASE("a log that ends in front of the snapshot") {
    state.snapshot = snapshot_at(20);
    CHECK(is_refused(state));
  }
  SUBCASE("another term at the snapshot") {
    state.snapshot = snapshot_at(5);
    state.snapshot->term = Term{1};
    CHECK(is_refused(state));
  }
}

}  // namespace cavea::cluster
