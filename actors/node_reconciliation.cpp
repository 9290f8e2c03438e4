#include "actors/node_parts.hpp"
#include "actors/reconciliation_actor.hpp"
#include "persistence/reconciliation_codec.hpp"

#include <memory>
#include <utility>

// The node's part in reconciliation: one actor for all shards.

namespace cavea::actors {

void Node::Parts::spawn_reconciler() {
  auto parts = std::make_shared<ReconciliationParts>();
  parts->shard_count = config.shard_count;
  parts->every = {config.reconcile_every.count()};
  parts->looks_back = {config.reconcile_back.count()};
  parts->at_rest_for = {config.reconcile_at_rest.count()};
  const auto kept = reads.value_or_fail(reader.record(
      persistence::reconciliation_shard,
      persistence::RecordKind::reconciliation,
      persistence::record_keys::last_reconciliation()));
  if (kept) parts->last = reads.value_or_fail(persistence::decode_reconciliation_report(*kept));
  parts->bus = &bus;
  parts->answers = &step_answers;
  parts->payments = config.payments;
  parts->reads = &reads;
  parts->probe = &probe;
  parts->board = &reconciliation;
  parts->clock_ms = config.clock_ms ? config.clock_ms : system_clock_ms;
  parts->keep = [this](KeepRecords request) {
    keep(persistence::reconciliation_shard, std::move(request));
  };
  reconciliation.show(view_at_start(*parts));
  reconciler = system.spawn(
      reconciliation_actor, std::shared_ptr<const ReconciliationParts>(std::move(parts)));
}

void Node::Parts::answer_reconciliation(bool is_to_start, engine::ReturnAddress back) {
  if (config.payments == nullptr) {
    deliver(back, engine::Refusal(engine::Rejection::payment_not_offered));
  } else if (is_to_start) {
    caf::anon_send(reconciler, ReconciliationState::Start{back});
  } else {
    deliver(back, reconciliation.view());
  }
}

}  // namespace cavea::actors
