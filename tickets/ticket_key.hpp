#pragma once

#include "engine/result.hpp"
#include "tickets/calendar_link.hpp"
#include "tickets/ticket.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace cavea::tickets {

/// One sentence about a key.
struct KeyFault {
  std::string text;
};

/// A new private key on the curve P-256, as PEM (PKCS #8); nothing when the system gives no random
/// numbers.
[[nodiscard]] std::optional<std::string> make_private_key();

/// Signs tickets, so that a door knows them by the public key alone, without a network: JSON Web
/// Signatures in compact form (RFC 7515) by ES256. Immutable; any thread.
class TicketKey {
 public:
  /// `pem`: the private key.
  [[nodiscard]] static engine::Result<TicketKey, KeyFault> from(std::string pem);

  /// The token of a ticket. It says `aud` "ticket", `sub` the holder, `jti` the place in the
  /// offering, which is one person's way in, and what a door shows: `reservation`, `offering`,
  /// `item`, `number`, `seat` (not in a class) and `start` (seconds since 1970). It does not end by
  /// itself. Signed anew each time, so that two tokens of a ticket differ.
  [[nodiscard]] std::string sign(const Ticket& ticket) const;

  /// The ticket in a token that this key signed; nothing for all else.
  [[nodiscard]] std::optional<Ticket> verify(std::string_view token) const;

  /// The token of a calendar's address: `aud` "calendar", `sub`, `epoch` and `exp`. Signed anew
  /// each time, so that two of one calendar differ.
  [[nodiscard]] std::string sign(const CalendarLink& link) const;

  /// What is in a token that this key signed, until it ends; nothing for all else.
  [[nodiscard]] std::optional<CalendarLink> verify_calendar(
      std::string_view token, engine::Timestamp now) const;

  /// The public key as a JSON Web Key Set (RFC 7517).
  [[nodiscard]] const std::string& public_keys() const noexcept { return public_keys_; }

  /// The public key as PEM.
  [[nodiscard]] const std::string& public_pem() const noexcept { return public_pem_; }

 private:
  TicketKey() = default;

  std::string private_pem_;
  std::string public_pem_;
  std::string public_keys_;
  std::string id_;  ///< The key's thumbprint (RFC 7638): `kid` in tokens and in the key set.
};

}  // namespace cavea::tickets
