#pragma once

#include "actors/limits.hpp"
#include "actors/peer_port.hpp"
#include "actors/probe.hpp"
#include "actors/record_table.hpp"
#include "engine/change_sink.hpp"
#include "engine/cluster_status.hpp"
#include "engine/command_bus.hpp"
#include "engine/money_books.hpp"
#include "engine/notification.hpp"
#include "engine/payment.hpp"
#include "engine/webhook_port.hpp"
#include "persistence/journal.hpp"
#include "persistence/store.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cavea::actors {

/// How the actors of one node run.
struct NodeConfig {
  std::uint16_t shard_count = 16;  ///< Fixed when the store was made.
  std::uint32_t data_id = 0;       ///< Stands for the store: no two have the same.
  cluster::ServerId server{1};     ///< This node, among those of its cluster.
  bool founds = true;              ///< New shards begin on this node.
  PeerPort* peers = nullptr;       ///< The way to the others; must outlive the node. Null: none.
  /// Entries of a shard's log after which it is cut; fewer in tests.
  std::uint64_t log_entries_max = limits::entries_between_snapshots;
  /// The nodes that shards are to be on; empty: as it is.
  std::vector<cluster::ServerId> members;
  unsigned workers = 2;         ///< Threads of the actor scheduler.
  unsigned reader_threads = 1;  ///< Threads that read lists and records from the store.
  std::chrono::milliseconds idle_before_rest{2'000};  ///< An idle offering needs no actor.
  std::chrono::milliseconds idle_before_passivation{60'000};
  std::chrono::hours idempotency_kept{24};

  /// How long what happened can be read again; 0: as long as consensus needs it.
  std::chrono::milliseconds turns_kept{std::chrono::hours(7 * 24)};

  /// The bounds of `actors/limits.hpp` that a configuration may lower: what is beyond them is told
  /// `overloaded`.
  std::int64_t shard_work_max = limits::shard_work_max;
  std::size_t reads_max = limits::reads_max;

  /// The wall clock, milliseconds since the epoch; replaced in tests.
  std::function<std::int64_t()> clock_ms;

  /// Where sagas let people pay; must outlive the node. Null: nothing can be paid.
  engine::PaymentPort* payments = nullptr;

  /// How often payments are compared with the provider, from start to start; zero: only when that
  /// is asked for.
  std::chrono::milliseconds reconcile_every{std::chrono::hours(6)};

  /// How far back: payments made, and reservations changed, since then. Banks take a month to let a
  /// refund fail.
  std::chrono::milliseconds reconcile_back{std::chrono::hours(35 * 24)};

  /// A reservation that changed since then is not compared: longer than a request to the provider
  /// may be on its way, or something could be refunded twice.
  std::chrono::milliseconds reconcile_at_rest{std::chrono::minutes(2)};

  /// Whether people are told what happens to what is theirs. While they are not, the log is not
  /// held for it: what happens then may be missed.
  bool tells_people = true;

  /// Sends mail to those who want it; must outlive the node. Null: nobody is sent any.
  engine::MailPort* mail = nullptr;

  /// Sends what happens to webhooks; must outlive the node. Null: nobody does.
  engine::WebhookPort* webhooks = nullptr;

  /// Where all that happens goes, too; must outlive the node. Null: nowhere.
  engine::ChangeSink* sink = nullptr;

  /// Writes an event as webhooks and the sink are sent it. Called from any thread.
  std::function<void(std::string& out, const engine::ChangeEvent& event)> write_change;

  /// How long before the start people are reminded; zero: not at all.
  std::chrono::milliseconds reminder_before{std::chrono::hours(24)};

  /// Called by every offering's actor before it decides. Empty but in tests, which throw from it to
  /// see an actor die.
  std::function<void(const engine::OfferingId&)> before_decision;
};

class TurnFeed;

/// The command bus of this process: shard actors, their offerings, the journal and the readers.
///
/// Composition: `Node node{config, store, journal_probe, on_failure}; node.start(); ...
/// node.stop();`. `on_failure` ends the process (a write that failed cannot be taken back).
class Node final : public engine::CommandBus {
 public:
  Node(
      NodeConfig config,
      persistence::Store& store,
      persistence::JournalProbe& journal_probe,
      ActorsProbe& probe,
      persistence::Journal::FailureHandler on_failure);

  /// Calls `stop`.
  ~Node() override;

  /// Opens every shard from the store; returns when all of them take commands, or follow another
  /// node that does or will. A damaged store is a failure: it goes to `on_failure`.
  void start();

  /// Answers what was taken, refuses what comes (`not_ready`), waits until all is written. At most
  /// 5 s.
  void stop();

  /// Whether commands are taken.
  [[nodiscard]] bool is_ready() const noexcept;

  /// What was committed, for whoever tells others of it; valid as long as the node.
  [[nodiscard]] TurnFeed& feed() noexcept;

  /// Where the money of all sagas is, as it was counted last: a minute ago, or more where there are
  /// many.
  [[nodiscard]] engine::BooksByCurrency money_books() const;

  /// Carries out a step that writes records of a shard; from any thread, whatever waits there.
  void keep(engine::ShardId shard, KeepRecords request) noexcept;

  /// Gives another node a part of a shard's state: see `PeerPort::fetch`. From any thread.
  void give_state(
      StateRequest request,
      std::function<void(std::optional<persistence::StatePart>)> then) noexcept;

  /// How this node sees its shards; a little old.
  [[nodiscard]] std::vector<engine::ShardStatus> shards() const;

  /// Takes in a message of another node's replica, `message.peer`. From any thread, from `start`
  /// on.
  void receive(engine::ShardId shard, cluster::Message message) noexcept;

  void submit(engine::CommandRequest request, engine::ReturnAddress back) noexcept override;
  void query(engine::Query query, engine::ReturnAddress back) noexcept override;
  void subscribe(engine::Subscribe what, engine::AnswerSink* sink) noexcept override;
  void unsubscribe(engine::Unsubscribe what, engine::AnswerSink* sink) noexcept override;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace cavea::actors
