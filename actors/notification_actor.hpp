#pragma once

#include "actors/inbox_reads.hpp"
#include "actors/notification_gather.hpp"
#include "actors/probe.hpp"
#include "actors/reads.hpp"
#include "actors/record_table.hpp"
#include "actors/swept_reservations.hpp"
#include "actors/turn_feed.hpp"
#include "engine/notification.hpp"

#include <caf/all.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace cavea::actors {

/// What the notification actor of a shard works with. Everything outlives it.
struct NotificationParts {
  engine::ShardId shard;
  std::uint16_t shard_count = 1;
  std::uint64_t position = 0;  ///< The last entry of which people were told.
  engine::Duration reminder_before;
  engine::MailPort* mail = nullptr;  ///< Null: nobody is sent mail.
  const persistence::StateReader* reader = nullptr;
  Reads* reads = nullptr;
  SweptReservations* swept = nullptr;
  TurnFeed* feed = nullptr;
  InboxReads* inboxes = nullptr;
  ActorsProbe* probe = nullptr;
  std::atomic<std::int64_t>* waiting = nullptr;  ///< Works of the shard on their way.
  std::function<std::int64_t()> clock_ms;
  std::function<void(KeepRecords)> keep;  ///< In its shard.
};

/// The name under which the actor's position is kept, and turns for it.
inline constexpr const char* notification_consumer = "notifications";

/// Tells people what happened to what is theirs. It follows the log of its shard, which is the
/// outbox, and keeps what it made of an event together with how far it is, so that nobody is told
/// twice or not at all, whatever crashes when. Then it sends what is to be sent, again and again
/// for about a day; what cannot be delivered becomes a dead letter.
///
///   TurnFeed --page--> gather (reader thread) --> shard: inbox, deliveries, position, in one step
///   deliveries that are due --> MailPort --> shard: delivered, later, or dead
class NotificationState {
 public:
  NotificationState(caf::event_based_actor* self, NotificationParts parts);

  /// What was made of a part of the log, or of a round.
  struct Gathered {
    std::vector<persistence::RecordWrite> writes;
    persistence::RecordWrite made_of;                ///< As it was read: how far, or the round.
    std::vector<engine::PersonKey> told_by_records;  ///< Of whom nothing is written.
    std::size_t told = 0;
    bool is_round = false;      ///< Else of a part of the log.
    std::uint64_t read_to = 0;  ///< Of the log.
    bool is_cut = false;        ///< Older turns were not kept: some events are missed.
  };

  struct GatheredKept {
    std::shared_ptr<const Gathered> gathered;
    bool is_kept = false;
  };

  /// A mail that is due, with all that is needed to write it.
  struct DueMail {
    std::string key;
    engine::MailDelivery delivery;
    std::shared_ptr<const engine::Notification> what;  ///< Null: nobody is to be sent it any more.
    engine::Recipient to;
  };

  struct Sent {
    std::string key;
    engine::MailDelivery delivery;
    engine::DeliveryResult result;
  };

  /// What became of the result of a mail.
  struct MailSettled {
    std::string key;
    std::shared_ptr<const std::vector<persistence::RecordWrite>> unkept;  ///< Null: it is kept.
  };

  void read_on();
  void on_gathered(Gathered gathered);
  void keep(std::shared_ptr<const Gathered> gathered);
  void on_kept(const GatheredKept& kept);
  void on_more();
  void on_due(std::vector<DueMail> mails);
  void on_sent(Sent sent);
  void on_settled(MailSettled settled);
  void on_tick();

 private:
  [[nodiscard]] NotificationGather::From gather_from() const;
  [[nodiscard]] static DueMail due_mail(
      const NotificationGather::From& from, std::string key, engine::MailDelivery delivery);
  void keep(Gathered gathered);
  void tell(const Gathered& gathered);
  void wait_for_more();
  void look_for_rounds();
  void look_for_mails();
  void send(DueMail mail);
  void keep_result(std::vector<persistence::RecordWrite> writes);
  [[nodiscard]] engine::Timestamp next_attempt(const Sent& sent);

  [[nodiscard]] engine::Timestamp now() const { return {parts_.clock_ms()}; }

  caf::event_based_actor* self_;
  NotificationParts parts_;
  std::uint64_t read_to_;             ///< Of the log; may be ahead of what is kept.
  std::uint64_t kept_;                ///< The position in the state.
  bool is_gathering_ = false;         ///< One at a time: two would not see what the other writes.
  bool is_waiting_ = false;           ///< For more to be in the log.
  bool is_looking_ = false;           ///< For mails that are due.
  std::set<std::string> sending_;     ///< Keys of deliveries on their way.
  std::vector<std::string> settled_;  ///< Of those, whose results are kept.
  std::vector<std::shared_ptr<const std::vector<persistence::RecordWrite>>> unkept_results_;
  std::mt19937 random_;
};

caf::behavior notification_actor(
    caf::stateful_actor<std::unique_ptr<NotificationState>>* self,
    std::shared_ptr<const NotificationParts> parts);

}  // namespace cavea::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::shared_ptr<const cavea::actors::NotificationParts>)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::NotificationState::Gathered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::shared_ptr<const cavea::actors::NotificationState::Gathered>)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::NotificationState::GatheredKept)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::NotificationState::MailSettled)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::NotificationState::Sent)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::vector<cavea::actors::NotificationState::DueMail>)
