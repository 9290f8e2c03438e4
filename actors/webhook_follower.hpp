#pragma once

#include "actors/change_page.hpp"
#include "actors/probe.hpp"
#include "actors/reads.hpp"
#include "actors/record_table.hpp"
#include "actors/swept_reservations.hpp"
#include "actors/turn_feed.hpp"
#include "actors/webhook_book.hpp"
#include "engine/webhook.hpp"
#include "engine/webhook_lane.hpp"
#include "engine/webhook_port.hpp"

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace cavea::actors {

/// Writes an event as others are to read it: a CloudEvent as JSON.
using WriteChange = std::function<void(std::string& out, const engine::ChangeEvent& event)>;

/// What those who send to webhooks work with. Everything outlives them.
struct WebhookParts {
  engine::ShardId shard;
  std::uint16_t shard_count = 1;
  std::uint32_t data_id = 0;
  engine::WebhookPort* port = nullptr;
  WriteChange write;
  const persistence::StateReader* reader = nullptr;
  Reads* reads = nullptr;
  SweptReservations* swept = nullptr;
  TurnFeed* feed = nullptr;
  WebhookBook* book = nullptr;
  ActorsProbe* probe = nullptr;
  std::atomic<std::int64_t>* waiting = nullptr;  ///< Works of the shard on their way.
  std::function<std::int64_t()> clock_ms;
  std::function<void(KeepRecords)> keep;  ///< In its shard.
  std::function<void(engine::WebhookCommand)> command;
};

/// Sends one webhook what happened in one shard. Lives in the shard's webhook actor, which calls
/// it; what it starts comes back as steps by way of the actor.
///
///   log --read (reader thread)--> window --send--> WebhookPort --on_sent--> lane, rows of the log
///   lane and rows --keep--> shard, in one step
class WebhookFollower {
 public:
  /// What goes on in the actor; dropped when the follower is not there any more, or began anew.
  using Step = std::function<void(WebhookFollower&)>;
  using Later = std::function<void(engine::WebhookId, std::uint64_t token, Step)>;

  /// `lane`: as it was kept; nothing: there is none. `later` may be called from any thread.
  WebhookFollower(
      std::shared_ptr<const WebhookParts> parts,
      std::shared_ptr<const engine::Webhook> webhook,
      std::optional<engine::WebhookLane> lane,
      Later later);
  ~WebhookFollower();
  WebhookFollower(const WebhookFollower&) = delete;
  WebhookFollower& operator=(const WebhookFollower&) = delete;

  /// It is as this from now on.
  void follow(std::shared_ptr<const engine::Webhook> webhook);

  /// Reads, sends and keeps what there is; after every step and now and then.
  void go_on();

  /// The same, and what could not be kept before; a few times a second.
  void on_tick();

  /// Steps of an older token count no more.
  [[nodiscard]] std::uint64_t token() const noexcept { return token_; }

  /// Entries behind it are still needed; nothing: none are.
  [[nodiscard]] std::optional<std::uint64_t> needed_after() const;

 private:
  /// An event as it is sent.
  struct Item {
    engine::WebhookEvent event;
    engine::Timestamp at;
    std::string type;
    std::string subject;
    std::shared_ptr<const std::string> body;  ///< Null: nobody can read it any more.
  };

  struct Slot {
    enum class State : std::uint8_t { waiting, sending, settled };

    Item item;
    std::uint64_t subject = 0;
    State state = State::waiting;
  };

  struct Page {
    std::vector<Item> items;
    engine::WebhookPlace next;
    bool has_more = false;
    std::optional<engine::WebhookEvent> missed;  ///< Up to it nothing is kept any more.
  };

  struct Kept {
    std::vector<persistence::RecordWrite> writes;
    std::uint64_t needed_after = 0;
    engine::WebhookPlace place;
  };

  // Beginning.
  void begin_anew();
  void find_start();
  void start_at(engine::WebhookPlace place);

  // Reading.
  void read();
  [[nodiscard]] static Page read_page(
      const WebhookParts& parts,
      const persistence::StateReader& reader,
      engine::WebhookPlace after,
      engine::ChangeTypes types,
      std::uint32_t limit);
  void on_page(Page page);
  void wait_for_more();

  // Sending.
  void send_some();
  [[nodiscard]] bool send_new();
  [[nodiscard]] bool send_parked(engine::Timestamp now);
  void send(Item item);
  void on_fetched(const engine::ParkedEvent& parked, Item item);
  void on_sent(Item item, engine::DeliveryResult result);
  void on_failed(
      const Item& item, const engine::DeliveryResult& result, engine::WebhookDelivery& row);
  void end_webhook(engine::WebhookEnd why);
  [[nodiscard]] engine::ParkedEvent parked_of(const Item& item) const;

  // Keeping.
  void settle(const engine::WebhookEvent& event);
  void advance();
  void note(engine::WebhookDelivery row);
  void keep();
  void keep(std::shared_ptr<const Kept> kept);
  void on_kept(const std::shared_ptr<const Kept>& kept, bool is_kept);
  void trim();
  void show();

  [[nodiscard]] engine::Timestamp now() const { return {parts_.clock_ms()}; }

  void later(Step step) const { later_(webhook_->id, token_, std::move(step)); }

  [[nodiscard]] std::function<void(Step)> later_fn() const {
    return [later = later_, id = webhook_->id, token = token_](Step step) {
      later(id, token, std::move(step));
    };
  }

  std::shared_ptr<const WebhookParts> shared_parts_;  ///< For reads, which may outlive this.
  const WebhookParts& parts_;
  std::shared_ptr<const engine::Webhook> webhook_;
  Later later_;
  engine::WebhookLane lane_;

  /// Of entries before this one, events before this time are none of its.
  struct Began {
    std::uint64_t entry = 0;
    engine::Timestamp at;
  };

  Began began_;
  bool is_beginning_ = false;  ///< At a time, and nothing is read yet.
  bool has_start_ = false;     ///< The lane's place is one to read from.
  bool is_finding_ = false;    ///< The place to begin at.
  std::uint64_t token_ = 1;
  engine::WebhookPlace head_;  ///< Read up to here; the window's items are before it.
  std::deque<Slot> window_;
  bool is_reading_ = false;
  std::int64_t last_read_ms_ = INT64_MIN / 2;
  bool is_waiting_ = false;  ///< For more to be in the log.
  std::set<engine::WebhookEvent> under_way_;

  bool is_dirty_ = false;  ///< Something is to be kept.
  bool is_keeping_ = false;
  std::shared_ptr<const Kept> unkept_;  ///< Is to be kept again.
  engine::WebhookPlace kept_place_;
  std::int64_t last_kept_ms_ = 0;
  std::optional<std::uint64_t> needed_after_;
  std::map<engine::WebhookEvent, engine::WebhookDelivery> rows_;
  std::size_t rows_since_trim_ = 0;
  bool is_trimming_ = false;
  std::int64_t shown_ = 0;
  std::mt19937 random_;
};

}  // namespace cavea::actors
