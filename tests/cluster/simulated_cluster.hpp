#pragma once

#include "cluster/replica.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace cavea::cluster {

/// What the simulated state machine holds: the commands in the order of the log.
struct AppliedCommand {
  LogIndex index;
  std::string data;

  bool operator==(const AppliedCommand&) const = default;
};

/// A disk's content.
struct StoredShard {
  HardState hard_state;
  std::optional<SnapshotDescriptor> snapshot;
  std::vector<AppliedCommand> snapshot_state;
  std::map<LogIndex, LogEntry> log;

  [[nodiscard]] StartState to_start_state() const;
};

/// One batch on its way to a disk.
struct DiskWrite {
  std::optional<HardState> hard_state;
  std::optional<LogIndex> truncate_from;
  std::vector<LogEntry> entries;
  PersistTicket ticket;
  std::optional<SnapshotDescriptor> snapshot;
  std::vector<AppliedCommand> snapshot_state;
  LogIndex first_index;
  bool installs_snapshot = false;

  void apply_to(StoredShard& disk) const;
};

/// Knows what must never happen and writes down what did. Shared by all servers of a cluster.
class SafetyChecker {
 public:
  /// The entry is on a disk or on its way to another server.
  void left_memory(const LogEntry& entry);
  void committed(const LogEntry& entry);
  void leads(ServerId server, Term term);

  [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }

  [[nodiscard]] const std::map<LogIndex, LogEntry>& committed_entries() const { return committed_; }

 private:
  void expect_same(const LogEntry& known, const LogEntry& entry, const char* rule);

  std::map<std::pair<LogIndex, Term>, LogEntry> known_;
  std::map<LogIndex, LogEntry> committed_;
  std::map<Term, ServerId> leaders_;
  std::vector<std::string> violations_;
};

/// A server with a disk that loses what was not synced, driven as `Effects` prescribes.
class SimulatedServer {
 public:
  struct Sent {
    Message message;
    std::vector<AppliedCommand> snapshot_state;  ///< With `InstallSnapshot`.
  };

  SimulatedServer(ServerId id, StoredShard disk, SafetyChecker& checker);

  void start(std::uint32_t seed, Instant now);

  /// The first `survivors` writes under way still reach the disk, the others are lost.
  void crash(std::size_t survivors);

  [[nodiscard]] bool is_up() const { return replica_ != nullptr; }

  [[nodiscard]] Replica& replica() { return *replica_; }

  [[nodiscard]] ServerId id() const { return id_; }

  /// Carries out the effects of a step of the replica.
  void carry_out(const Effects& effects);

  void tick(Instant now);
  void receive(const Sent& sent, Instant now);

  /// Lets the oldest write reach the disk.
  void sync_one(Instant now);

  [[nodiscard]] std::size_t writes_under_way() const { return writes_.size(); }

  void take_snapshot(std::uint32_t trailing, Instant now);

  [[nodiscard]] const std::vector<AppliedCommand>& applied() const { return applied_; }

  [[nodiscard]] LogIndex applied_index() const { return applied_index_; }

  [[nodiscard]] const StoredShard& disk() const { return disk_; }

  /// What may be sent by now, in order. The caller empties it.
  std::vector<Sent> outbox;

  /// Bytes of data in one message; small values cut what is sent into pieces.
  std::size_t append_bytes_max = 64;

 private:
  struct Held {
    std::uint64_t write;
    Sent sent;
  };

  void write(DiskWrite batch);
  void send(const Message& message);
  void apply(LogIndex commit_index);

  ServerId id_;
  StoredShard disk_;
  StoredShard newest_;  ///< The disk as it will be when all writes are done.
  SafetyChecker& checker_;
  std::unique_ptr<Replica> replica_;
  std::deque<DiskWrite> writes_;
  std::uint64_t writes_made_ = 0;
  std::uint64_t writes_done_ = 0;
  std::uint64_t hard_state_write_ = 0;
  std::deque<Held> held_;
  std::vector<AppliedCommand> applied_;
  LogIndex applied_index_;
  std::vector<AppliedCommand> incoming_state_;
};

/// Servers, their disks and the network between them, with a clock of its own; everything random
/// comes from one seed.
class SimulatedCluster {
 public:
  struct Faults {
    double drop = 0;
    double duplicate = 0;
    double crash = 0;      ///< Per millisecond, of one of the servers.
    double partition = 0;  ///< Per millisecond, cuts or heals one pair.
    double snapshot = 0;   ///< Per millisecond, of one of the servers.
    std::uint64_t delay_ms_max = 5;
    double sync = 0.5;  ///< Per millisecond and write under way.
  };

  explicit SimulatedCluster(std::uint64_t seed) : random_(seed) {}

  /// `disk` empty: the server joins.
  SimulatedServer& add(ServerId id, StoredShard disk = {});

  /// Three voters that know each other from the start.
  void add_three_voters();

  void run(std::uint64_t ms);

  /// Ends all faults and brings every server back.
  void heal();

  void crash(ServerId id);
  void restart(ServerId id);

  [[nodiscard]] SimulatedServer& server(ServerId id) { return *servers_.at(id); }

  /// The leader with the highest term, if any.
  [[nodiscard]] SimulatedServer* leader();

  /// Proposes a command that no other proposal has to somebody who believes to lead. False when
  /// nobody does or it is refused.
  bool propose();

  /// Asks somebody who believes to lead for something about the members, whether it makes sense or
  /// not.
  void change_members_at_random();

  /// Commands that a client was told are safe, because their entry was seen committed.
  [[nodiscard]] std::vector<std::string> acknowledged() const;

  /// Empty when every rule of raft held, nothing acknowledged was lost, nothing happened twice, and
  /// all servers in `members` hold the same.
  [[nodiscard]] std::vector<std::string> faults_found(const std::vector<ServerId>& members);

  [[nodiscard]] bool chance(double p) { return std::bernoulli_distribution(p)(random_); }

  [[nodiscard]] std::uint64_t up_to(std::uint64_t n) {
    return std::uniform_int_distribution<std::uint64_t>(0, n)(random_);
  }

  [[nodiscard]] Instant now() const { return now_; }

  Faults faults;
  std::set<std::pair<ServerId, ServerId>> cut;  ///< Directed.

 private:
  struct InFlight {
    ServerId from;
    ServerId to;
    SimulatedServer::Sent sent;
  };

  struct Pending {
    LogIndex index;
    Term term;
    std::string data;
  };

  void step();
  void inject_faults();
  void collect(SimulatedServer& server);
  void deliver();
  [[nodiscard]] SimulatedServer& any_server();
  [[nodiscard]] SimulatedServer* any_leader();

  std::mt19937_64 random_;
  Instant now_{1000};
  std::map<ServerId, std::unique_ptr<SimulatedServer>> servers_;
  std::map<ServerId, Instant> comes_back_;
  std::multimap<Instant, InFlight> network_;
  SafetyChecker checker_;
  std::uint64_t commands_made_ = 0;
  std::vector<Pending> proposals_;
};

}  // namespace cavea::cluster
