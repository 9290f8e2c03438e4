#include "actors/node.hpp"

#include "actors/diary_actor.hpp"
#include "actors/limits.hpp"
#include "actors/node_parts.hpp"
#include "actors/notification_actor.hpp"
#include "actors/progress_reads.hpp"
#include "actors/replica_actor.hpp"
#include "actors/shard_actor.hpp"
#include "cluster/placement.hpp"

#include <future>
#include <thread>

namespace cavea::actors {

std::int64_t system_clock_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

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
  parts->inboxes = &inboxes;
  parts->money = &money;
  parts->webhooks = &webhooks;
  parts->keep_ms = config.turns_kept.count();
  parts->probe = &probe;
  parts->diary = diary;
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
  auto* holder = &shards[number].holder;
  parts->holder = holder;
  parts->log = {
      .shard = {number},
      .server = config.server,
      .entries_max = config.log_entries_max,
      .founds = config.founds,
      .journal = &journal,
      .reader = &reader,
      .peers = config.peers,
      .probe = &probe,
      .learn = [this](const persistence::Turn& turn) { keys.learn(turn); },
      .persisted = [holder](std::uint64_t write) { holder->tell(persisted_atom::value, write); },
      .settled = [holder](std::uint64_t write) { holder->tell(settled_atom::value, write); }};
  parts->members = cluster::servers_of({number}, config.members);
  parts->on_failure = on_failure;
  parts->on_leads = [this, number] { on_leads(number); };
  parts->on_follows = [this, number] { on_follows(number); };
  parts->begin_copy = [this] { keys.expect_other_state(); };
  parts->end_copy = [this, number] {
    reads.run_in_background_after_writes(
        [this, number](const auto&) { keys.read_again({number}); });
  };
  hand_log_over(*parts, parts);
  auto log = std::make_shared<ShardLog>(parts->log);
  const std::shared_ptr<const ShardParts> shared = std::move(parts);
  give_shard(*holder, system.spawn(replica_actor, shared, std::move(log), true));
}

/// The actor has the log of a shard from now on.
void Node::Parts::give_shard(ShardHolder& holder, caf::actor actor) {
  if (holder.is_closed()) {
    caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    return;
  }
  holder.set(actor);
  caf::anon_send(actor, open_atom::value);
}

/// How the log of a shard goes from who follows to who leads, and back. The parts, which have this,
/// are kept by the actors: they are named weakly here.
void Node::Parts::hand_log_over(ShardParts& parts, std::weak_ptr<const ShardParts> weak) {
  parts.lead = [this, weak, holder = parts.holder](std::shared_ptr<ShardLog> log) {
    give_shard(*holder, system.spawn(shard_actor, weak.lock(), std::move(log)));
  };
  parts.follow = [this, weak, holder = parts.holder](std::shared_ptr<ShardLog> log) {
    give_shard(*holder, system.spawn(replica_actor, weak.lock(), std::move(log), false));
  };
}

// ---- Who leads ----------------------------------------------------------------------------------

void Node::Parts::on_leads(std::uint16_t number) {
  const std::lock_guard lock(roles);
  auto& shard = shards[number];
  shard.leads = true;
  if (has_consumers) spawn_consumers(number);
  note_open(shard);
}

void Node::Parts::on_follows(std::uint16_t number) {
  const std::lock_guard lock(roles);
  auto& shard = shards[number];
  shard.leads = false;
  stop_consumers(shard);
  feed.let_go({number});
  note_open(shard);
}

void Node::Parts::note_open(Shard& shard) {
  if (!std::exchange(shard.was_open, true)) gate.shard_is_open();
}

/// What runs where a shard is led, and nowhere else.
void Node::Parts::spawn_consumers(std::uint16_t number) {
  if (config.tells_people) spawn_notifications(number);
  if (config.webhooks != nullptr) spawn_webhooks(number);
  if (config.sink != nullptr) spawn_sink(number);
}

void Node::Parts::stop_consumers(Shard& shard) {
  for (auto* actor : {&shard.notifications, &shard.webhooks, &shard.sink}) {
    if (*actor) caf::anon_send_exit(*actor, caf::exit_reason::user_shutdown);
    *actor = nullptr;
  }
}

bool Node::Parts::is_full(std::uint16_t shard) const {
  return shards[shard].waiting.load(std::memory_order_relaxed) >= config.shard_work_max;
}

/// How far people were told, as it was kept; nothing where nobody was ever told.
std::optional<std::uint64_t> Node::Parts::told_until(engine::ShardId shard) const {
  const auto stored = reads.value_or_fail(reader.record(
      shard,
      persistence::RecordKind::position,
      persistence::record_keys::position(notification_consumer)));
  if (!stored) return std::nullopt;
  return reads.value_or_fail(persistence::decode_position(*stored));
}

/// Before shards open, which let go of what is old.
void Node::Parts::hold_log_for_notifications() {
  if (!config.tells_people) return;
  for (std::uint16_t i = 0; i < config.shard_count; ++i) {
    if (const auto told = told_until({i})) feed.keep_after(notification_consumer, {i}, *told);
  }
}

