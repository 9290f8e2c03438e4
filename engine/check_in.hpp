#pragma once

#include "engine/definition.hpp"
#include "engine/ids.hpp"
#include "engine/rejection.hpp"
#include "engine/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Who goes in and out by which ticket. A ticket is one place of one booking; its signature and
// whether its place is still sold are looked at before.

namespace cavea::engine {

/// Stored and served: numbers and names never change.
enum class Passage : std::uint8_t { entry = 1, exit = 2 };

/// "entry".
[[nodiscard]] std::string_view name_of(Passage passage);
[[nodiscard]] std::optional<Passage> passage_from(std::string_view name);

/// One ticket shown at a door.
struct Scan {
  Passage passage = Passage::entry;
  std::string nonce;  ///< 1 to 64 bytes, made by the door: the same scan sent again has the same.
  std::string gate;   ///< Up to 64 bytes.
  Timestamp at;

  bool operator==(const Scan&) const = default;
};

/// What a ticket was used for.
struct TicketUse {
  bool is_inside = false;
  std::uint32_t entries = 0;
  std::vector<Scan> scans;  ///< The newest last, `scans_max` of them.

  /// A door that sends a scan again after so many others of the ticket is not known any more.
  static constexpr std::size_t scans_max = 32;

  bool operator==(const TicketUse&) const = default;
};

/// How many people came by ticket to an offering.
struct CheckIns {
  std::uint32_t inside = 0;   ///< Now.
  std::uint32_t entered = 0;  ///< Ever, each ticket once.

  bool operator==(const CheckIns&) const = default;
};

/// A scan is to be taken down. Its time is the shard's.
struct CheckIn {
  OfferingId offering;
  ReservationId booking;  ///< In the offering.
  Place place;
  Scan scan;
};

struct GetCheckIns {
  OfferingKind kind{};
  OfferingId offering;
};

/// The scan as it was taken down, and what came of it.
struct CheckInView {
  Scan scan;
  std::uint32_t entries = 0;  ///< Of this ticket.
  CheckIns check_ins;         ///< Of the offering.
  bool replayed = false;      ///< The same scan was taken down before.
};

struct CheckInsView {
  CheckIns check_ins;
};

/// The use with `scan` in it. Refused with `ticket_is_inside` and `ticket_is_outside` (`at`: since
/// when) and with `check_in_nonce_reused`. A scan that was taken down before changes nothing.
[[nodiscard]] Result<TicketUse, Refusal> use_ticket(const TicketUse& use, const Scan& scan);

/// The scan with that nonce; null when it is none of the newest.
[[nodiscard]] const Scan* find_scan(const TicketUse& use, std::string_view nonce);

/// The counts after a ticket's use went from `before` to `after`.
[[nodiscard]] CheckIns count_use(CheckIns counts, const TicketUse& before, const TicketUse& after);

}  // namespace cavea::engine
