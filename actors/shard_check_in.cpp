#include "actors/shard_actor.hpp"
#include "persistence/check_in_codec.hpp"

#include <optional>
#include <utility>

// Tickets at the door: their use is kept beside their offering.

namespace cavea::actors {

using persistence::RecordKind;

void ShardState::carry_out(WorkPtr work, engine::CheckIn& command) {
  const auto key =
      persistence::record_keys::ticket_use(command.offering, command.booking, command.place);
  const auto counts_key = persistence::record_keys::check_ins(command.offering);
  engine::TicketUse before;
  if (const auto stored = records_.find(RecordKind::ticket_use, key)) {
    before = value_or_fail(persistence::decode_ticket_use(*stored));
  }
  engine::CheckIns counts;
  if (const auto stored = records_.find(RecordKind::check_ins, counts_key)) {
    counts = value_or_fail(persistence::decode_check_ins(*stored));
  }

  command.scan.at = work->at;
  auto after = engine::use_ticket(before, command.scan);
  std::vector<persistence::RecordWrite> writes;
  if (!after) {
    work->outcome = engine::Answer(std::move(after.error()));
    return keep(std::move(work), std::move(writes));
  }
  engine::CheckInView view;
  view.replayed = *after == before;
  if (!view.replayed) {
    counts = engine::count_use(counts, before, *after);
    writes.push_back({RecordKind::ticket_use, key, persistence::encode(*after)});
    writes.push_back({RecordKind::check_ins, counts_key, persistence::encode(counts)});
  }
  view.scan = *engine::find_scan(*after, command.scan.nonce);
  view.entries = after->entries;
  view.check_ins = counts;
  work->outcome = engine::Answer(std::move(view));
  keep(std::move(work), std::move(writes));
}

}  // namespace cavea::actors
