#pragma once

#include "engine/changes.hpp"
#include "engine/ids.hpp"
#include "engine/rejection.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

// Webhooks: addresses of programs outside that are sent what happened, as the event feed tells it.
// Here is what is kept of them, what may be asked, and which rules a change follows.

namespace cavea::engine {

using WebhookId = Name<struct WebhookTag>;

namespace limits {

/// Webhooks of a node: each reads every shard's log for itself.
inline constexpr std::size_t webhooks_max = 16;

/// Bytes of a secret that is made: as much as the hash gives.
inline constexpr std::size_t webhook_secret_bytes = 32;

/// Types that one webhook may name, of which each may be a family.
inline constexpr std::size_t webhook_types_max = 32;

inline constexpr std::size_t webhook_url_max = 2'048;
inline constexpr std::size_t webhook_description_max = 500;

/// How long a replaced secret may go on signing.
inline constexpr Duration old_secret_time_max{7 * 24 * 3'600'000LL};

}  // namespace limits

/// Why nothing is sent to a webhook. Stored.
enum class WebhookEnd : std::uint8_t {
  none = 0,     ///< It is sent what happens.
  by_hand = 1,  ///< An administrator said so.
  gone = 2,     ///< It answered 410.
  failing = 3   ///< For a day nothing could be delivered.
};

[[nodiscard]] std::string_view name_of(WebhookEnd end);

/// Where a webhook begins: with what happened from a time on, or behind a position of the event
/// feed.
using WebhookStart = std::variant<Timestamp, ChangesPosition>;

/// A webhook as it is kept.
struct Webhook {
  WebhookId id;
  std::string url;
  std::vector<std::string> types;  ///< "cavea.reservation.held", "cavea.offering.*"; empty: all.
  std::string description;
  std::string secret;      ///< Key of the signatures; shown when it is made, never logged.
  std::string old_secret;  ///< Signs, too, until the time below; empty: none.
  Timestamp old_secret_until;
  WebhookEnd end{};
  Timestamp ended_at;
  Timestamp created_at;
  std::uint64_t replays = 0;  ///< Grows with every new `start`.
  std::uint64_t runs = 0;     ///< Grows when it is to be tried at once, whatever failed before.
  WebhookStart start;

  [[nodiscard]] bool is_enabled() const noexcept { return end == WebhookEnd::none; }

  /// What it wants to be told.
  [[nodiscard]] ChangeTypes wanted() const;

  /// What signs at `now`, the newest first.
  [[nodiscard]] std::vector<std::string> secrets_at(Timestamp now) const;

  bool operator==(const Webhook&) const = default;
};

// ---- Commands -----------------------------------------------------------------------------------

struct CreateWebhook {
  std::string url;
  std::vector<std::string> types;
  std::string description;
  std::string secret;
  bool is_enabled = true;
};

/// What is not named stays. To enable one that is enabled tries it at once.
struct ChangeWebhook {
  std::optional<std::string> url;
  std::optional<std::vector<std::string>> types;
  std::optional<std::string> description;
  std::optional<bool> is_enabled;
};

/// The node itself gives it up; nothing when it was enabled again meanwhile.
struct EndWebhook {
  WebhookEnd end{};
  std::uint64_t runs = 0;  ///< As they were when it was found out.
};

struct RotateWebhookSecret {
  std::string secret;
  Duration keep_old;  ///< So long the secret before signs, too.
};

struct ReplayWebhook {
  WebhookStart from;
};

struct DeleteWebhook {};

struct WebhookCommand {
  WebhookId id;
  std::variant<
      CreateWebhook,
      ChangeWebhook,
      EndWebhook,
      RotateWebhookSecret,
      ReplayWebhook,
      DeleteWebhook>
      what;
};

/// What a command makes of a webhook: as it is from now on, nothing when it is gone, or why not.
struct WebhookDecision {
  std::optional<Rejection> refused;
  std::optional<Webhook> webhook;
};

/// `before`: nothing when there is none of that id; `count`: how many there are.
[[nodiscard]] WebhookDecision decide(
    const std::optional<Webhook>& before,
    const WebhookCommand& command,
    std::size_t count,
    Timestamp now);

// ---- What was sent ------------------------------------------------------------------------------

/// What became of an event. Stored.
enum class WebhookDeliveryState : std::uint8_t {
  delivered = 1,
  waiting = 2,  ///< It could not be delivered yet and is tried again.
  failed = 3,   ///< It was tried for a day, and is given up.
  missed = 4    ///< It was not kept any more when it was to be sent; stands for all up to it.
};

[[nodiscard]] std::string_view name_of(WebhookDeliveryState state);

/// A place in the log of a shard: the event's entry and its number in it.
struct WebhookEvent {
  std::uint64_t index = 0;
  std::uint32_t ordinal = 0;

  auto operator<=>(const WebhookEvent&) const = default;
};

/// An event that a webhook was to be told.
struct WebhookDelivery {
  ShardId shard;  ///< Not stored: it is where the record is.
  WebhookEvent event;
  Timestamp at;         ///< When it happened.
  std::string type;     ///< "cavea.reservation.held"; empty: not known any more.
  std::string subject;  ///< The offering or venue; the same.
  WebhookDeliveryState state{};
  std::uint32_t attempts = 0;
  std::uint32_t status = 0;  ///< Of HTTP, of the last attempt; 0: there was no answer.
  std::string detail;        ///< The same: why it failed.
  Duration took;             ///< The same.
  Timestamp last_at;         ///< When it was tried last.
  Timestamp next_at;         ///< Of `waiting`: when it is tried again.

  bool operator==(const WebhookDelivery&) const = default;
};

/// A place in the list of what was sent, which is read from the newest on.
struct WebhookDeliveryCursor {
  Timestamp at;
  ShardId shard;
  WebhookEvent event;

  auto operator<=>(const WebhookDeliveryCursor&) const = default;
};

[[nodiscard]] inline WebhookDeliveryCursor cursor_of(const WebhookDelivery& delivery) {
  return {delivery.at, delivery.shard, delivery.event};
}

// ---- Queries and answers ------------------------------------------------------------------------

struct ListWebhooks {};

struct GetWebhook {
  WebhookId id;
};

/// Newest first.
struct ListWebhookDeliveries {
  WebhookId id;
  std::optional<WebhookDeliveryCursor> after;
  std::uint32_t limit = 50;
};

/// Sends something that did not happen, once, and answers with what came of it.
struct TestWebhook {
  WebhookId id;
  std::string event;  ///< Its id.
  std::shared_ptr<const std::string> body;
};

struct WebhookView {
  Webhook webhook;
  bool has_new_secret = false;  ///< Which is to be shown, this once.
};

struct WebhookPage {
  std::vector<Webhook> webhooks;
};

struct WebhookDeliveryPage {
  std::vector<WebhookDelivery> deliveries;
  std::optional<WebhookDeliveryCursor> next;
};

struct WebhookTested {
  bool is_delivered = false;
  std::uint32_t status = 0;
  std::string detail;
  Duration took;
};

}  // namespace cavea::engine
