#include "cluster/message_codec.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

namespace cavea::cluster {
namespace {

constexpr ServerId sender{7};

Configuration three_members() {
  return {{{{1}, ServerRole::voter}, {{2}, ServerRole::standby}, {{3}, ServerRole::spare}}};
}

/// One of each kind, no field as it is by default.
std::vector<Message> messages() {
  AppendEntries append;
  append.term = {9};
  append.prev_index = {40};
  append.prev_term = {6};
  append.leader_commit = {38};
  append.entries = {
      {{41}, {6}, EntryType::command, make_bytes(std::string("a\0b", 3))},
      {{42}, {8}, EntryType::barrier, make_bytes({})},
      {{43}, {9}, EntryType::change, make_bytes(three_members().encode())}};
  auto heartbeat = append;
  heartbeat.entries.clear();
  return {
      {sender, append},
      {sender, heartbeat},
      {sender, AppendEntriesResult{{9}, {41}, {~std::uint64_t{0}}}},
      {sender, RequestVote{{9}, {3}, {43}, {8}, true, false}},
      {sender, RequestVote{{9}, {3}, {43}, {8}, false, true}},
      {sender, RequestVoteResult{{9}, true, false}},
      {sender, RequestVoteResult{{9}, false, true}},
      {sender, InstallSnapshot{{9}, {{40}, {6}, {3}, three_members()}}},
      {sender, TimeoutNow{{9}, {43}, {8}}}};
}

}  // namespace

TEST_CASE("a message arrives as it was sent, whatever its kind") {
  for (const auto& message : messages()) {
    CAPTURE(message.body.index());
    const auto bytes = encode(message);
    const auto decoded = decode_message(bytes, sender);
    REQUIRE(decoded.has_value());
    CHECK(decoded->peer == sender);
    CHECK(decoded->body.index() == message.body.index());
    CHECK(encode(*decoded) == bytes);
  }
  const auto decoded = decode_message(encode(messages().front()), sender);
  const auto& append = std::get<AppendEntries>(decoded->body);
  REQUIRE(append.entries.size() == 3);
  CHECK(append.entries[0].index == LogIndex{41});
  CHECK(*append.entries[0].data == std::string("a\0b", 3));
  CHECK(append.entries[2].term == Term{9});
  CHECK(append.leader_commit == LogIndex{38});
}

TEST_CASE("a message of which bytes are missing, or with some behind it, is none") {
  for (const auto& message : messages()) {
    const auto bytes = encode(message);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      CAPTURE(message.body.index());
      CAPTURE(size);
      CHECK_FALSE(decode_message(bytes.substr(0, size), sender).has_value());
    }
    CHECK_FALSE(decode_message(bytes + '\0', sender).has_value());
  }
}

TEST_CASE("whatever a stranger sends is a message or none, and never more than its bytes") {
  const auto seed = std::random_device{}();
  INFO("seed ", seed);
  std::mt19937_64 random(seed);
  for (const auto& message : messages()) {
    const auto bytes = encode(message);
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      auto flipped = bytes;
      flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
      const auto decoded = decode_message(flipped, sender);
      if (decoded) CHECK(is_well_formed(*decoded));
    }
  }
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes(random() % 80, '\0');
    for (auto& byte : bytes) byte = static_cast<char>(random());
    if (bytes.size() > 1) {
      bytes[0] = static_cast<char>(message_version);
      bytes[1] = static_cast<char>(random() % 8);
    }
    const auto decoded = decode_message(bytes, sender);
    if (decoded) CHECK(is_well_formed(*decoded));
  }
}

}  // namespace cavea::cluster
