#include "actors/node.hpp"

#include "actors/change_reads.hpp"
#include "actors/key_directory.hpp"
#include "actors/limits.hpp"
#include "actors/messages.hpp"
#include "actors/open_gate.hpp"
#include "actors/reads.hpp"
#include "actors/shard_actor.hpp"
#include "actors/venue_use.hpp"
#include "cluster/placement.hpp"

#include <caf/all.hpp>

#include <atomic>
#include <future>
#include <thread>
#include <utility>

namespace cavea::actors {

namespace {

std::int64_t system_clock_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

/// CAF reads nothing from the command line or from files: the node's own configuration decides.
struct SchedulerConfig : caf::actor_system_config {
  explicit SchedulerConfig(const NodeConfig& config) {
    // With `stealing`, a message may wait behind a handler that runs long (measured: 4 ms).
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", static_cast<std::size_t>(config.workers));
    set("scheduler.max-throughput", static_cast<std::size_t>(1'000));
  }
};

bool deletes_venue(const engine::CommandRequest& request) {
  const auto* to_venue = std::get_if<engine::VenueRequest>(&request.what);
  return to_venue != nullptr && std::holds_alternative<engine::DeleteVenue>(to_venue->command);
}

/// A shard as the bus sees it. Counter and inbox have a cache line of their own.
struct alignas(64) Shard {
  std::atomic<std::int64_t> waiting{0};
  WorkInbox inbox;
  caf::actor actor;

  void push(WorkPtr work) {
    if (inbox.push(std::move(work))) caf::anon_send(actor, inbox_atom::value);
  }
};

}  // namespace

struct Node::Parts {
  Parts(
      engine::CommandBus& own_bus,
      NodeConfig node_config,
      persistence::Store& store,
      persistence::JournalProbe& journal_probe,
      ActorsProbe& actors_probe,
      persistence::Journal::FailureHandler failure_handler)
      : bus(own_bus),
        config(std::move(node_config)),
        probe(actors_probe),
        on_failure(failure_handler),
        scheduler_config(config),
        shards(config.shard_count),
        system(scheduler_config),
        feed(reads, config.shard_count),
        changes(reads, feed, config.shard_count, config.data_id),
        reader(store, config.shard_count),
        journal(store, journal_probe, failure_handler),
        keys(reader, config.shard_count, failure_handler),
        reads(
            reader,
            journal,
            actors_probe,
            failure_handler,
            {.threads = config.reader_threads, .waiting_max = config.reads_max}),
        gate(config.shard_count) {}

  engine::CommandBus& bus;
  NodeConfig config;
  ActorsProbe& probe;
  persistence::Journal::FailureHandler on_failure;
  SchedulerConfig scheduler_config;
  // Works point to the counters of their shard: they are destroyed last.
  std::vector<Shard> shards;
  StepAnswers step_answers;  ///< Works point to it, too.
  // Destroyed after the journal and the readers, whose threads send to actors until they end.
  caf::actor_system system;
  TurnFeed feed;
  ChangeReads changes;
  persistence::StateReader reader;
  persistence::Journal journal;
  KeyDirectory keys;
  Reads reads;
  OpenGate gate;
  std::atomic<bool> is_ready{false};
  bool is_stopped = false;

