#include "actors/sink_actor.hpp"

#include "actors/limits.hpp"
#include "actors/messages.hpp"
#include "actors/turn_queue.hpp"
#include "persistence/notification_codec.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

namespace cavea::actors {

namespace {

using persistence::RecordKind;
using persistence::RecordWrite;
using more_atom = caf::atom_constant<caf::atom("more")>;
using send_atom = caf::atom_constant<caf::atom("send")>;

/// One line in the log about a sink that takes nothing.
constexpr std::int64_t log_pause_ms = 10'000;

}  // namespace

SinkState::SinkState(caf::event_based_actor* self, std::shared_ptr<const SinkParts> parts)
    : self_(self),
      parts_(std::move(parts)),
      place_(position_at(parts_->of, {parts_->position.value_or(0), 0})),
      is_new_(!parts_->position),
      kept_(parts_->position.value_or(0)),
      last_kept_ms_(steady_ms()) {}

SinkState::~SinkState() {
  parts_->probe->sink_entries_behind.add(-shown_);
}

// ---- Reading ------------------------------------------------------------------------------------

void SinkState::go_on() {
  if (doing_ != Doing::nothing) return;
  // People who reserve come first: while they do, a tick reads a page, and not every step.
  const auto steady = steady_ms();
  const bool is_busy =
      parts_->waiting->load(std::memory_order_relaxed) > limits::notification_waits_above;
  if (is_busy && steady < last_read_ms_ + limits::sink_tick_ms) return;
  last_read_ms_ = steady;
  doing_ = Doing::reading;
  parts_->reads->run_in_background(
      [parts = parts_, after = place_, me = caf::actor_cast<caf::actor>(self_)](
          const persistence::StateReader& reader) {
        caf::anon_send(me, read_page(*parts, reader, after));
      });
}

SinkState::Page SinkState::read_page(
    const SinkParts& parts,
    const persistence::StateReader& reader,
    const engine::ChangesPosition& after) {
  engine::ListChanges query;
  query.after = after;
  query.limit = limits::sink_batch;
  const auto& of = parts.of;
  const ChangePageReader::Sources from{
      reader, *parts.reads, *parts.swept, of.shard_count, of.data, of.shard};
  auto read = read_events(from, *parts.feed, query);
  Page page;
  page.next = std::move(read.next);
  page.has_more = read.has_more;
  page.is_cut = read.is_cut;
  for (const auto& event : read.events) {
    auto& out = page.events.emplace_back();
    out.key = std::visit([](const auto& subject) { return subject.str(); }, event.subject);
    parts.write(out.body, event);
  }
  return page;
}

void SinkState::on_page(Page page) {
  if (page.is_cut && !is_new_) {
    parts_->probe->sink_missed.add();
    spdlog::error(
        "event=sink_events_missed shard={} after={} hint=\"older turns were not kept\"",
        parts_->of.shard.value,
        done());
  }
  is_new_ = false;
  page_ = std::move(page);
  tries_ = 0;
  send();
}

void SinkState::wait_for_more() {
  doing_ = Doing::waiting;
  parts_->feed->wake_after(
      {{parts_->of.shard, done()}},
      INT64_MAX,
      [me = caf::actor_cast<caf::actor>(self_)](TurnFeed::Woken why) {
        if (why == TurnFeed::Woken::by_more) caf::anon_send(me, more_atom::value);
      });
}

void SinkState::on_more() {
  doing_ = Doing::nothing;
  go_on();
}

// ---- Sending ------------------------------------------------------------------------------------

void SinkState::send() {
  doing_ = Doing::sending;
  if (page_.events.empty()) return on_sent({{.is_taken = true, .detail = {}}});
  parts_->sink->send(
      page_.events, [me = caf::actor_cast<caf::actor>(self_)](engine::SinkResult result) {
        caf::anon_send(me, Sent{std::move(result)});
      });
}

void SinkState::on_sent(const Sent& sent) {
  auto& probe = *parts_->probe;
  if (!sent.result.is_taken) {
    probe.sink_repeated.add(page_.events.size());
    const auto steady = steady_ms();
    if (steady >= next_log_ms_) {
      next_log_ms_ = steady + log_pause_ms;
      spdlog::warn(
          "event=sink_not_taken shard={} events={} detail=\"{}\"",
          parts_->of.shard.value,
          page_.events.size(),
          sent.result.detail);
    }
    const auto pause =
        std::min(limits::sink_tick_ms << std::min(tries_++, 16U), limits::sink_pause_max_ms);
    self_->delayed_send(self_, std::chrono::milliseconds(pause), send_atom::value);
    return;
  }
  probe.sink_taken.add(page_.events.size());
  has_sent_ = has_sent_ || !page_.events.empty();
  place_ = std::move(page_.next);
  const bool has_more = page_.has_more;
  page_ = {};
  doing_ = Doing::nothing;
  keep_place();
  show();
  if (has_more) return go_on();
  wait_for_more();
}

// ---- Keeping ------------------------------------------------------------------------------------

void SinkState::keep_place() {
  const auto index = done();
  const auto steady = steady_ms();
  // What it keeps is in the log, too: to keep a place for every entry would never end.
  const bool is_due = has_sent_ && steady >= last_kept_ms_ + limits::sink_place_kept_ms;
  const bool is_far_ahead = index >= kept_ + limits::unkept_entries_max;
  if (is_keeping_ || index == kept_ || !(is_due || is_far_ahead)) return;
  is_keeping_ = true;
  has_sent_ = false;
  last_kept_ms_ = steady;
  parts_->keep(
      {.decide =
           [index](const RecordLookup&) {
             return std::vector<RecordWrite>{
                 {RecordKind::position,
                  persistence::record_keys::position(sink_consumer),
                  persistence::encode_position(index)}};
           },
       .then =
           [index, me = caf::actor_cast<caf::actor>(self_)](bool is_kept) {
             caf::anon_send(me, PlaceKept{index, is_kept});
           }});
}

void SinkState::on_kept(PlaceKept kept) {
  is_keeping_ = false;
  if (kept.is_kept) {
    kept_ = kept.index;
  } else {
    has_sent_ = true;
  }
}

void SinkState::on_tick() {
  keep_place();
  go_on();
  show();
  self_->delayed_send(self_, std::chrono::milliseconds(limits::sink_tick_ms), tick_atom::value);
}

void SinkState::show() {
  const auto readable = parts_->feed->readable(parts_->of.shard);
  const auto behind = static_cast<std::int64_t>(readable - std::min(readable, done()));
  parts_->probe->sink_entries_behind.add(behind - std::exchange(shown_, behind));
}

caf::behavior sink_actor(
    caf::stateful_actor<std::unique_ptr<SinkState>>* self, std::shared_ptr<const SinkParts> parts) {
  self->state = std::make_unique<SinkState>(self, std::move(parts));
  self->send(self, tick_atom::value);
  return {
      [self](SinkState::Page& page) { self->state->on_page(std::move(page)); },
      [self](const SinkState::Sent& sent) { self->state->on_sent(sent); },
      [self](send_atom) { self->state->send(); },
      [self](more_atom) { self->state->on_more(); },
      [self](SinkState::PlaceKept kept) { self->state->on_kept(kept); },
      [self](tick_atom) { self->state->on_tick(); }};
}

}  // namespace cavea::actors
