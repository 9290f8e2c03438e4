#include "cluster/replica.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

// What the consensus library does wrong or leaves to its user, each as the smallest case in which
// it shows. Most were found by the simulation.

namespace cavea::cluster {
namespace {

constexpr ServerId us{2};
constexpr ServerId leader{1};
constexpr Instant now{10'000};

const Configuration two_voters{{{{1}, ServerRole::voter}, {{2}, ServerRole::voter}}};

LogEntry change(std::uint64_t index, const Configuration& members) {
  return {{index}, {1}, EntryType::change, make_bytes(members.encode())};
}

LogEntry command_at(std::uint64_t index, std::uint64_t term = 1) {
  return {{index}, {term}, EntryType::command, make_bytes("command " + std::to_string(index))};
}

Message append(LogIndex prev, Term prev_term, std::vector<LogEntry> entries, LogIndex commit) {
  return {leader, AppendEntries{{1}, prev, prev_term, commit, 0, std::move(entries)}};
}

/// Server 2 in a shard of two voters, whose log holds `commands` commands of term 1.
Replica follower(std::uint64_t commands, const Configuration& members = two_voters) {
  Replica replica({.id = us, .seed = 3});
  StartState state{{Term{1}, {}}, std::nullopt, {change(1, members)}};
  for (std::uint64_t i = 0; i < commands; ++i) state.entries.push_back(command_at(2 + i));
  REQUIRE(replica.start(state, now).has_value());
  return replica;
}

Effects received(Replica& replica, const Message& message) {
  auto outcome = replica.receive(message, now);
  REQUIRE(outcome.has_value());
  return std::move(outcome).value();
}

template <class Body>
std::optional<Body> answer_in(const Effects& effects) {
  for (const auto& message : effects.messages) {
    if (const auto* body = std::get_if<Body>(&message.body)) return *body;
  }
  return std::nullopt;
}

/// Makes the follower leader of term 2 with the vote of server 1.
void let_lead(Replica& replica) {
  const auto last = replica.last_index();
  (void)received(replica, append(last, *replica.term_at(last), {}, last));
  (void)received(replica, {leader, TimeoutNow{{1}, last, *replica.term_at(last)}});
  REQUIRE(replica.role() == Role::candidate);
  (void)received(replica, {leader, RequestVoteResult{replica.term(), false, true}});
  REQUIRE(replica.is_leader());
}

}  // namespace

TEST_CASE("a change of the members counts at its own index wherever it stands in a message") {
  // The library notes it at the index of the first entry, and then never sees it committed.
  auto replica = follower(0);
  auto with_spare = two_voters;
  with_spare.servers.push_back({{3}, ServerRole::spare});
  const auto effects = received(
      replica, append({1}, {1}, {command_at(2), command_at(3), change(4, with_spare)}, {4}));
  CHECK(effects.entries.size() == 3);
  CHECK(effects.commit_index == LogIndex{4});
  CHECK(effects.configuration_changed);
  (void)replica.persisted(effects.persist_ticket, now);

  let_lead(replica);
  CHECK(replica.configuration() == with_spare);
  CHECK(replica.add_spare({4}, now).has_value());
}

TEST_CASE("entries in front of a cut log are not appended behind it") {
  auto replica = follower(20);
  (void)received(replica, append({21}, {1}, {}, {21}));
  (void)replica.take_snapshot({15}, 5, now);
  REQUIRE(replica.first_index() == LogIndex{11});

  std::vector<LogEntry> whole{change(1, two_voters)};
  for (std::uint64_t i = 2; i <= 21; ++i) whole.push_back(command_at(i));
  const auto effects = received(replica, append({0}, {0}, whole, {21}));
  CHECK(effects.entries.empty());
  CHECK(replica.last_index() == LogIndex{21});
  CHECK(answer_in<AppendEntriesResult>(effects)->last_index == LogIndex{21});

  whole.push_back(command_at(22));
  const auto longer = received(replica, append({0}, {0}, whole, {21}));
  REQUIRE(longer.entries.size() == 1);
  CHECK(longer.entries[0].index == LogIndex{22});
}

TEST_CASE("the commit index does not go back when an old message comes late") {
  auto replica = follower(20);
  CHECK(received(replica, append({15}, {1}, {}, {30})).commit_index == LogIndex{15});
  CHECK(received(replica, append({5}, {1}, {}, {30})).commit_index == LogIndex{15});
}

TEST_CASE("a refusal that comes late does not stop a leader from sending") {
  auto replica = follower(20);
  let_lead(replica);
  const auto term = replica.term();
  (void)received(replica, {leader, AppendEntriesResult{term, {0}, {21}}});
  CHECK(replica.match_index(leader) == LogIndex{21});
  // Silent for more than one heartbeat, so that the leader sends one message at a time.
  (void)replica.tick({now.ms + 100});
  (void)replica.tick({now.ms + 200});
  (void)received(replica, {leader, AppendEntriesResult{term, {21}, {15}}});

  REQUIRE(replica.submit("next", now).has_value());
  const auto sent = answer_in<AppendEntries>(replica.tick({now.ms + 300}));
  REQUIRE(sent.has_value());
  CHECK(sent->prev_index == LogIndex{21});
  CHECK(sent->entry_count == 1);
}

TEST_CASE("a refused pre-vote tells a candidate of an earlier term which term it is") {
  auto replica = follower(20);
  (void)received(replica, {leader, RequestVote{{7}, leader, {1}, {1}, false, false}});
  REQUIRE(replica.term() == Term{7});
  const auto effects =
      received(replica, {leader, RequestVote{{4}, leader, {50}, {1}, false, true}});
  const auto answer = answer_in<RequestVoteResult>(effects);
  REQUIRE(answer.has_value());
  CHECK_FALSE(answer->vote_granted);
  CHECK(answer->pre_vote);
  CHECK(answer->term == Term{7});
}

TEST_CASE("a server that does not know yet that it votes gives its vote") {
  auto members = two_voters;
  members.servers[1].role = ServerRole::spare;
  auto replica = follower(20, members);
  const auto effects =
      received(replica, {leader, RequestVote{{2}, leader, {30}, {1}, false, false}});
  CHECK(answer_in<RequestVoteResult>(effects)->vote_granted);
  CHECK(effects.hard_state == HardState{Term{2}, leader});
  CHECK(replica.configuration() == members);
}

TEST_CASE("a server without a vote forgets a leader that is silent") {
  auto members = two_voters;
  members.servers[1].role = ServerRole::spare;
  auto replica = follower(20, members);
  CHECK(received(replica, append({21}, {1}, {}, {21})).leader == leader);
  CHECK_FALSE(replica.tick({now.ms + 5000}).leader.has_value());
}

TEST_CASE("an election that fails begins again with a pre-vote and does not disturb a leader") {
  auto replica = follower(20);
  (void)received(replica, append({21}, {1}, {}, {21}));
  (void)received(replica, {leader, TimeoutNow{{1}, {21}, {1}}});
  REQUIRE(replica.term() == Term{2});
  const auto effects = replica.tick({now.ms + 5000});
  const auto request = answer_in<RequestVote>(effects);
  REQUIRE(request.has_value());
  CHECK(request->pre_vote);
  CHECK_FALSE(request->disrupt_leader);
  CHECK(replica.term() == Term{2});
}

TEST_CASE("a late answer to a pre-vote does not raise the term of a follower") {
  auto replica = follower(20);
  CHECK_FALSE(received(replica, {leader, RequestVoteResult{{2}, true, true}}).hard_state);
  CHECK(replica.term() == Term{1});
}

TEST_CASE("a vote must be durable and is given once in a term") {
  auto replica = follower(20);
  const Message without_log{leader, RequestVote{{7}, leader, {1}, {1}, false, false}};
  CHECK(received(replica, without_log).hard_state == HardState{Term{7}, ServerId{0}});

  const Message with_log{leader, RequestVote{{7}, leader, {50}, {1}, false, false}};
  CHECK(received(replica, with_log).hard_state == HardState{Term{7}, leader});
  const auto other = received(replica, {{3}, RequestVote{{7}, {3}, {50}, {1}, false, false}});
  CHECK_FALSE(other.hard_state.has_value());
  CHECK_FALSE(answer_in<RequestVoteResult>(other)->vote_granted);
}

TEST_CASE("a leader of an earlier term hears of the new one and of nothing uninitialised") {
  auto replica = follower(20);
  (void)received(replica, {leader, RequestVote{{7}, leader, {1}, {1}, false, false}});
  const auto answer =
      answer_in<AppendEntriesResult>(received(replica, append({21}, {1}, {}, {21})));
  REQUIRE(answer.has_value());
  CHECK(answer->term == Term{7});
  CHECK(answer->last_index == LogIndex{0});
}

TEST_CASE("a leader takes no entries of its own term and no messages of itself") {
  auto replica = follower(20);
  let_lead(replica);
  auto message = append({21}, {1}, {command_at(22, 2)}, {22});
  std::get<AppendEntries>(message.body).term = replica.term();
  CHECK(received(replica, message).entries.empty());
  CHECK(replica.is_leader());
  (void)received(replica, {us, RequestVote{{9}, us, {30}, {2}, true, false}});
  CHECK(replica.is_leader());
}

TEST_CASE("reports of entries that were overwritten are not passed on") {
  auto replica = follower(0);
  const auto old = received(replica, append({1}, {1}, {command_at(2), command_at(3)}, {1}));
  auto message = append({1}, {1}, {command_at(2, 2)}, {1});
  std::get<AppendEntries>(message.body).term = Term{2};
  const auto overwriting = received(replica, message);
  CHECK(overwriting.truncate_from == LogIndex{2});
  CHECK(replica.last_index() == LogIndex{2});

  CHECK_FALSE(answer_in<AppendEntriesResult>(replica.persisted(old.persist_ticket, now)));
  const auto effects = replica.persisted(overwriting.persist_ticket, now);
  CHECK(answer_in<AppendEntriesResult>(effects)->last_index == LogIndex{2});
}

TEST_CASE("a sole voter that was unseated leads again in a term of its own") {
  Replica replica({.id = {1}, .seed = 3});
  REQUIRE(replica.start(Replica::bootstrap({1}), now).has_value());
  REQUIRE(replica.term() == Term{2});
  const Message from_somebody{{2}, AppendEntries{{5}, {1}, {1}, {1}, 0, {}}};
  REQUIRE(received(replica, from_somebody).role == Role::follower);
  const auto effects = replica.tick({now.ms + 5000});
  CHECK(effects.role == Role::leader);
  CHECK(effects.hard_state == HardState{Term{6}, ServerId{1}});
}

TEST_CASE("while a snapshot is installed nothing is committed that it will bring") {
  auto replica = follower(5);
  const SnapshotDescriptor snapshot{{100}, {1}, {1}, two_voters};
  const auto offered = received(replica, {leader, InstallSnapshot{{1}, snapshot}});
  REQUIRE(offered.install_snapshot.has_value());
  CHECK(offered.install_snapshot->source == leader);
  CHECK(offered.install_snapshot->descriptor == snapshot);
  CHECK(offered.commit_index == LogIndex{1});

  CHECK(received(replica, append({100}, {1}, {}, {100})).commit_index == LogIndex{1});
  CHECK(received(replica, append({100}, {1}, {command_at(101)}, {100})).entries.empty());
  const auto again = received(replica, {leader, InstallSnapshot{{1}, snapshot}});
  CHECK_FALSE(again.install_snapshot.has_value());

  const auto installed = replica.snapshot_installed(now);
  CHECK(installed.commit_index == LogIndex{100});
  CHECK(answer_in<AppendEntriesResult>(installed)->last_index == LogIndex{100});
  CHECK(received(replica, append({100}, {1}, {command_at(101)}, {101})).entries.size() == 1);
}

TEST_CASE("malformed messages are refused and change nothing") {
  auto replica = follower(5);
  const auto outcome = replica.receive(append({6}, {1}, {command_at(9)}, {9}), now);
  REQUIRE_FALSE(outcome.has_value());
  CHECK(outcome.error() == Refusal::message_malformed);
  CHECK(replica.last_index() == LogIndex{6});
}

TEST_CASE("a leader that contradicts a committed entry is refused as a conflict") {
  auto replica = follower(5);
  (void)received(replica, append({6}, {1}, {}, {6}));
  auto message = append({4}, {1}, {command_at(5, 2)}, {6});
  std::get<AppendEntries>(message.body).term = Term{2};
  const auto outcome = replica.receive(message, now);
  REQUIRE_FALSE(outcome.has_value());
  CHECK(outcome.error() == Refusal::log_conflict);
}

}  // namespace cavea::cluster
