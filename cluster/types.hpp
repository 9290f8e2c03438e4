#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cavea::cluster {

/// A node as the replicated logs know it, greater than zero; zero means nobody.
struct ServerId {
  std::uint64_t value = 0;

  auto operator<=>(const ServerId&) const = default;
};

/// A reign of a leader. Grows by one with every election; 0 before the first.
struct Term {
  std::uint64_t value = 0;

  auto operator<=>(const Term&) const = default;
};

/// A position in a replicated log, from 1; 0 means none.
struct LogIndex {
  std::uint64_t value = 0;

  auto operator<=>(const LogIndex&) const = default;
};

constexpr LogIndex operator+(LogIndex index, std::uint64_t n) {
  return {index.value + n};
}

constexpr LogIndex operator-(LogIndex index, std::uint64_t n) {
  return {index.value - n};
}

/// Milliseconds of a clock that never goes back, with any beginning. Time enters consensus only as
/// an argument of this type.
struct Instant {
  std::uint64_t ms = 0;

  auto operator<=>(const Instant&) const = default;
};

/// Stands for one request to persist entries. Tickets of one replica grow by one; 0 means nothing
/// to report.
struct PersistTicket {
  std::uint64_t value = 0;

  auto operator<=>(const PersistTicket&) const = default;
};

/// Immutable bytes that a proposer, the store and the messages share without copying. Never null,
/// except where a comment says so.
using Bytes = std::shared_ptr<const std::string>;

[[nodiscard]] inline Bytes make_bytes(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

/// What an entry is. The numbers are written to disk and sent; never change them.
enum class EntryType : std::uint8_t {
  command = 1,  ///< Bytes of the application.
  barrier =
      2,  ///< Nothing; a new leader finishes earlier terms with it, and readers may wait on it.
  change = 3,  ///< An encoded `Configuration`.
};

/// One entry of a replicated log. Index and term together name it for ever, once it is on a disk or
/// was sent.
struct LogEntry {
  LogIndex index;
  Term term;
  EntryType type = EntryType::command;
  Bytes data;
};

/// What a server does in a shard. The numbers are written to disk and sent; never change them.
enum class ServerRole : std::uint8_t {
  standby = 0,  ///< Gets the log, does not vote.
  voter = 1,    ///< Gets the log and votes.
  spare = 2,    ///< Known; gets the log only while it catches up.
};

struct Server {
  ServerId id;
  ServerRole role = ServerRole::spare;

  bool operator==(const Server&) const = default;
};

/// The members of a shard. Addresses are not in it: where a server is reached is the business of
/// the node's directory, so that a move to another address is no membership change.
struct Configuration {
  std::vector<Server> servers;

  [[nodiscard]] const Server* find(ServerId id) const;

  [[nodiscard]] std::size_t voter_count() const;

  /// True when `id` votes and nobody else does.
  [[nodiscard]] bool has_sole_voter(ServerId id) const;

  /// The data of a `change` entry, in the format of cowsql raft: a byte 1, the number of servers
  /// (64 bits, little endian), for each its id (64 bits), its address as text with a terminating
  /// zero (ours is the id in decimal) and its role (a byte); padded with zeros to 8 bytes.
  [[nodiscard]] std::string encode() const;

  /// Nothing when `data` is not a configuration: truncated, without servers, an id zero or twice,
  /// an unknown role. The library reads past the end of such data, so every entry from a disk or
  /// from the network is checked here before the library sees it.
  [[nodiscard]] static std::optional<Configuration> decode(std::string_view data);

  bool operator==(const Configuration&) const = default;
};

/// What a server must never forget: it votes at most once in a term.
struct HardState {
  Term term;
  ServerId voted_for;

  bool operator==(const HardState&) const = default;
};

/// A snapshot without its data: everything up to `index` is in the state, so the log may begin
/// later. For a local snapshot the materialised state is the data.
struct SnapshotDescriptor {
  LogIndex index;
  Term term;  ///< Of the entry at `index`.
  LogIndex configuration_index;
  Configuration configuration;  ///< As of `index`.

  bool operator==(const SnapshotDescriptor&) const = default;
};

/// What a store holds of a shard's log when a replica starts.
struct StartState {
  HardState hard_state;
  std::optional<SnapshotDescriptor> snapshot;
  /// Without gaps. The data of `change` entries is read; that of others may be null, since only
  /// their terms are needed.
  std::vector<LogEntry> entries;
};

}  // namespace cavea::cluster
