#include "actors/offering_table.hpp"

#include "persistence/waiting_codec.hpp"

#include <algorithm>
#include <utility>

namespace cavea::actors {

namespace {

bool makes_an_offering(const WorkPtr& work) {
  const auto* request = std::get_if<engine::CommandRequest>(&work->item);
  if (request == nullptr) return false;
  const auto* to_offering = std::get_if<engine::OfferingRequest>(&request->what);
  return to_offering != nullptr
         && std::holds_alternative<engine::CreateOffering>(to_offering->command);
}

/// What stands for it in a deadline, zero for a sweep; nothing where none told it.
std::optional<engine::ReservationId> reservation_of(const InternalRequest& request) {
  if (std::holds_alternative<engine::AcceptOffer>(request.command)) return std::nullopt;
  if (std::holds_alternative<engine::MatchWaiting>(request.command)) {
    return persistence::waiting_wake;
  }
  const auto* expire = std::get_if<engine::ExpireHold>(&request.command);
  return expire == nullptr ? engine::ReservationId{} : expire->reservation;
}

}  // namespace

bool OfferingTable::has_room_for(const engine::OfferingId& id) const {
  return loaded_.size() < loaded_max_ || loaded_.contains(id);
}

void OfferingTable::dispatch(
    const engine::OfferingId& id, WorkPtr work, std::int64_t now_ms, std::uint64_t settled) {
  auto& loaded = loaded_[id];
  loaded.last_used_ms = now_ms;
  if (const auto* internal = std::get_if<InternalRequest>(&work->item)) {
    if (const auto due = reservation_of(*internal)) {
      loaded.wakes.push_back({work->deadline, id, *due});
    }
  }
  if (loaded.at_rest) {
    spawn(loaded, std::exchange(loaded.at_rest, nullptr));
    probe_.offerings_at_rest.add(-1);
  }
  if (loaded.actor && !loaded.is_going_to_rest) {
    add_to_batch(loaded, std::move(work));
    return;
  }
  loaded.parked.push_back(std::move(work));
  if (loaded.is_going_to_rest) return;
  load_if_settled(id, loaded, settled);
}

void OfferingTable::add_to_batch(Loaded& loaded, WorkPtr work) {
  ++loaded.outstanding;
  if (loaded.batch.empty()) with_batch_.push_back(&loaded);
  loaded.batch.push_back(std::move(work));
}

void OfferingTable::send_batches() {
  for (auto* loaded : with_batch_) {
    self_->send(loaded->actor, Works{std::exchange(loaded->batch, {})});
  }
  with_batch_.clear();
}

void OfferingTable::load_if_settled(
    const engine::OfferingId& id, Loaded& loaded, std::uint64_t settled) {
  if (loaded.is_loading) return;
  if (loaded.last_change > settled) {
    not_settled_.push_back(id);
    return;
  }
  loaded.is_loading = true;
  load_(id);
}

std::vector<WorkPtr> OfferingTable::on_loaded(OfferingPtr offering) {
  const auto found = loaded_.find(offering->id);
  if (found == loaded_.end()) return {};
  auto& loaded = found->second;
  loaded.is_loading = false;
  auto parked = std::exchange(loaded.parked, {});

  // Whoever asks for offerings that are not there must not fill the memory with actors.
  const bool is_wanted = offering->status != engine::OfferingStatus::absent
                         || std::any_of(parked.begin(), parked.end(), makes_an_offering);
  if (!is_wanted) {
    loaded_.erase(found);
    return parked;
  }

  spawn(loaded, std::move(offering));
  probe_.offerings_loaded.add(1);
  probe_.offerings_activated.add();
  for (auto& work : parked) add_to_batch(loaded, std::move(work));
  return {};
}

void OfferingTable::spawn(Loaded& loaded, OfferingPtr offering) {
  auto birth =
      std::make_shared<OfferingBirth>(OfferingBirth{std::move(offering), before_decision_});
  loaded.actor = self_->spawn(offering_actor, caf::actor_cast<caf::actor>(self_), std::move(birth));
  self_->monitor(loaded.actor);
  loaded.incarnation = next_incarnation_++;
}

void OfferingTable::on_rested(OfferingPtr offering, const caf::strong_actor_ptr& sender) {
  if (!is_current(offering->id, sender)) return;
  auto& loaded = loaded_.at(offering->id);
  loaded.actor = nullptr;
  loaded.is_going_to_rest = false;
  if (loaded.parked.empty()) {
    loaded.at_rest = std::move(offering);
    probe_.offerings_at_rest.add(1);
    return;
  }
  spawn(loaded, std::move(offering));
  for (auto& work : std::exchange(loaded.parked, {})) add_to_batch(loaded, std::move(work));
}

bool OfferingTable::is_current(const engine::OfferingId& id, const caf::strong_actor_ptr& sender) {
  const auto* loaded = find(id);
  return loaded != nullptr && loaded->actor && sender != nullptr
         && loaded->actor.address() == sender;
}

void OfferingTable::on_decided(const engine::OfferingId& id, Work& work, std::uint64_t turn) {
  auto* loaded = find(id);
  CAVEA_ASSERT(loaded != nullptr && loaded->outstanding > 0);
  work.incarnation = loaded->incarnation;
  if (work.view == nullptr) --loaded->outstanding;
  loaded->last_change = std::max(loaded->last_change, turn);
  if (const auto* internal = std::get_if<InternalRequest>(&work.item)) {
    std::erase_if(loaded->wakes, [&](const auto& wake) {
      return wake.at == work.deadline && wake.reservation == reservation_of(*internal);
    });
  }
}

bool OfferingTable::subscribe(const engine::OfferingId& id, const Work& work) {
  auto* loaded = find(id);
  if (loaded == nullptr || !loaded->actor || loaded->incarnation != work.incarnation) return false;
  --loaded->outstanding;
  auto& subscribers = loaded->subscribers;
  if (std::find(subscribers.begin(), subscribers.end(), work.subscriber) == subscribers.end()) {
    subscribers.push_back(work.subscriber);
    probe_.feeds.add(1);
  }
  return true;
}

std::optional<OfferingTable::Lost> OfferingTable::on_down(
    const caf::down_msg& message, std::uint64_t newest_turn) {
  // It went to rest: its state came, or is on its way. Most end so, many at once.
  if (message.reason == caf::exit_reason::normal) return std::nullopt;
  const auto found = std::find_if(loaded_.begin(), loaded_.end(), [&](const auto& entry) {
    return entry.second.actor && entry.second.actor.address() == message.source;
  });
  if (found == loaded_.end()) return std::nullopt;
  auto& loaded = found->second;
  loaded.actor = nullptr;
  loaded.is_going_to_rest = false;
  if (!loaded.parked.empty()) not_settled_.push_back(found->first);
  loaded.outstanding = 0;
  // What it decided last may still gather: its successor must see it.
  loaded.last_change = std::max(loaded.last_change, newest_turn);
  probe_.offerings_loaded.add(-1);
  probe_.offerings_restarted.add();
  return Lost{found->first, std::exchange(loaded.subscribers, {}), std::exchange(loaded.wakes, {})};
}

void OfferingTable::load_what_settled(std::uint64_t settled) {
  for (const auto& id : std::exchange(not_settled_, {})) {
    auto* loaded = find(id);
    if (loaded != nullptr && !loaded->actor && !loaded->parked.empty()) {
      load_if_settled(id, *loaded, settled);
    }
  }
}

void OfferingTable::rest(std::int64_t before_ms) {
  for (auto& [id, loaded] : loaded_) {
    const bool is_idle = loaded.actor && !loaded.is_going_to_rest && loaded.outstanding == 0
                         && loaded.subscribers.empty() && loaded.last_used_ms <= before_ms;
    if (!is_idle) continue;
    loaded.is_going_to_rest = true;
    self_->send(loaded.actor, rest_atom::value);
  }
}

void OfferingTable::passivate(std::int64_t before_ms, std::uint64_t settled) {
  std::erase_if(loaded_, [&](auto& entry) {
    auto& loaded = entry.second;
    if (loaded.last_used_ms > before_ms || loaded.outstanding > 0 || loaded.is_loading
        || !loaded.parked.empty() || !loaded.subscribers.empty() || loaded.last_change > settled) {
      return false;
    }
    if (loaded.actor || loaded.at_rest) probe_.offerings_passivated.add();
    leave_memory(loaded);
    return true;
  });
}

void OfferingTable::leave_memory(const Loaded& loaded) {
  if (!loaded.actor && !loaded.at_rest) return;
  probe_.offerings_loaded.add(-1);
  if (loaded.at_rest) probe_.offerings_at_rest.add(-1);
  if (!loaded.actor) return;
  self_->demonitor(loaded.actor);
  self_->send_exit(loaded.actor, caf::exit_reason::user_shutdown);
}

OfferingTable::Loaded* OfferingTable::find(const engine::OfferingId& id) {
  const auto found = loaded_.find(id);
  return found == loaded_.end() ? nullptr : &found->second;
}

std::vector<std::pair<engine::OfferingId, std::vector<engine::AnswerSink*>>>
OfferingTable::stop_all() {
  std::vector<std::pair<engine::OfferingId, std::vector<engine::AnswerSink*>>> listeners;
  for (auto& [id, loaded] : loaded_) {
    leave_memory(loaded);
    if (!loaded.subscribers.empty()) listeners.emplace_back(id, std::move(loaded.subscribers));
  }
  loaded_.clear();
  with_batch_.clear();
  not_settled_.clear();
  return listeners;
}

}  // namespace cavea::actors
