#include "cluster/message_codec.hpp"

#include <cstdint>
#include <type_traits>
#include <utility>

namespace cavea::cluster {

namespace {

class MessageWriter {
 public:
  template <class Number>
  void number(Number value) {
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
      out_.push_back(static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i)));
    }
  }

  void bytes(std::string_view value) {
    number(static_cast<std::uint32_t>(value.size()));
    out_.append(value);
  }

  void operator()(std::uint64_t value) { number(value); }

  void operator()(Term value) { number(value.value); }

  void operator()(LogIndex value) { number(value.value); }

  void operator()(ServerId value) { number(value.value); }

  void operator()(bool value) { number(std::uint8_t{value}); }

  void operator()(const std::vector<LogEntry>& entries, LogIndex /*before*/) {
    number(static_cast<std::uint32_t>(entries.size()));
    for (const auto& entry : entries) {
      number(entry.term.value);
      number(static_cast<std::uint8_t>(entry.type));
      bytes(*entry.data);
    }
  }

  void operator()(const SnapshotDescriptor& snapshot) {
    number(snapshot.index.value);
    number(snapshot.term.value);
    number(snapshot.configuration_index.value);
    bytes(snapshot.configuration.encode());
  }

  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

/// After the first impossible read it has failed for good.
class MessageReader {
 public:
  explicit MessageReader(std::string_view in) : in_(in) {}

  [[nodiscard]] bool finished() const { return !has_failed_ && in_.empty(); }

  template <class Number>
  Number number() {
    const auto raw = take(sizeof(Number));
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < raw.size(); ++i) {
      value |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(raw[i])) << (8 * i);
    }
    return static_cast<Number>(value);
  }

  std::string_view bytes() { return take(number<std::uint32_t>()); }

  void operator()(std::uint64_t& value) { value = number<std::uint64_t>(); }

  void operator()(Term& value) { value.value = number<std::uint64_t>(); }

  void operator()(LogIndex& value) { value.value = number<std::uint64_t>(); }

  void operator()(ServerId& value) { value.value = number<std::uint64_t>(); }

  void operator()(bool& value) {
    const auto read = number<std::uint8_t>();
    if (read > 1) fail();
    value = read == 1;
  }

  void operator()(std::vector<LogEntry>& entries, LogIndex before) {
    const auto count = number<std::uint32_t>();
    // Each has more bytes than that, so a number that lies reserves nothing.
    for (std::uint32_t i = 0; i < count && !has_failed_; ++i) {
      LogEntry entry;
      entry.index = before + i + 1;
      entry.term.value = number<std::uint64_t>();
      entry.type = static_cast<EntryType>(number<std::uint8_t>());
      entry.data = make_bytes(std::string(bytes()));
      entries.push_back(std::move(entry));
    }
  }

  void operator()(SnapshotDescriptor& snapshot) {
    snapshot.index.value = number<std::uint64_t>();
    snapshot.term.value = number<std::uint64_t>();
    snapshot.configuration_index.value = number<std::uint64_t>();
    auto configuration = Configuration::decode(bytes());
    if (!configuration) return fail();
    snapshot.configuration = std::move(*configuration);
  }

 private:
  std::string_view take(std::size_t size) {
    if (size > in_.size()) {
      fail();
      return {};
    }
    const auto part = in_.substr(0, size);
    in_.remove_prefix(size);
    return part;
  }

  void fail() {
    has_failed_ = true;
    in_ = {};
  }

  std::string_view in_;
  bool has_failed_ = false;
};

// The fields of each kind, for who writes and who reads.

template <class Archive, class Body>
void fields(Archive& archive, Body& body) {
  using Kind = std::remove_const_t<Body>;
  archive(body.term);
  if constexpr (std::is_same_v<Kind, AppendEntries>) {
    archive(body.prev_index);
    archive(body.prev_term);
    archive(body.leader_commit);
    archive(body.entries, body.prev_index);
  } else if constexpr (std::is_same_v<Kind, AppendEntriesResult>) {
    archive(body.rejected);
    archive(body.last_index);
  } else if constexpr (std::is_same_v<Kind, RequestVote>) {
    archive(body.candidate);
    archive(body.last_index);
    archive(body.last_term);
    archive(body.disrupt_leader);
    archive(body.pre_vote);
  } else if constexpr (std::is_same_v<Kind, RequestVoteResult>) {
    archive(body.pre_vote);
    archive(body.vote_granted);
  } else if constexpr (std::is_same_v<Kind, InstallSnapshot>) {
    archive(body.snapshot);
  } else {
    static_assert(std::is_same_v<Kind, TimeoutNow>);
    archive(body.last_index);
    archive(body.last_term);
  }
}

/// Makes `body` the alternative of that number, as it is by default. False: there is none.
template <std::size_t index = 0>
bool choose(decltype(Message::body)& body, std::size_t wanted) {
  if constexpr (index < std::variant_size_v<decltype(Message::body)>) {
    if (wanted != index) return choose<index + 1>(body, wanted);
    body.template emplace<index>();
    return true;
  } else {
    return false;
  }
}

}  // namespace

std::string encode(const Message& message) {
  MessageWriter writer;
  writer.number(message_version);
  writer.number(static_cast<std::uint8_t>(message.body.index() + 1));
  std::visit([&](const auto& body) { fields(writer, body); }, message.body);
  return writer.take();
}

std::optional<Message> decode_message(std::string_view bytes, ServerId from) {
  MessageReader reader(bytes);
  if (reader.number<std::uint8_t>() != message_version) return std::nullopt;
  Message message{from, AppendEntries{}};
  const auto kind = reader.number<std::uint8_t>();
  if (kind == 0 || !choose(message.body, kind - 1U)) return std::nullopt;
  std::visit([&](auto& body) { fields(reader, body); }, message.body);
  if (!reader.finished() || !is_well_formed(message)) return std::nullopt;
  return message;
}

}  // namespace cavea::cluster
