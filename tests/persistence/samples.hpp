#pragma once

#include "persistence/record_codec.hpp"
#include "persistence/turn.hpp"

// One value of everything that is stored, with every field set: what the golden files hold.

namespace cavea::test {

inline constexpr engine::ReservationId sample_id{0x019d'f3c8'a1b2'0003, 0x1122'3344'5566'7788};

persistence::Turn sample_turn();
/// Every event of a waiting list.
persistence::Turn sample_waiting_turn();

engine::AnyOf sample_any_of();
engine::WaitingRecord sample_waiting_record();

engine::Reservation sample_reservation();

/// A saga of four legs, one of each kind of claim.
engine::Saga sample_saga();

/// With an exchange under way, after another one.
engine::Saga sample_exchanging_saga();

/// A hold that is pinned, and the saga that pinned it.
persistence::Turn sample_saga_turn();
persistence::OfferingRecord sample_offering_record();
persistence::StoredOutcome sample_outcome();

/// A change of the commonest kind: one free place of a class, with a UUID as idempotency key.
persistence::OfferingChange sample_sale(std::uint64_t number);

}  // namespace cavea::test
