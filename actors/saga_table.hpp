#pragma once

#include "actors/messages.hpp"
#include "actors/saga_actor.hpp"
#include "actors/work.hpp"
#include "engine/ids.hpp"

#include <caf/all.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <unordered_map>
#include <vector>

namespace cavea::actors {

/// The sagas of a shard that have an actor, or wait for one.
class SagaTable {
 public:
  /// Asks for the committed state of a saga; the answer comes as a `SagaFound`.
  using Load = std::function<void(engine::ReservationId)>;

  SagaTable(
      caf::event_based_actor* self, SagaParts parts, std::atomic<std::int64_t>* waiting, Load load)
      : self_(self), parts_(std::move(parts)), waiting_(waiting), load_(std::move(load)) {}

  /// Makes the actor of a saga that nobody knows yet.
  void begin(engine::ReservationId id, WorkPtr work);

  /// Gives a work to the saga, once its actor is there.
  void dispatch(engine::ReservationId id, WorkPtr work);

  /// The saga goes on where it was.
  void go_on(engine::Saga saga);

  /// The state was read. Returns works that find nothing there.
  [[nodiscard]] std::vector<WorkPtr> on_found(SagaFound found);

  /// A work of a person came back decided. False when the actor is not the current one.
  [[nodiscard]] bool on_decided(
      engine::ReservationId id, const Work& work, const caf::strong_actor_ptr& sender);

  /// Tells the saga's actor what of it is committed.
  void commit(engine::ReservationId id, std::uint64_t version);

  /// The actor has nothing left to do; it ends unless something is on its way to it.
  void on_ends(engine::ReservationId id, const caf::strong_actor_ptr& sender);

  /// The saga whose actor died, if it was one of ours.
  [[nodiscard]] std::optional<engine::ReservationId> on_down(const caf::down_msg& message);

  /// Loads the saga of an actor that died.
  void load_again(engine::ReservationId id);

  void stop_all();

 private:
  struct Entry {
    caf::actor actor;  ///< Null while it is loaded.
    std::vector<WorkPtr> parked;
    std::uint64_t outstanding = 0;  ///< Works of people that it has not decided.
  };

  void spawn(Entry& entry, engine::Saga saga, std::optional<engine::LegView> to_take_over);
  void send(Entry& entry, WorkPtr work);
  void drop(const Entry& entry);

  caf::event_based_actor* self_;
  SagaParts parts_;
  std::atomic<std::int64_t>* waiting_;
  Load load_;
  std::unordered_map<engine::ReservationId, Entry> entries_;
};

}  // namespace cavea::actors
