#pragma once

#include "actors/limits.hpp"
#include "actors/probe.hpp"
#include "actors/read_lane.hpp"
#include "engine/assert.hpp"
#include "engine/command_bus.hpp"
#include "engine/diary.hpp"
#include "engine/notification.hpp"
#include "persistence/journal.hpp"
#include "persistence/state_reader.hpp"

#include <atomic>
#include <cstddef>
#include <optional>
#include <vector>

namespace cavea::actors {

/// What a saga has to know of a reservation.
[[nodiscard]] engine::LegView leg_view_of(engine::ReservationView view);

/// A command that is answered again.
struct Replay {
  persistence::Outcome outcome;  ///< What it came to.
  bool as_leg = false;           ///< Not with the saga.
  /// The offerings that an exchange wanted places of.
  std::optional<std::vector<engine::OfferingId>> exchanged_for{};
};

[[nodiscard]] Replay replay_of(const engine::CommandRequest& command, persistence::Outcome outcome);

struct ReadsConfig {
  unsigned threads = 1;                         ///< Readers for queries; commands have their own.
  std::size_t waiting_max = limits::reads_max;  ///< Queries that wait for one.
};

/// Reads the store on threads of their own, so that no actor and no I/O thread waits for a disk. A
/// read starts after everything handed to the journal before it is in the store: who was told of a
/// change, reads it. What commands need is read in a lane of its own, so that no list delays a
/// claim.
class Reads {
 public:
  /// `on_failure` must not return: see `value_or_fail`.
  Reads(
      const persistence::StateReader& reader,
      persistence::Journal& journal,
      ActorsProbe& probe,
      persistence::Journal::FailureHandler on_failure,
      ReadsConfig config);

  /// Ends the threads; what is still to be read is answered `not_ready`, or nobody waits for it.
  /// The journal, which may have reads to hand over, ends afterwards, and before this is destroyed.
  void stop();

  /// A read that a command waits for: offerings to load, reservations to find, answers to what is
  /// committed. Always taken; bounded by the commands that a shard takes.
  void run_for_command(ReadJob job);

  /// A read that somebody asked for. At a full queue `back` is told `overloaded` instead.
  void run(ReadJob job, engine::ReturnAddress back);

  /// A read of what was readable when it was asked for, without a limit of its own: who asks for it
  /// has one on its way at a time. Waits for nothing that was handed to the journal.
  void run_in_background(ReadJob job);

  /// The same, but it sees all that was handed to the journal before: for parts of the node that
  /// read what they have kept.
  void run_in_background_after_writes(ReadJob job);

  /// The value, or the end of the process: a store that cannot be read cannot be trusted.
  template <class T>
  T value_or_fail(persistence::Read<T> read) const {
    if (!read) {
      on_failure_(read.error());
      engine::assertion_failed("the failure handler returned", __FILE__, __LINE__);
    }
    return std::move(read).value();
  }

  /// Any query but `GetSeats`, which is live, `ListChanges`, which may wait, and those that the
  /// node answers by itself.
  void answer(engine::Query query, std::uint16_t shard_count, engine::ReturnAddress back);

  /// Answers with a reservation whose change is committed, or with the saga that carries it;
  /// `as_leg`: not with the saga.
  void answer_reservation(
      engine::ReservationId id, bool replayed, engine::ReturnAddress back, bool as_leg = false);

  /// Answers with a wish of which a party's change is committed.
  void answer_waiting(engine::WaitingId id, engine::ReturnAddress back);

  /// Answers an idempotency key seen before with what its command came to.
  void answer_replay(Replay replay, std::uint16_t shard_count, engine::ReturnAddress back);

  /// The hold that a saga would take over; nothing when there is none, or one that a saga has.
  [[nodiscard]] std::optional<engine::LegView> hold_to_take_over(engine::ReservationId id) const;

  /// What has to be asked before a hold that was offered to who waited becomes theirs; nothing for
  /// any other hold, or where overlaps are not refused. On a reader thread.
  [[nodiscard]] std::optional<engine::DiaryQuestion> question_of_offer(
      engine::ReservationId id) const;

  /// The inbox as it is; on a reader thread.
  [[nodiscard]] engine::InboxPage inbox_page(
      const engine::ListInbox& query, std::uint16_t shard_count) const;

  /// A webhook as it is; on a reader thread.
  [[nodiscard]] std::optional<engine::Webhook> webhook(const engine::WebhookId& id) const;

