#include "cluster/message.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

namespace cavea::cluster {
namespace {

LogEntry command(std::uint64_t index, std::uint64_t term, std::size_t size = 10) {
  return {{index}, {term}, EntryType::command, make_bytes(std::string(size, 'x'))};
}

AppendEntries append_after(LogIndex index, Term term, std::vector<LogEntry> entries) {
  return {
      .term = {5},
      .prev_index = index,
      .prev_term = term,
      .leader_commit = {100},
      .entry_count = 0,
      .entries = std::move(entries)};
}

bool is_good(AppendEntries append) {
  return is_well_formed(Message{{2}, std::move(append)});
}

}  // namespace

TEST_CASE("entries are cut into messages that follow one another") {
  auto append = append_after({10}, {3}, {});
  append.entry_count = 5;
  std::vector<LogEntry> entries;
  for (std::uint64_t i = 11; i <= 15; ++i) entries.push_back(command(i, i < 13 ? 3 : 4));
  const auto messages = fill_append(Message{{2}, append}, entries, 25);

  REQUIRE(messages.size() == 3);
  LogIndex index{10};
  Term term{3};
  std::size_t count = 0;
  for (const auto& message : messages) {
    CHECK(message.peer == ServerId{2});
    CHECK(is_well_formed(message));
    const auto& part = std::get<AppendEntries>(message.body);
    CHECK(part.prev_index == index);
    CHECK(part.prev_term == term);
    CHECK(part.leader_commit == LogIndex{100});
    CHECK(part.entry_count == 0);
    index = part.entries.back().index;
    term = part.entries.back().term;
    count += part.entries.size();
  }
  CHECK(count == 5);
  CHECK(index == LogIndex{15});
}

TEST_CASE("an entry larger than a message may be goes alone, and a heartbeat goes empty") {
  auto append = append_after({10}, {3}, {});
  CHECK(fill_append(Message{{2}, append}, {}, 25).size() == 1);
  append.entry_count = 3;
  const std::vector<LogEntry> entries{command(11, 3), command(12, 3, 1000), command(13, 3)};
  CHECK(fill_append(Message{{2}, append}, entries, 25).size() == 3);
}

TEST_CASE("what no correct peer sends is recognised") {
  CHECK(is_good(append_after({1}, {1}, {command(2, 1), command(3, 5)})));
  CHECK(is_good(append_after({1}, {1}, {})));

  CHECK_FALSE(is_good(append_after({1}, {1}, {command(3, 1)})));
  CHECK_FALSE(is_good(append_after({1}, {1}, {command(2, 1), command(4, 1)})));
  CHECK_FALSE(is_good(append_after({1}, {2}, {command(2, 1)})));
  CHECK_FALSE(is_good(append_after({1}, {1}, {command(2, 4), command(3, 3)})));
  CHECK_FALSE(is_good(append_after({1}, {1}, {command(2, 6)})));
  CHECK_FALSE(is_good(append_after({1}, {6}, {})));
  CHECK_FALSE(is_good(append_after({1}, {0}, {})));
  CHECK_FALSE(is_good(append_after({0}, {1}, {})));
  CHECK_FALSE(is_good(append_after({0}, {0}, {command(1, 1)})));
  CHECK_FALSE(is_good(append_after({1}, {1}, {{{2}, {1}, EntryType::command, nullptr}})));
  const auto damaged = make_bytes("\x01\xFF\xFF");
  CHECK_FALSE(is_good(append_after({1}, {1}, {{{2}, {1}, EntryType::change, damaged}})));
  const auto unknown = static_cast<EntryType>(9);
  CHECK_FALSE(is_good(append_after({1}, {1}, {{{2}, {1}, unknown, make_bytes("x")}})));

  CHECK_FALSE(is_well_formed(Message{{0}, AppendEntriesResult{{1}, {0}, {1}}}));
  CHECK_FALSE(is_well_formed(Message{{2}, AppendEntriesResult{{0}, {0}, {1}}}));
}

TEST_CASE("an offer of a snapshot without members or of a later term is recognised") {
  const SnapshotDescriptor good{{10}, {3}, {1}, {{{ServerId{1}, ServerRole::voter}}}};
  const auto is_good_offer = [](const SnapshotDescriptor& snapshot) {
    return is_well_formed(Message{{2}, InstallSnapshot{{5}, snapshot}});
  };
  CHECK(is_good_offer(good));
  auto bad = good;
  bad.configuration.servers.clear();
  CHECK_FALSE(is_good_offer(bad));
  bad = good;
  bad.term = {6};
  CHECK_FALSE(is_good_offer(bad));
  bad = good;
  bad.configuration_index = {11};
  CHECK_FALSE(is_good_offer(bad));
}

}  // namespace cavea::cluster
