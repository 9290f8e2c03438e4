#pragma once

#include "actors/work.hpp"
#include "cluster/message.hpp"
#include "engine/diary.hpp"
#include "engine/offering.hpp"
#include "engine/saga.hpp"
#include "persistence/state_copy.hpp"
#include "persistence/state_reader.hpp"

#include <caf/all.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// Every message that the actors of a node send each other. All stay inside the process.
//
//   bus -> shard       inbox_atom         works, not yet stamped, lie in the shard's `WorkInbox`
//   shard -> offering  Works              stamped
//   offering -> shard  Decided            the same works with their changes, outcomes or views
//   shard -> offering  rest_atom          give the state back and end
//   offering -> shard  Rested             the state, for the next actor
//   reads -> shard     OfferingPtr        the committed state of an offering that was asked for
//   reads -> shard     Located            the offering of a reservation that was asked for
//   reads -> shard     KeptSince          which turns were kept for long enough
//   shard -> shard     flush_atom         INTERNAL: hand the gathered turn to raft
//   shard -> shard     tick_atom          INTERNAL: raft, deadlines, idle offerings, old keys
//   shard -> saga      Works              requests of people and notices, stamped
//   saga -> shard      SagaDecided        the same works, or one of its own, with their changes
//   shard -> saga      committed_atom, v  the saga is in the log up to its version v
//   saga -> shard      SagaEnds           nothing is left to do
//   offering -> saga   StepAnswered       by way of the bus and `StepAnswers`
//   provider -> saga   key, PaymentAnswer; SagaState::Looked
//   saga -> saga       wake_atom, retry_atom    INTERNAL: a deadline came; take steps again
//   reads -> shard     CarriedFound       what of a cancelled offering sagas still have
//   reads -> shard     ExchangeRead       the places that an exchange names are found
//   reads -> shard     SagaFound          a saga, or the hold that it is to take over
//   shard -> diary     DiaryAsked         may a person have places at that time?
//   diary -> shard     DiaryAnswered, OfferLookedAt
//   reads -> diary     DiaryRead          what stands in the way, if anything does
//   work -> diary      DiaryTurnOver      the next claim of the person may be looked at
//   journal -> shard   persisted_atom, n  the log has everything up to the shard's n-th write
//   journal -> shard   settled_atom, n    the state has everything up to the n-th
//   journal -> replica recovered_atom, t  the state has all that was in the log before term t
//   node -> replica    open_atom          start from the store
//   replica -> leader  open_atom          the log is this actor's now
//   peer -> either     PeerMessage        from a replica of the shard on another node
//   peer -> replica    CopyCame           a part of a copy of the state
//   journal -> replica CopyStored         it is in the state
//   leader -> leader   follow_atom        INTERNAL: the lead is lost, hand the log over

namespace cavea::actors {

/// What came for one offering during one message to its shard, in order.
struct Works {
  std::vector<WorkPtr> works;
};

struct Decided {
  std::vector<WorkPtr> works;
  engine::OfferingId offering;
};

/// The offering of a reservation was found in the store.
struct Located {
  WorkPtr work;
  engine::OfferingId offering;
  std::optional<engine::ReservationId> saga;  ///< That carries it.
};

/// What is kept of a shard's log when older turns are let go of.
struct KeptSince {
  std::uint64_t first = 0;
  std::optional<engine::Timestamp> at;  ///< When the first was made; nothing: there is none.
};

/// The state of an offering without an actor.
using OfferingPtr = std::shared_ptr<engine::Offering>;

/// The newest state of an offering, as its actor leaves it.
struct Rested {
  OfferingPtr offering;
};

struct SagaDecided {
  std::vector<WorkPtr> works;
  engine::ReservationId saga;
};

struct SagaEnds {
  engine::ReservationId saga;
};

/// What the store has under an id: a saga, or a hold without one, or neither.
struct SagaFound {
  engine::ReservationId id;
  std::optional<engine::Saga> saga;
  std::optional<engine::LegView> hold;
  std::optional<engine::DiaryQuestion> question{};  ///< To be asked before it takes the hold over.
};

/// An exchange, with the places that it names.
struct ExchangeRead {
  WorkPtr work;
  std::optional<engine::Refusal> refusal;  ///< They are none of the reservation's.
};

/// What of a cancelled offering sagas still have: they are told before the rest is given back.
struct CarriedFound {
  persistence::Deadline sweep;
  std::vector<engine::Reservation> carried;
};

/// A diary was asked for a work: why it cannot be, or the turn to go on.
struct DiaryAnswered {
  WorkPtr work;
  engine::OfferingId offering;
  std::optional<engine::Refusal> refusal;
  DiaryTurnPtr turn;
};

/// The same for an offer that a saga is to take over.
struct OfferLookedAt {
  SagaFound found;
  std::optional<engine::Refusal> refusal;
};

/// A replica of the shard on another node, `message.peer`, says something.
struct PeerMessage {
  cluster::Message message;
};

/// A part of a copy of the state came from another node, or nothing.
struct CopyCame {
  std::uint64_t copy = 0;
  bool is_first = false;
  std::shared_ptr<persistence::StatePart> part;  ///< Null: there is none.
};

/// A part was put into the state.
struct CopyStored {
  std::uint64_t copy = 0;
  std::string next;  ///< As `StatePart::next`.
  std::uint64_t applied = 0;
};

/// The actor of a saga died; it is to be loaded again.
struct SagaAgain {
  engine::ReservationId saga;
};

using inbox_atom = caf::atom_constant<caf::atom("inbox")>;
using rest_atom = caf::atom_constant<caf::atom("rest")>;
using flush_atom = caf::atom_constant<caf::atom("flush")>;
using tick_atom = caf::atom_constant<caf::atom("tick")>;
using persisted_atom = caf::atom_constant<caf::atom("persisted")>;
using settled_atom = caf::atom_constant<caf::atom("settled")>;
using recovered_atom = caf::atom_constant<caf::atom("recovered")>;
using open_atom = caf::atom_constant<caf::atom("open")>;
using follow_atom = caf::atom_constant<caf::atom("follow")>;
using committed_atom = caf::atom_constant<caf::atom("committed")>;
using wake_atom = caf::atom_constant<caf::atom("wake")>;
using retry_atom = caf::atom_constant<caf::atom("retry")>;

}  // namespace cavea::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::Works)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::Decided)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::Located)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::OfferingPtr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::Rested)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::SagaDecided)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::SagaEnds)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::ExchangeRead)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::SagaFound)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::DiaryAnswered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::OfferLookedAt)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::SagaAgain)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::CarriedFound)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::KeptSince)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::PeerMessage)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::CopyCame)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::CopyStored)
