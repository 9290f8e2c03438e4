#pragma once

#include "actors/work.hpp"
#include "engine/offering.hpp"

#include <caf/all.hpp>

#include <memory>

// Every message that the actors of a node send each other. All stay inside the process.
//
//   bus -> shard       WorkPtr            a command or live query, not yet stamped
//   shard -> offering  WorkPtr            stamped
//   offering -> shard  Decided            the same work with its change, outcome or view
//   reads -> shard     OfferingPtr        the committed state of an offering that was asked for
//   reads -> shard     Located            the offering of a reservation that was asked for
//   shard -> shard     flush_atom         INTERNAL: hand the gathered turn to raft
//   shard -> shard     tick_atom          INTERNAL: raft, deadlines, idle offerings, old keys
//   journal -> shard   written_atom, n    everything up to the shard's n-th write is in the store
//   node -> shard      open_atom          start from the store

namespace cavea::actors {

struct Decided {
  WorkPtr work;
  engine::OfferingId offering;
};

/// The offering of a reservation was found in the store.
struct Located {
  WorkPtr work;
  engine::OfferingId offering;
};

/// The committed state of an offering, on its way to become an actor.
using OfferingPtr = std::shared_ptr<engine::Offering>;

using flush_atom = caf::atom_constant<caf::atom("flush")>;
using tick_atom = caf::atom_constant<caf::atom("tick")>;
using written_atom = caf::atom_constant<caf::atom("written")>;
using open_atom = caf::atom_constant<caf::atom("open")>;

}  // namespace cavea::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::WorkPtr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::Decided)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::Located)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::OfferingPtr)
