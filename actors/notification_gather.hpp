#pragma once

#include "actors/reads.hpp"
#include "actors/swept_reservations.hpp"
#include "engine/due_notifications.hpp"
#include "engine/ids.hpp"
#include "persistence/notification_codec.hpp"
#include "persistence/record.hpp"
#include "persistence/turn_log.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace cavea::actors {

/// How people are told.
struct NotificationSettings {
  bool has_mail = false;             ///< There is somebody to send mail.
  engine::Duration reminder_before;  ///< Before the start; zero: nobody is reminded.
};

/// What a shard makes of a part of its log: records of what people are told. Reads the state; on a
/// reader thread, for one part.
class NotificationGather {
 public:
  struct From {
    const persistence::StateReader& reader;
    Reads& reads;
    SweptReservations& swept;
    engine::ShardId shard;
    std::uint16_t shard_count = 1;
    NotificationSettings settings;
    engine::Timestamp now;
  };

  explicit NotificationGather(const From& from) : from_(from) {}

  void take(const persistence::LoggedTurn& turn);

  /// Tells the next of those whom a round that is due is for; at most `limit`.
  void take_round(const std::string& key, persistence::NotificationRound round, std::size_t limit);

  /// Inbox items, deliveries and what follows from them, in order.
  [[nodiscard]] std::vector<persistence::RecordWrite> take_writes() { return std::move(writes_); }

  /// How many people were told something.
  [[nodiscard]] std::size_t told() const noexcept { return told_; }

  /// Those of them whose reservations tell it themselves.
  [[nodiscard]] std::vector<engine::PersonKey> take_told_by_records() {
    return std::move(told_by_records_);
  }

 private:
  void take(const persistence::OfferingChange& change, std::uint64_t index, std::uint32_t first);
  void take(const persistence::SagaChange& change, std::uint64_t index, std::uint32_t first);
  void take_definition(
      const persistence::OfferingChange& change,
      const engine::OfferingDefinition& definition,
      const engine::NotificationId& id);
  void begin_round_of_waiting(
      const persistence::OfferingChange& change, const engine::NotificationId& id);
  void take_round_of_waiting(persistence::NotificationRound& round, std::size_t limit);
  void go_on(const std::string& key, const persistence::NotificationRound& round, bool is_over);
  void end_reminder(const engine::OfferingId& offering);
  [[nodiscard]] bool find_person(
      const engine::OfferingId& offering, engine::DueNotification& due) const;
  void tell(const engine::DueNotification& due, engine::Timestamp at, engine::NotificationId id);
  void put_reminder(const engine::OfferingId& offering, const persistence::OfferingTold& told);
  void remove_reminder(const engine::OfferingId& offering, engine::Timestamp at);
  void put(persistence::RecordKind kind, std::string key, std::string value);
  void remove(persistence::RecordKind kind, std::string key);
  [[nodiscard]] std::optional<std::string> find(
      persistence::RecordKind kind, const std::string& key) const;

  From from_;
  std::vector<persistence::RecordWrite> writes_;
  std::map<std::string, std::string> told_before_;  ///< `told` records of this part, by key.
  std::vector<engine::PersonKey> told_by_records_;
  std::size_t told_ = 0;
};

}  // namespace cavea::actors
