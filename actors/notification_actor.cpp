#include "actors/notification_actor.hpp"

#include "actors/limits.hpp"
#include "actors/messages.hpp"
#include "cluster/placement.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

namespace cavea::actors {

namespace {

using persistence::RecordKind;
using persistence::RecordWrite;
namespace record_keys = persistence::record_keys;

using read_atom = caf::atom_constant<caf::atom("read")>;
using more_atom = caf::atom_constant<caf::atom("more")>;

}  // namespace

NotificationState::NotificationState(caf::event_based_actor* self, NotificationParts parts)
    : self_(self),
      parts_(std::move(parts)),
      read_to_(parts_.position),
      kept_(parts_.position),
      random_(std::random_device()()) {}

NotificationGather::From NotificationState::gather_from() const {
  return {
      .reader = *parts_.reader,
      .reads = *parts_.reads,
      .swept = *parts_.swept,
      .shard = parts_.shard,
      .shard_count = parts_.shard_count,
      .settings = {.has_mail = parts_.mail != nullptr, .reminder_before = parts_.reminder_before},
      .now = now()};
}

// ---- What happened ------------------------------------------------------------------------------

void NotificationState::read_on() {
  if (is_gathering_ || is_waiting_) return;
  is_gathering_ = true;
  parts_.feed->read(
      parts_.shard,
      read_to_,
      {.turns = limits::notified_turns_max, .bytes = limits::notified_bytes_max},
      [from = gather_from(), me = caf::actor_cast<caf::actor>(self_)](persistence::TurnPage page) {
        auto shared = std::make_shared<const persistence::TurnPage>(std::move(page));
        from.reads.run_in_background_after_writes([from, me, shared](const auto&) {
          NotificationGather gather(from);
          for (const auto& turn : shared->turns) gather.take(turn);
          Gathered gathered;
          gathered.writes = gather.take_writes();
          gathered.told_by_records = gather.take_told_by_records();
          gathered.told = gather.told();
          gathered.read_to = shared->read_to;
          gathered.is_cut = shared->is_cut;
          caf::anon_send(me, std::move(gathered));
        });
      });
}

void NotificationState::on_gathered(Gathered gathered) {
  if (gathered.is_cut) {
    spdlog::error(
        "event=notifications_missed shard={} after={} hint=\"older turns were not kept\"",
        parts_.shard.value,
        read_to_);
  }
  const bool is_round = gathered.is_round;
  const bool is_far_ahead = !is_round && gathered.read_to >= kept_ + limits::unkept_entries_max;
  // What it keeps is in the log, too: to keep a position for every entry would never end.
  if (!gathered.writes.empty() || is_far_ahead) return keep(std::move(gathered));
  is_gathering_ = false;
  tell(gathered);
  if (is_round) return read_on();
  const bool is_more = gathered.read_to > read_to_;
  read_to_ = std::max(read_to_, gathered.read_to);
  if (is_more) {
    read_on();
  } else {
    wait_for_more();
  }
}

void NotificationState::keep(Gathered gathered) {
  if (!gathered.is_round) {
    const auto key = record_keys::position(notification_consumer);
    gathered.made_of = {RecordKind::position, key, persistence::encode_position(kept_)};
    gathered.writes.push_back(
        {RecordKind::position, key, persistence::encode_position(gathered.read_to)});
  }
  keep(std::make_shared<const Gathered>(std::move(gathered)));
}

void NotificationState::keep(std::shared_ptr<const Gathered> gathered) {
  parts_.keep(
      {.decide =
           [gathered](const RecordLookup& records) {
             const auto& made_of = gathered->made_of;
             const auto now = records.find(made_of.kind, made_of.key);
             // It was kept before, when it seemed that it was not.
             if (now && now != made_of.value) return std::vector<RecordWrite>{};
             return gathered->writes;
           },
       .then =
           [gathered, me = caf::actor_cast<caf::actor>(self_)](bool is_kept) {
             caf::anon_send(me, GatheredKept{gathered, is_kept});
           }});
}

void NotificationState::on_kept(const GatheredKept& kept) {
  const auto& gathered = *kept.gathered;
  if (!kept.is_kept) {
    self_->delayed_send(
        self_, std::chrono::milliseconds(limits::notification_pause_ms), kept.gathered);
    return;
  }
  is_gathering_ = false;
  if (!gathered.is_round) {
    kept_ = read_to_ = gathered.read_to;
    parts_.feed->keep_after(notification_consumer, parts_.shard, kept_);
  }
  tell(gathered);
  if (gathered.told > 0) look_for_mails();
  // People who reserve come first; who is told may wait a moment longer.
  const bool is_busy =
      parts_.waiting->load(std::memory_order_relaxed) > limits::notification_waits_above;
  if (is_busy) {
    self_->delayed_send(
        self_, std::chrono::milliseconds(limits::notification_pause_ms), read_atom::value);
  } else {
    read_on();
  }
}

/// To people who look at their inboxes at this moment.
void NotificationState::tell(const Gathered& gathered) {
  parts_.probe->notifications.add(gathered.told);
  if (parts_.inboxes->waiting() == 0) return;
  for (const auto person : gathered.told_by_records) parts_.inboxes->on_changed(person);
  for (const auto& write : gathered.writes) {
    if (write.kind != RecordKind::inbox) continue;
    parts_.inboxes->on_changed(record_keys::person_of_inbox(write.key));
  }
}

void NotificationState::wait_for_more() {
  is_waiting_ = true;
  parts_.feed->wake_after(
      {{parts_.shard, read_to_}},
      INT64_MAX,
      [me = caf::actor_cast<caf::actor>(self_)](TurnFeed::Woken why) {
        if (why == TurnFeed::Woken::by_more) caf::anon_send(me, more_atom::value);
      });
}

void NotificationState::on_more() {
  is_waiting_ = false;
  read_on();
}

/// Reminders, and changes of which many are to be told.
void NotificationState::look_for_rounds() {
  if (is_gathering_) return;
  is_gathering_ = true;
  parts_.reads->run_in_background_after_writes(
      [from = gather_from(), me = caf::actor_cast<caf::actor>(self_)](const auto& reader) {
        persistence::RecordRange due;
        due.kind = RecordKind::round;
        due.before = record_keys::rounds_before(from.now + engine::Duration{1});
        due.limit = 1;
        NotificationGather gather(from);
        Gathered gathered;
        gathered.is_round = true;
        for (auto& record : from.reads.value_or_fail(reader.records(from.shard, due))) {
          gathered.made_of = {RecordKind::round, record.key, record.value};
          gather.take_round(
              record.key,
              from.reads.value_or_fail(persistence::decode_round(record.value)),
              limits::told_of_a_round_max);
        }
        gathered.writes = gather.take_writes();
        gathered.told = gather.told();
        caf::anon_send(me, std::move(gathered));
      });
}

// ---- Mail ---------------------------------------------------------------------------------------

void NotificationState::look_for_mails() {
  if (parts_.mail == nullptr || is_looking_) return;
  for (const auto& key : settled_) sending_.erase(key);
  settled_.clear();
  if (sending_.size() >= limits::mails_sending_max) return;
  is_looking_ = true;
  parts_.reads->run_in_background_after_writes(
      [from = gather_from(), me = caf::actor_cast<caf::actor>(self_)](const auto& reader) {
        persistence::RecordRange due;
        due.kind = RecordKind::delivery;
        due.before = record_keys::deliveries_before(from.now + engine::Duration{1});
        due.limit = limits::mails_sending_max;
        std::vector<DueMail> mails;
        for (auto& record : from.reads.value_or_fail(reader.records(from.shard, due))) {
          auto delivery = from.reads.value_or_fail(persistence::decode_delivery(record.value));
          mails.push_back(due_mail(from, std::move(record.key), std::move(delivery)));
        }
        caf::anon_send(me, std::move(mails));
      });
}

/// All that a mail is made of, as it is now; without `what` when the person wants none any more.
NotificationState::DueMail NotificationState::due_mail(
    const NotificationGather::From& from, std::string key, engine::MailDelivery delivery) {
  DueMail mail;
  mail.key = std::move(key);
  const auto home = cluster::shard_of(delivery.user, from.shard_count);
  const auto stored = from.reads.value_or_fail(
      from.reader.record(home, RecordKind::person, record_keys::person(delivery.user)));
  if (stored) {
    auto person = from.reads.value_or_fail(persistence::decode_person(*stored));
    mail.to = {std::move(person.email), std::move(person.language)};
  }
  if (!mail.to.email.empty()) {
    mail.what = std::make_shared<const engine::Notification>(
        from.reads.notification_of(delivery.item, delivery.user, from.shard_count));
  }
  mail.delivery = std::move(delivery);
  return mail;
}

void NotificationState::on_due(std::vector<DueMail> mails) {
  is_looking_ = false;
  for (auto& mail : mails) {
    if (sending_.size() >= limits::mails_sending_max) break;
    if (!sending_.insert(mail.key).second) continue;
    if (mail.what == nullptr) {
      keep_result({{RecordKind::delivery, mail.key, std::nullopt}});
      continue;
    }
    send(std::move(mail));
  }
  if (!settled_.empty()) look_for_mails();
}

void NotificationState::send(DueMail mail) {
  parts_.probe->mails_sending.add(1);
  auto sent = std::make_shared<Sent>();
  sent->key = std::move(mail.key);
  sent->delivery = std::move(mail.delivery);
  parts_.mail->send(
      std::move(mail.what),
      std::move(mail.to),
      [sent, me = caf::actor_cast<caf::actor>(self_)](engine::DeliveryResult result) {
        sent->result = std::move(result);
        caf::anon_send(me, std::move(*sent));
      });
}

void NotificationState::on_sent(Sent sent) {
  using Kind = engine::DeliveryResult::Kind;
  auto& probe = *parts_.probe;
  probe.mails_sending.add(-1);
  std::vector<RecordWrite> writes{{RecordKind::delivery, sent.key, std::nullopt}};
  auto& delivery = sent.delivery;
  ++delivery.attempts;
  delivery.status = sent.result.status;
  delivery.detail = sent.result.detail;
  const bool is_given_up =
      sent.result.kind != Kind::not_now || delivery.attempts >= limits::mail_attempts_max;
  if (sent.result.kind == Kind::delivered) {
    probe.mails_delivered.add();
  } else if (is_given_up) {
    probe.mails_given_up.add();
    delivery.next_at = now();
    const auto& id = delivery.item.id;
    spdlog::warn(
        "event=mail_given_up notification={} attempts={} status={} detail=\"{}\"",
        engine::text_of(id),
        delivery.attempts,
        delivery.status,
        delivery.detail);
    writes.push_back(
        {RecordKind::dead_letter, record_keys::dead_letter(id), persistence::encode(delivery)});
  } else {
    probe.mails_postponed.add();
    delivery.next_at = next_attempt(sent);
    writes.push_back(
        {RecordKind::delivery,
         record_keys::delivery(delivery.next_at, delivery.item.id),
         persistence::encode(delivery)});
  }
  keep_result(std::move(writes));
}

/// A minute, then twice as long each time up to four hours, a fifth more or less: a day together.
engine::Timestamp NotificationState::next_attempt(const Sent& sent) {
  const auto doublings = std::min<std::uint32_t>(sent.delivery.attempts - 1, 16);
  const auto wait_ms = std::min(limits::mail_retry_ms << doublings, limits::mail_retry_max_ms);
  std::uniform_int_distribution<std::int64_t> jitter(-wait_ms / 5, wait_ms / 5);
  const engine::Duration wait{wait_ms + jitter(random_)};
  return now() + std::max(wait, sent.result.retry_after.value_or(engine::Duration{}));
}

/// The first write removes the delivery; it is not looked for again until that is kept.
void NotificationState::keep_result(std::vector<RecordWrite> writes) {
  auto shared = std::make_shared<const std::vector<RecordWrite>>(std::move(writes));
  parts_.keep(
      {.decide = [shared](const RecordLookup&) { return *shared; },
       .then =
           [shared, me = caf::actor_cast<caf::actor>(self_)](bool is_kept) {
             caf::anon_send(me, MailSettled{shared->front().key, is_kept ? nullptr : shared});
           }});
}

void NotificationState::on_settled(MailSettled settled) {
  if (settled.unkept) {
    // To send it again is no use while nothing can be kept; a later run will, if this one ends.
    unkept_results_.push_back(std::move(settled.unkept));
    return;
  }
  // Whoever looks at this moment may still find it.
  settled_.push_back(std::move(settled.key));
  if (!is_looking_) look_for_mails();
}

// ---- By the clock -------------------------------------------------------------------------------

void NotificationState::on_tick() {
  for (auto& writes : std::exchange(unkept_results_, {})) keep_result(*writes);
  look_for_rounds();
  look_for_mails();
  self_->delayed_send(
      self_, std::chrono::milliseconds(limits::notification_tick_ms), tick_atom::value);
}

caf::behavior notification_actor(
    caf::stateful_actor<std::unique_ptr<NotificationState>>* self,
    std::shared_ptr<const NotificationParts> parts) {
  self->state = std::make_unique<NotificationState>(self, *parts);
  self->send(self, read_atom::value);
  self->send(self, tick_atom::value);
  return {
      [self](read_atom) { self->state->read_on(); },
      [self](more_atom) { self->state->on_more(); },
      [self](NotificationState::Gathered& gathered) {
        self->state->on_gathered(std::move(gathered));
      },
      [self](const NotificationState::GatheredKept& kept) { self->state->on_kept(kept); },
      [self](const std::shared_ptr<const NotificationState::Gathered>& unkept) {
        self->state->keep(unkept);
      },
      [self](NotificationState::MailSettled& settled) {
        self->state->on_settled(std::move(settled));
      },
      [self](std::vector<NotificationState::DueMail>& mails) {
        self->state->on_due(std::move(mails));
      },
      [self](NotificationState::Sent& sent) { self->state->on_sent(std::move(sent)); },
      [self](tick_atom) { self->state->on_tick(); }};
}

}  // namespace cavea::actors
