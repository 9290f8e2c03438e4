#include "actors/progress_reads.hpp"

#include "actors/limits.hpp"
#include "cluster/placement.hpp"
#include "engine/saga.hpp"
#include "persistence/notification_codec.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace cavea::actors {

namespace {

using engine::ReservationStatus;
using persistence::RecordKind;

/// Rounds of one kind and time are few: offerings that were changed and are being told of.
constexpr std::size_t rounds_max = 1'000;

void go_on(Reads& reads, std::shared_ptr<ProgressCount> count, engine::ReturnAddress back) {
  if (!count->count(limits::progress_at_once)) return deliver(back, count->progress());
  reads.run_in_background([&reads, count = std::move(count), back](const auto&) mutable {
    go_on(reads, std::move(count), back);
  });
}

}  // namespace

ProgressCount::ProgressCount(
    const persistence::StateReader& reader,
    const Reads& reads,
    engine::ShardId shard,
    engine::OfferingProgress progress)
    : reader_(reader), reads_(reads), shard_(shard), progress_(std::move(progress)) {
  ids_ = reads_.value_or_fail(reader_.reservation_ids(shard_, progress_.offering));
  find_round();
}

void ProgressCount::find_round() {
  persistence::RecordRange range;
  range.kind = RecordKind::round;
  range.limit = rounds_max;
  for (const auto& record : reads_.value_or_fail(reader_.records(shard_, range))) {
    const auto round = reads_.value_or_fail(persistence::decode_round(record.value));
    const bool is_ours = round.offering == progress_.offering
                         && round.kind == engine::NotificationKind::reservation_changed;
    // Of several changes, the last that is behind.
    if (is_ours) told_up_to_ = std::min(told_up_to_.value_or(round.after), round.after);
  }
}

bool ProgressCount::count(std::size_t limit) {
  const auto end = std::min(ids_.size(), next_ + limit);
  for (; next_ < end; ++next_) {
    const auto found = reads_.value_or_fail(reader_.reservation(shard_, ids_[next_]));
    if (found) take(*found);
  }
  return next_ < ids_.size();
}

void ProgressCount::take(const engine::Reservation& reservation) {
  const bool is_confirmed = reservation.status == ReservationStatus::confirmed;
  if (is_confirmed || reservation.status == ReservationStatus::held) {
    ++progress_.live;
  } else if (reservation.cause == engine::Cause::offering_cancelled) {
    ++progress_.given_back;
  }
  if (told_up_to_ && is_confirmed) {
    ++(reservation.id <= *told_up_to_ ? progress_.told : progress_.to_tell);
  }
  if (progress_.is_cancelled && reservation.saga) take_refund(*reservation.saga);
}

void ProgressCount::take_refund(engine::ReservationId id) {
  if (!sagas_.insert(id).second) return;
  const auto saga = reads_.value_or_fail(reader_.saga(id.shard(), id));
  // What a saga owes it knows a moment after its places went: until it has come to rest, its money
  // counts as on its way.
  const bool is_on_its_way = saga && saga->captured().minor > 0 && !engine::is_finished(*saga);
  if (!saga || (saga->refund_due().minor == 0 && !is_on_its_way)) return;
  const auto due = saga->refund_due().minor;
  const auto refunded = std::min(saga->refunded().minor, due);
  progress_.refund_due.minor += due;
  progress_.refunded.minor += refunded;
  ++(is_on_its_way || refunded < due ? progress_.refunds_pending : progress_.refunds_done);
}

void answer_progress(
    Reads& reads,
    const persistence::StateReader& reader,
    std::uint16_t shard_count,
    engine::GetProgress query,
    engine::ReturnAddress back) {
  const auto shard = cluster::shard_of(query.offering.view(), shard_count);
  reads.run(
      [&reads, &reader, shard, query = std::move(query), back](const auto&) {
        const auto found = reads.value_or_fail(reader.offering_view(shard, query.offering));
        const bool is_there = found && found->status != engine::OfferingStatus::absent
                              && found->status != engine::OfferingStatus::deleted;
        if (!is_there || engine::kind_of(*found->definition) != query.kind) {
          return deliver(back, engine::Refusal(engine::Rejection::offering_not_found));
        }
        engine::OfferingProgress progress;
        progress.offering = query.offering;
        progress.is_cancelled = found->status == engine::OfferingStatus::cancelled;
        progress.reason = found->cancel_reason;
        progress.currency = found->definition->currency;
        go_on(
            reads,
            std::make_shared<ProgressCount>(reader, reads, shard, std::move(progress)),
            back);
      },
      back);
}

}  // namespace cavea::actors
