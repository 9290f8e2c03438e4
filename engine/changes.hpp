#pragma once

#include "engine/definition.hpp"
#include "engine/events.hpp"
#include "engine/ids.hpp"
#include "engine/place_table.hpp"
#include "engine/saga.hpp"
#include "engine/saga_event.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// What happened, for programs outside that follow it: the event feed. Every event of every shard is
// given at least once, those of one offering (or venue, or order) in their order. An order is what
// programs outside know a saga by: a reservation that is paid, or spans several offerings.

namespace cavea::engine {

/// What kind of thing happened. The names are stable; the numbers are not stored.
enum class ChangeType : std::uint8_t {
  offering_created = 0,
  offering_changed,
  offering_cancelled,
  offering_deleted,
  reservation_held,
  reservation_sold,
  reservation_confirmed,
  reservation_expired,
  reservation_places_given_back,
  reservation_cancelled,
  places_blocked,
  places_unblocked,
  venue_created,
  venue_changed,
  venue_deleted,
  reservation_pinned,
  waiting_joined,
  waiting_left,
  waiting_granted,
  waiting_passed_over,
  waiting_closed,
  order_held,
  order_extended,
  order_payment_started,
  order_payment_failed,
  order_paid,
  order_rescued,
  order_confirmed,
  order_places_given_back,
  order_rejected,
  order_expired,
  order_cancelled,
  order_rescue_failed,
  order_refund_asked,
  order_refunded,
  order_exchanged,
  order_exchange_expired,
};

inline constexpr std::size_t change_type_count = 37;

/// "cavea.reservation.held".
[[nodiscard]] std::string_view name_of(ChangeType type);

/// A set of types, a bit each.
struct ChangeTypes {
  std::uint64_t bits = 0;

  [[nodiscard]] static constexpr ChangeTypes all() {
    return {(std::uint64_t{1} << change_type_count) - 1};
  }

  /// The type of that name, or all of a family: "cavea.reservation.*"; nothing when there is none.
  [[nodiscard]] static std::optional<ChangeTypes> named(std::string_view name);

  [[nodiscard]] constexpr bool has(ChangeType type) const {
    return (bits >> static_cast<unsigned>(type) & 1) != 0;
  }

  bool operator==(const ChangeTypes&) const = default;
};

[[nodiscard]] ChangeType change_type_of(const OfferingEvent& event);
[[nodiscard]] ChangeType change_type_of(const VenueEvent& event);
[[nodiscard]] ChangeType change_type_of(SagaEvent event);

/// The reservation that an event is about; null when it is about none.
[[nodiscard]] const ReservationId* reservation_in(const OfferingEvent& event);
[[nodiscard]] ReservationId* reservation_in(OfferingEvent& event);

/// The user that an event names; null when it names none.
[[nodiscard]] const std::string* user_in(const OfferingEvent& event);

/// One thing that happened to an order.
struct OrderEvent {
  SagaEvent what{};
  std::shared_ptr<const Saga> after;       ///< As it was after the step of which this is a part.
  std::vector<DefinitionRef> definitions;  ///< By leg, as they are now; null: not known.
};

/// One thing that happened to an offering, a venue or an order.
struct ChangeEvent {
  // Together these are its name, which never changes: where it is in the log of its shard.
  ShardId shard;
  std::uint64_t index = 0;    ///< Of the entry.
  std::uint32_t ordinal = 0;  ///< Of the event in the entry, from 0.

  Timestamp at;
  ChangeType type{};
  std::variant<OfferingId, VenueId, ReservationId> subject;
  /// The offering's version after it, which grows by one from event to event; the venue's revision,
  /// zero when it was deleted; or the order's version, which grows with every step.
  std::uint64_t version = 0;

  std::variant<OfferingEvent, VenueEvent, OrderEvent> event;

  // Of an offering.
  Revision revision;         ///< After the command that it was part of.
  PlaceCounts counts;        ///< The same.
  DefinitionRef definition;  ///< As it is now; gives places their labels. Null when it is unknown.
  std::string user;          ///< Whose reservation it is about; empty: about none.
};

/// How far somebody has followed the changes: for each shard, up to which entry. One that has more
/// shards than fit is followed in parts.
struct ChangesPosition {
  static constexpr std::uint16_t shards_per_part = 512;

  [[nodiscard]] static constexpr std::uint16_t parts_of(std::uint16_t shard_count) {
    return static_cast<std::uint16_t>((shard_count + shards_per_part - 1) / shards_per_part);
  }

  /// Of the entry behind those that were read, only so many events were.
  struct Within {
    std::uint16_t place = 0;  ///< Of the shard in `read`.
    std::uint32_t events = 0;

    bool operator==(const Within&) const = default;
  };

  std::uint32_t data = 0;           ///< Stands for the data of the node.
  std::uint16_t part = 0;           ///< Its first shard is `part * shards_per_part`.
  std::vector<std::uint64_t> read;  ///< By shard of the part: the last entry that was read.
  std::optional<Within> within;

  bool operator==(const ChangesPosition&) const = default;
};

/// What a follower wants to be told.
struct ChangeFilter {
  ChangeTypes types = ChangeTypes::all();
  /// Only events of these; empty: all, and those of venues and orders.
  std::vector<OfferingId> offerings;

  [[nodiscard]] bool wants(const OfferingId& offering) const;

  /// Events that are of no offering.
  [[nodiscard]] bool wants_others() const noexcept { return offerings.empty(); }
};

}  // namespace cavea::engine
