#pragma once

#include "actors/deadline_queue.hpp"
#include "actors/key_table.hpp"
#include "actors/messages.hpp"
#include "actors/offering_table.hpp"
#include "actors/outbox.hpp"
#include "actors/record_table.hpp"
#include "actors/saga_table.hpp"
#include "actors/shard_members.hpp"
#include "actors/shard_parts.hpp"
#include "actors/turn_keeper.hpp"
#include "actors/turn_queue.hpp"
#include "engine/venue.hpp"

#include <caf/all.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace cavea::actors {

/// The front door of a shard and the supervisor of its offerings. It stamps a command with the
/// time, answers keys seen before, gives it to the offering, gathers what the offerings decided
/// into one raft entry a turn, and lets every answer go when the entry it rests on is committed.
///
///   bus --inbox--> on_inbox --Works--> offering --Decided--> on_decided --flush--> ShardLog
///   sink <--Outbox-- release <-- on_persisted <--persisted-- Journal <-----------------'
class ShardState {
 public:
  ShardState(caf::event_based_actor* self, ShardParts parts, std::shared_ptr<ShardLog> log);
  ~ShardState();

  void on_open();
  void on_inbox();
  void on_loaded(OfferingPtr offering);
  void on_rested(OfferingPtr offering);
  void on_located(Located located);
  void on_decided(std::vector<WorkPtr> works, const engine::OfferingId& offering);
  void on_flush();
  void on_persisted(std::uint64_t number);
  void on_settled(std::uint64_t number);
  void on_peer(const cluster::Message& message);
  void on_saga_found(SagaFound found);
  void on_exchange_read(ExchangeRead read);
  void on_saga_decided(std::vector<WorkPtr> works, engine::ReservationId id);
  void on_saga_ends(engine::ReservationId id);
  void on_saga_again(engine::ReservationId id);
  void on_diary_answered(DiaryAnswered answered);
  void on_offer_looked_at(OfferLookedAt looked);
  void on_carried_found(CarriedFound found);
  void on_kept_since(const KeptSince& kept);
  void on_tick();

  /// The lead is lost: answers are not known any more, and nothing is decided.
  [[nodiscard]] std::shared_ptr<ShardLog> give_up();

  void on_down(const caf::down_msg& message);

 private:
  void on_work(WorkPtr work);
  void on_item(WorkPtr work, engine::CommandRequest& request);
  void on_item(WorkPtr work, const InternalRequest& request);
  void on_item(WorkPtr work, const SagaHeard& heard);
  void on_item(WorkPtr work, KeepRecords& request);
  void on_item(WorkPtr work, const engine::GetSeats& query);
  void on_item(WorkPtr work, const engine::Subscribe& what);
  void on_item(WorkPtr work, const engine::Unsubscribe& what);

  void on_request(WorkPtr work, engine::OfferingRequest& request);
  void on_request(WorkPtr work, engine::ReservationRequest& request);
  void on_request(WorkPtr work, engine::VenueRequest& request);
  void on_request(WorkPtr work, engine::SagaRequest& request);
  void on_request(WorkPtr work, engine::RecordRequest& request);
  void begin_exchange(WorkPtr work, engine::SagaRequest& request);
  [[nodiscard]] engine::ReservationId new_leg(
      const engine::OfferingId& offering, engine::Timestamp at);
  void carry_out(WorkPtr work, engine::ChangePerson& command);
  void carry_out(WorkPtr work, const engine::SettleDeadLetter& command);
  void carry_out(WorkPtr work, const engine::WebhookCommand& command);
  void carry_out(WorkPtr work, engine::CheckIn& command);
  [[nodiscard]] std::set<engine::WebhookId>& webhooks();
  void sweep(persistence::Deadline due);
  void give_to_offering(persistence::Deadline due, engine::OfferingCommand command);
  void load_saga(engine::ReservationId id);
  void hand_to_saga(WorkPtr work, engine::ReservationId saga);
  void note_saga_change(const persistence::SagaChange& change);
  void keep(WorkPtr work, std::vector<persistence::RecordWrite> writes);
  void note_definition_change(const Work& work);

  /// True when the key's outcome or state answered the work.
  [[nodiscard]] bool is_answered_by_key(const WorkPtr& work);
  [[nodiscard]] static bool is_surely_new(const Work& work);
  void begin_key(const WorkPtr& work);
  void settle_key(const Work& work, const engine::IdempotencyKey& key);
  [[nodiscard]] bool is_answered_by_entry(
      const WorkPtr& work,
      const engine::Fingerprint& fingerprint,
      const persistence::Outcome* outcome);

