#pragma once

#include "actors/messages.hpp"
#include "actors/offering_actor.hpp"
#include "actors/probe.hpp"
#include "persistence/state_reader.hpp"

#include <caf/all.hpp>

#include <cstdint>
#include <functional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace cavea::actors {

/// The offerings of a shard that are in use, and the supervisor of their actors: made on first use,
/// brought back from the committed state when they die. Actors of offerings that nobody asked for
/// lately are put to rest: the state stays for the next actor, and an actor takes more memory than
/// the state of a small class. After a longer while the state leaves memory, too.
class OfferingTable {
 public:
  struct Loaded {
    caf::actor actor;     ///< Null while the state is read, and at rest.
    OfferingPtr at_rest;  ///< The newest state, when there is no actor.
    bool is_loading = false;
    bool is_going_to_rest = false;  ///< The actor was told to give its state back.
    std::vector<WorkPtr> parked;    ///< Waits for the actor.
    std::vector<WorkPtr> batch;     ///< Goes to the actor with `send_batches`.
    std::uint64_t incarnation = 0;  ///< Which actor this is; no other has the number.
    /// Given to the actor and not decided yet; subscriptions, until they are released.
    std::uint64_t outstanding = 0;
    std::uint64_t last_change = 0;  ///< Turn of its newest change.
    std::int64_t last_used_ms = 0;
    std::vector<engine::AnswerSink*> subscribers;
    std::vector<persistence::Deadline> wakes;  ///< It was told of them and has not decided yet.
  };

  /// Asks for the committed state of an offering; the answer comes as an `OfferingPtr`.
  using Load = std::function<void(const engine::OfferingId&)>;

  using BeforeDecision = std::function<void(const engine::OfferingId&)>;

  /// Offerings in memory at most: `loaded_max`.
  OfferingTable(
      caf::event_based_actor* self,
      ActorsProbe& probe,
      std::size_t loaded_max,
      Load load,
      BeforeDecision before_decision)
      : self_(self),
        probe_(probe),
        loaded_max_(loaded_max),
        load_(std::move(load)),
        before_decision_(std::move(before_decision)) {}

  /// Gives a work to its offering, with the next batch or when its actor is there.
  void dispatch(
      const engine::OfferingId& id, WorkPtr work, std::int64_t now_ms, std::uint64_t settled);

  /// Sends each offering what was dispatched to it since the last call, as one message.
  void send_batches();

  /// The state was read. Returns works that find nothing there; the others are on their way.
  [[nodiscard]] std::vector<WorkPtr> on_loaded(OfferingPtr offering);

  /// An actor gave its state back. Works that came meanwhile go to the next.
  void on_rested(OfferingPtr offering, const caf::strong_actor_ptr& sender);

  /// Whether this actor speaks for the offering: a decision of one that was lost must not count,
  /// since its successor may have been made without it.
  [[nodiscard]] bool is_current(const engine::OfferingId& id, const caf::strong_actor_ptr& sender);

  /// A work came back decided; with a change in turn `turn` (0: without).
  void on_decided(const engine::OfferingId& id, Work& work, std::uint64_t turn);

  /// Who asked for the feed listens from now on. False when the actor that it subscribed to is
  /// gone.
  [[nodiscard]] bool subscribe(const engine::OfferingId& id, const Work& work);

  /// An actor died, not one that went to rest: which offering it was, who listened, and which
  /// deadlines it did not decide.
  struct Lost {
    engine::OfferingId id;
    std::vector<engine::AnswerSink*> subscribers;
    std::vector<persistence::Deadline> wakes;
  };

  [[nodiscard]] std::optional<Lost> on_down(
      const caf::down_msg& message, std::uint64_t newest_turn);

  /// Reads again what waits for a lost actor's changes to reach the store.
  void load_what_settled(std::uint64_t settled);

  /// Puts actors to rest that were idle since `before_ms`.
  void rest(std::int64_t before_ms);

  /// Forgets offerings that were idle since `before_ms` and whose changes are all in the store.
  void passivate(std::int64_t before_ms, std::uint64_t settled);

  [[nodiscard]] Loaded* find(const engine::OfferingId& id);

  /// False when too many offerings are in memory to load this one.
  [[nodiscard]] bool has_room_for(const engine::OfferingId& id) const;

  [[nodiscard]] std::size_t size() const noexcept { return loaded_.size(); }

  /// Ends all actors. Returns who listened to what.
  std::vector<std::pair<engine::OfferingId, std::vector<engine::AnswerSink*>>> stop_all();

 private:
  void add_to_batch(Loaded& loaded, WorkPtr work);
  void spawn(Loaded& loaded, OfferingPtr offering);
  void leave_memory(const Loaded& loaded);
  void load_if_settled(const engine::OfferingId& id, Loaded& loaded, std::uint64_t settled);

  caf::event_based_actor* self_;
  ActorsProbe& probe_;
  std::size_t loaded_max_;
  Load load_;
  BeforeDecision before_decision_;
  std::unordered_map<engine::OfferingId, Loaded> loaded_;
  std::vector<Loaded*>
      with_batch_;  ///< Those whose `batch` is not empty; they stay until it is sent.
  std::vector<engine::OfferingId>
      not_settled_;  ///< To be read once their last change is in the store.
  std::uint64_t next_incarnation_ = 1;
};

}  // namespace cavea::actors