  void spawn_shard(std::uint16_t number);
  [[nodiscard]] bool is_full(std::uint16_t shard) const;
  void send(
      engine::ShardId shard,
      WorkItem item,
      engine::ReturnAddress back,
      std::uint64_t key_new_at_us = 0);
  void send_command(
      engine::ShardId shard,
      engine::CommandRequest request,
      engine::ReturnAddress back,
      std::uint64_t key_new_at_us = 0);
  void send_with_key(
      engine::ShardId shard, engine::CommandRequest request, engine::ReturnAddress back);
  void find_key_then_send(
      engine::ShardId shard, engine::CommandRequest request, engine::ReturnAddress back);
  /// To its home shard, after another one, on which its key was used before, has looked for the
  /// key.
  void send_by_way_of(
      engine::ShardId other,
      engine::ShardId home,
      engine::CommandRequest request,
      engine::ReturnAddress back);
  void send_home(WorkPtr work);
  void send_subscription(
      const engine::OfferingId& offering, WorkItem item, engine::AnswerSink* sink);
  [[nodiscard]] engine::ShardId shard_of(const engine::CommandRequest& request) const;
};

void Node::Parts::spawn_shard(std::uint16_t number) {
  auto parts = std::make_shared<ShardParts>();
  parts->id = {number};
  parts->shard_count = config.shard_count;
  parts->work_max = config.shard_work_max;
  parts->rest_ms = config.idle_before_rest.count();
  parts->idle_ms = config.idle_before_passivation.count();
  parts->idempotency_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(config.idempotency_kept).count();
  parts->reader = &reader;
  parts->journal = &journal;
  parts->reads = &reads;
  parts->feed = &feed;
  parts->keep_ms = config.turns_kept.count();
  parts->probe = &probe;
  parts->inbox = &shards[number].inbox;
  parts->waiting = &shards[number].waiting;
  parts->clock_ms = config.clock_ms ? config.clock_ms : system_clock_ms;
  parts->before_decision = config.before_decision;
  parts->send_home = [this](WorkPtr work) { send_home(std::move(work)); };
  parts->sagas = {
      .bus = &bus,
      .answers = &step_answers,
      .payments = config.payments,
      .reads = &reads,
      .probe = &probe,
      .clock_ms = parts->clock_ms};
  parts->on_open = [this] { gate.shard_is_open(); };
  parts->on_failure = on_failure;
  shards[number].actor =
      system.spawn(shard_actor, std::shared_ptr<const ShardParts>(std::move(parts)));
  caf::anon_send(shards[number].actor, open_atom::value);
}

bool Node::Parts::is_full(std::uint16_t shard) const {
  return shards[shard].waiting.load(std::memory_order_relaxed) >= config.shard_work_max;
}

void Node::Parts::send(
    engine::ShardId shard, WorkItem item, engine::ReturnAddress back, std::uint64_t key_new_at_us) {
  if (!is_ready.load(std::memory_order_acquire)) {
    deliver(back, engine::Refusal(engine::Rejection::not_ready));
    return;
  }
  if (shard.value >= config.shard_count) {
    deliver(back, engine::Refusal(engine::Rejection::reservation_not_found));
    return;
  }
  if (is_full(shard.value)) {
    deliver(back, engine::Refusal(engine::Rejection::overloaded));
    return;
  }
  auto& to = shards[shard.value];
  auto work = caf::make_counted<Work>(std::move(item), back, to.waiting);
  work->key_new_at_us = key_new_at_us;
  to.push(std::move(work));
}

void Node::Parts::send_command(
    engine::ShardId shard,
    engine::CommandRequest request,
    engine::ReturnAddress back,
    std::uint64_t key_new_at_us) {
  if (!deletes_venue(request)) {
    send(shard, WorkItem(std::move(request)), back, key_new_at_us);
    return;
  }
  // The offerings of a venue are on all shards, so its own shard cannot know them.
  auto kept = std::make_shared<engine::CommandRequest>(std::move(request));
  reads.run(
      [this, shard, kept, back](const persistence::StateReader& from) {
        const auto now_ms = config.clock_ms ? config.clock_ms() : system_clock_ms();
        if (must_stay(from, reads, std::get<engine::VenueRequest>(kept->what), shard, {now_ms})) {
          deliver(back, engine::Refusal(engine::Rejection::venue_in_use));
          return;
        }
        send(shard, WorkItem(std::move(*kept)), back);
      },
      back);
}

/// Sends a command by way of the shard on which its key was used before, if there is one.
void Node::Parts::send_with_key(
    engine::ShardId shard, engine::CommandRequest request, engine::ReturnAddress back) {
  const auto now_us = steady_us();
  const auto use = keys.note(*request.idempotency, shard);
  if (use.is_new) {
    send_command(shard, std::move(request), back, now_us);
  } else if (!use.last) {
    find_key_then_send(shard, std::move(request), back);
  } else if (*use.last == shard) {
    send_command(shard, std::move(request), back);
  } else {
    send_by_way_of(*use.last, shard, std::move(request), back);
  }
}

void Node::Parts::find_key_then_send(
    engine::ShardId shard, engine::CommandRequest request, engine::ReturnAddress back) {
  auto kept = std::make_shared<engine::CommandRequest>(std::move(request));
  reads.run(
      [this, shard, kept, back](const persistence::StateReader&) {
        const auto found = reads.value_or_fail(keys.find(*kept->idempotency, shard));
        if (found == shard) {
          send_command(shard, std::move(*kept), back);
        } else {
          send_by_way_of(found, shard, std::move(*kept), back);
        }
      },
      back);
}

void Node::Parts::send_by_way_of(
    engine::ShardId other,
    engine::ShardId home,
    engine::CommandRequest request,
    engine::ReturnAddress back) {
  if (is_full(other.value) || is_full(home.value)) {
    deliver(back, engine::Refusal(engine::Rejection::overloaded));
    return;
  }
  auto& to = shards[other.value];
  auto work = caf::make_counted<Work>(WorkItem(std::move(request)), back, to.waiting);
  work->home = home;
  to.push(std::move(work));
}

void Node::Parts::send_home(WorkPtr work) {
  const auto home = *work->home;
  keys.move(*work->idempotency_key(), home);
  shards[home.value].push(std::move(work));
}

void Node::Parts::send_subscription(
    const engine::OfferingId& offering, WorkItem item, engine::AnswerSink* sink) {
  if (!is_ready.load(std::memory_order_acquire)) {
    sink->publish(offering, engine::Refusal(engine::Rejection::not_ready));
    return;
  }
  auto& to = shards[cluster::shard_of(offering.view(), config.shard_count).value];
  auto work = caf::make_counted<Work>(std::move(item), engine::ReturnAddress{}, to.waiting);
  work->subscriber = sink;
  to.push(std::move(work));
}

engine::ShardId Node::Parts::shard_of(const engine::CommandRequest& request) const {
  if (const auto* offering = std::get_if<engine::OfferingRequest>(&request.what)) {
    return cluster::shard_of(offering->offering.view(), config.shard_count);
  }
  if (const auto* venue = std::get_if<engine::VenueRequest>(&request.what)) {
    return cluster::shard_of(venue->venue.view(), config.shard_count);
  }
  if (const auto* saga = std::get_if<engine::SagaRequest>(&request.what)) {
    const auto* begin = std::get_if<engine::BeginReservation>(&saga->command);
    if (begin == nullptr) return saga->reservation.shard();
    // A saga lives beside its first leg.
    if (begin->legs.empty()) return {};
    return cluster::shard_of(begin->legs.front().offering.view(), config.shard_count);
  }
  return std::get<engine::ReservationRequest>(request.what).reservation.shard();
}

Node::Node(
    NodeConfig config,
    persistence::Store& store,
    persistence::JournalProbe& journal_probe,
    ActorsProbe& probe,
    persistence::Journal::FailureHandler on_failure)
    : parts_(std::make_unique<Parts>(
        *this, std::move(config), store, journal_probe, probe, std::move(on_failure))) {}

Node::~Node() {
  stop();
}

void Node::start() {
  for (std::uint16_t i = 0; i < parts_->config.shard_count; ++i) parts_->spawn_shard(i);
  parts_->gate.wait();
  parts_->keys.begin_reading();
  parts_->is_ready.store(true, std::memory_order_release);
}

void Node::stop() {
  if (std::exchange(parts_->is_stopped, true)) return;
  parts_->is_ready.store(false, std::memory_order_release);
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::milliseconds(limits::drain_ms);
  const auto is_busy = [this] {
    for (const auto& shard : parts_->shards) {
      if (shard.waiting.load(std::memory_order_acquire) > 0) return true;
    }
    return false;
  };
  while (is_busy() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  parts_->feed.stop();
  for (auto& shard : parts_->shards) {
    if (shard.actor) caf::anon_send_exit(shard.actor, caf::exit_reason::user_shutdown);
    shard.actor = nullptr;
  }
  parts_->system.await_all_actors_done();

  // Reads that still wait behind the journal come to an end before anything is taken down.
  std::promise<void> drained;
  parts_->journal.after_queued([&drained] { drained.set_value(); });
  drained.get_future().wait();
}

bool Node::is_ready() const noexcept {
  return parts_->is_ready.load(std::memory_order_acquire);
}

TurnFeed& Node::feed() noexcept {
  return parts_->feed;
}

void Node::keep(engine::ShardId shard, KeepRecords request) noexcept {
  if (!is_ready()) {
    if (request.then) request.then(false);
    return;
  }
  auto& to = parts_->shards.at(shard.value);
  to.push(
      caf::make_counted<Work>(WorkItem(std::move(request)), engine::ReturnAddress{}, to.waiting));
}

void Node::submit(engine::CommandRequest request, engine::ReturnAddress back) noexcept {
  const auto shard = parts_->shard_of(request);
  const bool is_sent_by_key = request.idempotency && parts_->is_ready.load()
                              && shard.value < parts_->config.shard_count
                              && !deletes_venue(request);
  if (is_sent_by_key) {
    parts_->send_with_key(shard, std::move(request), back);
  } else {
    parts_->send_command(shard, std::move(request), back);
  }
}

void Node::query(engine::Query query, engine::ReturnAddress back) noexcept {
  if (const auto* seats = std::get_if<engine::GetSeats>(&query)) {
    const auto shard = cluster::shard_of(seats->id.view(), parts_->config.shard_count);
    parts_->send(shard, WorkItem(*seats), back);
    return;
  }
  if (!is_ready()) {
    deliver(back, engine::Refusal(engine::Rejection::not_ready));
    return;
  }
  if (auto* changes = std::get_if<engine::ListChanges>(&query)) {
    parts_->changes.answer(std::move(*changes), back);
    return;
  }
  parts_->reads.answer(std::move(query), parts_->config.shard_count, back);
}

void Node::subscribe(engine::Subscribe what, engine::AnswerSink* sink) noexcept {
  const auto offering = what.offering;
  parts_->send_subscription(offering, WorkItem(std::move(what)), sink);
}

void Node::unsubscribe(engine::Unsubscribe what, engine::AnswerSink* sink) noexcept {
  const auto offering = what.offering;
  parts_->send_subscription(offering, WorkItem(std::move(what)), sink);
}

}  // namespace cavea::actors