/// Spawned before anybody may send commands: the position that a new one begins with is kept before
/// anything that it is to tell of.
void Node::Parts::spawn_notifications(std::uint16_t number) {
  const engine::ShardId shard{number};
  auto parts = std::make_shared<NotificationParts>();
  const auto told = told_until(shard);
  parts->position = told.value_or(feed.readable(shard));
  if (!told) {
    std::vector<persistence::RecordWrite> first{
        {persistence::RecordKind::position,
         persistence::record_keys::position(notification_consumer),
         persistence::encode_position(parts->position)}};
    keep(shard, {.decide = [first](const RecordLookup&) { return first; }, .then = {}});
  }
  feed.keep_after(notification_consumer, shard, parts->position);
  parts->shard = shard;
  parts->shard_count = config.shard_count;
  parts->reminder_before = {config.reminder_before.count()};
  parts->mail = config.mail;
  parts->reader = &reader;
  parts->reads = &reads;
  parts->swept = &swept;
  parts->feed = &feed;
  parts->inboxes = &inboxes;
  parts->probe = &probe;
  parts->waiting = &shards[number].waiting;
  parts->clock_ms = config.clock_ms ? config.clock_ms : system_clock_ms;
  parts->keep = [this, shard](KeepRecords request) { keep(shard, std::move(request)); };
  shards[number].notifications =
      system.spawn(notification_actor, std::shared_ptr<const NotificationParts>(std::move(parts)));
}

void Node::Parts::keep(engine::ShardId shard, KeepRecords request) {
  if (is_drained.load(std::memory_order_acquire)) {
    if (request.then) request.then(false);
    return;
  }
  auto& to = shards.at(shard.value);
  to.push(
      caf::make_counted<Work>(WorkItem(std::move(request)), engine::ReturnAddress{}, to.waiting));
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
  parts_->hold_log_for_notifications();
  parts_->hold_log_for_webhooks();
  parts_->diary = parts_->system.spawn(diary_actor, &parts_->reads, parts_->on_failure);
  for (std::uint16_t i = 0; i < parts_->config.shard_count; ++i) parts_->spawn_shard(i);
  parts_->gate.wait();
  parts_->webhooks.load();
  {
    const std::lock_guard lock(parts_->roles);
    parts_->has_consumers = true;
    for (std::uint16_t i = 0; i < parts_->config.shard_count; ++i) {
      if (parts_->shards[i].leads) parts_->spawn_consumers(i);
    }
  }
  if (parts_->config.payments != nullptr) parts_->spawn_reconciler();
  parts_->keys.begin_reading();
  parts_->is_ready.store(true, std::memory_order_release);
}

void Node::stop() {
  if (parts_->is_stopped.exchange(true)) return;
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
  parts_->is_drained.store(true, std::memory_order_release);
  parts_->feed.stop();
  parts_->inboxes.stop();
  parts_->money.stop();
  parts_->webhooks.stop();
  for (auto& shard : parts_->shards) {
    if (const auto actor = shard.holder.close()) {
      caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    }
  }
  {
    const std::lock_guard lock(parts_->roles);
    parts_->has_consumers = false;
    for (auto& shard : parts_->shards) parts_->stop_consumers(shard);
  }
  caf::anon_send_exit(parts_->diary, caf::exit_reason::user_shutdown);
  if (parts_->reconciler) {
    caf::anon_send_exit(parts_->reconciler, caf::exit_reason::user_shutdown);
  }
  parts_->system.await_all_actors_done();

  // Reads that still wait behind the journal come to an end before anything is taken down.
  std::promise<void> drained;
  parts_->journal.after_queued([&drained] { drained.set_value(); });
  drained.get_future().wait();
  // They may ask for further ones, which the journal hands over: it goes first.
  parts_->reads.stop();
}

bool Node::is_ready() const noexcept {
  return parts_->is_ready.load(std::memory_order_acquire);
}

engine::BooksByCurrency Node::money_books() const {
  return parts_->money.books();
}

TurnFeed& Node::feed() noexcept {
  return parts_->feed;
}

void Node::keep(engine::ShardId shard, KeepRecords request) noexcept {
  if (is_ready()) return parts_->keep(shard, std::move(request));
  if (request.then) request.then(false);
}

void Node::give_state(
    StateRequest request,
    std::function<void(std::optional<persistence::StatePart>)> then) noexcept {
  if (request.shard.value >= parts_->config.shard_count) return then(std::nullopt);
  parts_->reads.run_in_background(
      [this, request = std::move(request), then = std::move(then)](const auto&) {
        then(parts_->copies.read(request, steady_ms()));
      });
}

std::vector<engine::ShardStatus> Node::shards() const {
  std::vector<engine::ShardStatus> all;
  for (const auto& shard : parts_->shards) all.push_back(shard.holder.status());
  return all;
}

void Node::receive(engine::ShardId shard, cluster::Message message) noexcept {
  if (shard.value >= parts_->config.shard_count) return;
  parts_->shards[shard.value].holder.tell(PeerMessage{std::move(message)});
}

void Node::submit(engine::CommandRequest request, engine::ReturnAddress back) noexcept {
  if (auto refusal = parts_->refuse_replay(request)) return deliver(back, *std::move(refusal));
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
  if (auto* inbox = std::get_if<engine::ListInbox>(&query)) {
    parts_->inboxes.answer(std::move(*inbox), back);
    return;
  }
  if (auto* progress = std::get_if<engine::GetProgress>(&query)) {
    answer_progress(
        parts_->reads, parts_->reader, parts_->config.shard_count, std::move(*progress), back);
    return;
  }
  if (auto* test = std::get_if<engine::TestWebhook>(&query)) {
    parts_->test_webhook(std::move(*test), back);
    return;
  }
  const bool starts = std::holds_alternative<engine::StartReconciliation>(query);
  if (starts || std::holds_alternative<engine::GetReconciliation>(query)) {
    parts_->answer_reconciliation(starts, back);
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