  void dispatch(const engine::OfferingId& id, WorkPtr work);
  void find_offering_of(engine::ReservationId reservation, WorkPtr work);
  void find_offering_of_waiting(engine::WaitingId id, WorkPtr work);
  void ask_diary(WorkPtr work);
  void ask_diary(SagaFound found);
  void accept_offers(const Work& work, const engine::OfferingId& offering);
  void gather(WorkPtr work);
  [[nodiscard]] bool may_begin_flight() const;
  void flush();
  void release_committed();
  void release(TurnInFlight flight);
  void release(Work& work);
  void release(Work& work, KeepRecords& request);
  void release(const engine::RecordRequest& request);
  void note_key(engine::Timestamp at);
  void forget_purged_buckets();
  void note_change(const Work& work, const persistence::Change& change, std::uint64_t turn);
  void note_offering_change(const Work& work, const persistence::OfferingChange& change);
  void note_wakes(const Work& work, const persistence::OfferingChange& change);
  void publish_change(const Work& work, const persistence::OfferingChange& change);
  void release_subscription(Work& work, const engine::OfferingId& offering);
  void count_outcome(const Work& work, const engine::Answer& answer);
  void refuse(WorkPtr work, engine::Rejection rejection);
  void wake_due_offerings(engine::Timestamp now);
  void add_deadline(persistence::Deadline deadline);
  void forget_deadline(engine::ReservationId reservation);
  [[nodiscard]] std::optional<persistence::Deadline> next_due(engine::Timestamp now);
  void show_holds(std::size_t before);
  void end_message();

  /// Not any more, once the lead was lost: it may have been won again since.
  [[nodiscard]] bool leads() const { return !is_giving_up_ && log_->is_leading(); }

  [[nodiscard]] engine::Timestamp now() const { return {parts_.clock_ms()}; }

  template <class T>
  T value_or_fail(persistence::Read<T> read) {
    return parts_.reads->value_or_fail(std::move(read));
  }

  caf::event_based_actor* self_;
  ShardParts parts_;
  std::shared_ptr<ShardLog> log_;
  TurnKeeper keeper_;
  ShardMembers members_;
  TurnQueue queue_;
  KeyTable keys_;
  persistence::ShardRecord key_buckets_;  ///< Where the store keeps older keys, or a little more.
  std::uint32_t oldest_noted_ = UINT32_MAX;         ///< Bucket of a key since the last purge, and
  std::uint32_t oldest_noted_before_ = UINT32_MAX;  ///< between that and the one before.
  OfferingTable offerings_;
  SagaTable sagas_;
  RecordTable records_;
  std::optional<std::set<engine::WebhookId>> webhooks_;  ///< As decided; nothing: not asked yet.
  DeadlineQueue deadlines_;
  Outbox outbox_;
  std::deque<WorkPtr> arrived_;  ///< Taken from the inbox, for the next message to itself.
  /// Cancelled offerings, and how often the sagas that have places of them were told.
  std::unordered_map<engine::OfferingId, std::uint32_t> sweeps_;
  /// Sagas with the versions that were committed during this message.
  std::vector<std::pair<engine::ReservationId, std::uint64_t>> committed_sagas_;
  std::vector<std::function<void()>>
      reads_after_;  ///< What follows once the changes of answers released now are handed in.

  /// Venues with changes that are not in the store yet.
  struct PendingVenue {
    engine::Venue venue;
    std::uint64_t turn = 0;
  };

  std::unordered_map<engine::VenueId, PendingVenue> venues_;
  std::mt19937_64 random_;
  bool is_flush_sent_ = false;
  bool is_giving_up_ = false;
  engine::PlaceCounts places_shown_;  ///< What this shard has added to the probe's gauges.
  std::int64_t next_members_look_ms_ = 0;
  std::int64_t next_idle_scan_ms_ = 0;
  std::int64_t next_purge_ms_ = 0;
  std::int64_t waiting_shown_ = 0;
  engine::Timestamp purge_time_;  ///< Wall time of the last purge.
};

/// Leads a shard, with its log.
caf::behavior shard_actor(
    caf::stateful_actor<std::unique_ptr<ShardState>>* self,
    std::shared_ptr<const ShardParts> parts,
    std::shared_ptr<ShardLog> log);

}  // namespace cavea::actors