  /// All that a text about a notification is made of, as it is now. On a reader thread.
  [[nodiscard]] engine::Notification notification_of(
      const engine::InboxItem& item, const std::string& user, std::uint16_t shard_count) const;

  /// A reservation, or the saga that carries it; nothing when there is neither. On
  /// a reader thread.
  [[nodiscard]] std::optional<engine::ReservationView> view_of(
      engine::ReservationId id, bool as_leg = false) const;

 private:
  void add_definitions(engine::SagaView& view) const;
  [[nodiscard]] engine::Answer reservation_answer(
      engine::ReservationId id,
      const persistence::Outcome* as_made,
      bool replayed,
      bool as_leg) const;
  [[nodiscard]] engine::Answer waiting_answer(
      engine::WaitingId id, const persistence::Outcome* as_made) const;
  [[nodiscard]] engine::Answer replay_answer(const Replay& replay, std::uint16_t shard_count);
  [[nodiscard]] engine::Answer replayed_reservation(const Replay& replay) const;
  engine::Answer answer_of(const engine::GetOffering& query, std::uint16_t shard_count);
  engine::Answer answer_of(const engine::ListOfferings& query, std::uint16_t shard_count);
  engine::Answer answer_of(const engine::GetSeats& query, std::uint16_t shard_count);
  engine::Answer answer_of(const engine::GetReservation& query, std::uint16_t shard_count);
  engine::Answer answer_of(const engine::ListReservations& query, std::uint16_t shard_count);
  engine::Answer answer_of(const engine::GetCalendar& query, std::uint16_t shard_count);
  engine::Answer answer_of(const engine::GetVenue& query, std::uint16_t shard_count);
  engine::Answer answer_of(const engine::ListVenues& query, std::uint16_t shard_count);
  engine::Answer answer_of(const engine::GetWaiting& query, std::uint16_t shard_count);
  engine::Answer answer_of(const engine::ListWaiting& query, std::uint16_t shard_count);
  engine::Answer answer_of(const engine::ListWaitingParties& query, std::uint16_t shard_count);
  engine::Answer answer_of(const engine::ListInbox& query, std::uint16_t shard_count);
  engine::Answer answer_of(const engine::GetPerson& query, std::uint16_t shard_count);
  engine::Answer answer_of(const engine::ListDeadLetters& query, std::uint16_t shard_count);
  engine::Answer answer_of(const engine::GetCheckIns& query, std::uint16_t shard_count);
  engine::Answer answer_of(const engine::GetProgress& query, std::uint16_t shard_count);
  engine::Answer answer_of(const engine::ListChanges& query, std::uint16_t shard_count);
  engine::Answer answer_of(const engine::ListWebhooks& query, std::uint16_t shard_count);
  engine::Answer answer_of(const engine::GetWebhook& query, std::uint16_t shard_count);
  engine::Answer answer_of(const engine::ListWebhookDeliveries& query, std::uint16_t shard_count);
  engine::Answer answer_of(const engine::TestWebhook& query, std::uint16_t shard_count);
  engine::Answer answer_of(const engine::GetReconciliation& query, std::uint16_t shard_count);
  engine::Answer answer_of(const engine::StartReconciliation& query, std::uint16_t shard_count);
  void for_each_item_in_records(
      const std::string& user,
      std::optional<engine::Timestamp> until,
      const std::function<bool(const engine::InboxItem&)>& goes_on) const;
  [[nodiscard]] std::vector<engine::InboxItem> items_in_records(
      const engine::ListInbox& query) const;
  [[nodiscard]] std::uint32_t unread_in_records(
      const std::string& user, engine::Timestamp read_until) const;
  [[nodiscard]] engine::PersonSettings settings_of(
      const std::string& user, std::uint16_t shard_count) const;
  [[nodiscard]] engine::Timestamp changed_at(const engine::ReservationView& view) const;
  [[nodiscard]] std::string cancel_reason_of(
      const engine::ReservationView& view, std::uint16_t shard_count) const;
  [[nodiscard]] std::vector<engine::Venue> venues_of(
      const std::vector<engine::DefinitionRef>& definitions, std::uint16_t shard_count) const;
  [[nodiscard]] std::optional<engine::InboxEntry> entry_of(
      engine::InboxItem item, const std::string& user) const;

  const persistence::StateReader& reader_;
  persistence::Journal& journal_;
  ActorsProbe& probe_;
  persistence::Journal::FailureHandler on_failure_;
  const std::size_t waiting_max_;
  std::atomic<std::size_t> waiting_{0};
  ReadLane for_commands_;
  ReadLane for_queries_;
};

}  // namespace cavea::actors
