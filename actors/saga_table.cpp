#include "actors/saga_table.hpp"

#include <algorithm>
#include <utility>

namespace cavea::actors {

void SagaTable::spawn(
    Entry& entry, engine::Saga saga, std::optional<engine::LegView> to_take_over) {
  auto birth = std::make_shared<SagaBirth>(
      SagaBirth{std::move(saga), std::move(to_take_over), waiting_, parts_});
  entry.actor = self_->spawn(saga_actor, caf::actor_cast<caf::actor>(self_), std::move(birth));
  self_->monitor(entry.actor);
}

void SagaTable::send(Entry& entry, WorkPtr work) {
  ++entry.outstanding;
  self_->send(entry.actor, Works{{std::move(work)}});
}

void SagaTable::begin(engine::ReservationId id, WorkPtr work) {
  auto& entry = entries_[id];
  engine::Saga saga;
  saga.id = id;
  spawn(entry, std::move(saga), {});
  send(entry, std::move(work));
}

void SagaTable::dispatch(engine::ReservationId id, WorkPtr work) {
  const auto [found, is_new] = entries_.try_emplace(id);
  auto& entry = found->second;
  if (entry.actor) return send(entry, std::move(work));
  entry.parked.push_back(std::move(work));
  if (is_new) load_(id);
}

void SagaTable::go_on(engine::Saga saga) {
  auto& entry = entries_[saga.id];
  const auto version = saga.version;
  spawn(entry, std::move(saga), {});
  self_->send(entry.actor, committed_atom::value, version);
}

std::vector<WorkPtr> SagaTable::on_found(SagaFound found) {
  const auto at = entries_.find(found.id);
  if (at == entries_.end() || at->second.actor) return {};
  auto& entry = at->second;
  auto parked = std::exchange(entry.parked, {});
  if (!found.saga && !found.hold) {
    entries_.erase(at);
    return parked;
  }
  const bool is_there = found.saga.has_value();
  auto saga = std::move(found.saga).value_or(engine::Saga{});
  saga.id = found.id;
  const auto version = saga.version;
  spawn(entry, std::move(saga), is_there ? std::nullopt : std::move(found.hold));
  for (auto& work : parked) send(entry, std::move(work));
  if (is_there) self_->send(entry.actor, committed_atom::value, version);
  return {};
}

bool SagaTable::on_decided(
    engine::ReservationId id, const Work& work, const caf::strong_actor_ptr& sender) {
  const auto at = entries_.find(id);
  if (at == entries_.end() || sender == nullptr || at->second.actor.address() != sender) {
    return false;
  }
  if (std::holds_alternative<engine::CommandRequest>(work.item)) --at->second.outstanding;
  return true;
}

void SagaTable::commit(engine::ReservationId id, std::uint64_t version) {
  const auto at = entries_.find(id);
  if (at == entries_.end() || !at->second.actor) return;
  self_->send(at->second.actor, committed_atom::value, version);
}

void SagaTable::on_ends(engine::ReservationId id, const caf::strong_actor_ptr& sender) {
  const auto at = entries_.find(id);
  if (at == entries_.end() || sender == nullptr || at->second.actor.address() != sender) return;
  if (at->second.outstanding > 0) return;
  drop(at->second);
  entries_.erase(at);
}

void SagaTable::drop(const Entry& entry) {
  parts_.probe->sagas_open.add(-1);
  self_->demonitor(entry.actor);
  self_->send_exit(entry.actor, caf::exit_reason::user_shutdown);
}

std::optional<engine::ReservationId> SagaTable::on_down(const caf::down_msg& message) {
  const auto at = std::find_if(entries_.begin(), entries_.end(), [&](const auto& entry) {
    return entry.second.actor && entry.second.actor.address() == message.source;
  });
  if (at == entries_.end()) return std::nullopt;
  parts_.probe->sagas_open.add(-1);
  const auto id = at->first;
  entries_.erase(at);
  return id;
}

void SagaTable::load_again(engine::ReservationId id) {
  if (entries_.try_emplace(id).second) load_(id);
}

void SagaTable::stop_all() {
  for (const auto& [id, entry] : entries_) {
    if (entry.actor) drop(entry);
  }
  entries_.clear();
}

}  // namespace cavea::actors
