#pragma once

#include "actors/messages.hpp"
#include "engine/decide.hpp"
#include "engine/offering.hpp"

#include <caf/all.hpp>

#include <functional>
#include <memory>

namespace cavea::actors {

/// What an offering actor starts with.
struct OfferingBirth {
  OfferingPtr offering;
  std::function<void(const engine::OfferingId&)> before_decision;  ///< See `NodeConfig`.
};

/// The persistent actor of one performance or class: serializes all claims on it, without locks.
/// It keeps the newest state, which may run ahead of the disk; its shard keeps the answers back
/// until they may go.
class OfferingState {
 public:
  OfferingState(caf::event_based_actor* self, caf::actor shard, OfferingBirth birth);

  /// Decides on the works, one after the other, and hands them back to the shard.
  void on_works(std::vector<WorkPtr> works);

  [[nodiscard]] const engine::OfferingId& id() const { return offering_.id; }

  /// Gives the state to the shard and ends.
  void on_rest();

 private:
  void on_item(Work& work, const engine::CommandRequest& request);
  void on_item(Work& work, const InternalRequest& request);
  void on_item(Work& work, const SagaHeard& heard);
  void on_item(Work& work, const KeepRecords& request);
  void on_item(Work& work, const engine::GetSeats& query);
  void on_item(Work& work, const engine::Subscribe& what);
  void on_item(Work& work, const engine::Unsubscribe& what);

  void carry_out(Work& work, const engine::OfferingCommand& command);
  void accept(Work& work, engine::OfferingEvents events);
  void conclude(
      Work& work, const engine::OfferingEvents& events, const persistence::Outcome& outcome) const;
  void refuse(Work& work, engine::Refusal refusal) const;
  void say_that_it_has_ended(Work& work) const;
  [[nodiscard]] bool shows_seats() const;
  [[nodiscard]] engine::SeatsView seats_view() const;
  [[nodiscard]] engine::OfferingView offering_view() const;

  caf::event_based_actor* self_;
  caf::actor shard_;
  std::function<void(const engine::OfferingId&)> before_decision_;
  OfferingPtr state_;
  engine::Offering& offering_;
  std::size_t subscribers_ = 0;
};

caf::behavior offering_actor(
    caf::stateful_actor<std::unique_ptr<OfferingState>>* self,
    caf::actor shard,
    std::shared_ptr<OfferingBirth> birth);

}  // namespace cavea::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::shared_ptr<cavea::actors::OfferingBirth>)
