#pragma once

#include "engine/measure.hpp"
#include "engine/reconciliation.hpp"
#include "engine/rejection.hpp"

#include <array>
#include <cstdint>

namespace cavea::actors {

/// What the actors count, over all shards of the node; read by the exporter of metrics.
struct ActorsProbe {
  // Commands and their outcomes. A claim is a `HoldPlaces`.
  engine::Counter claims_held;
  engine::Counter claims_sold;
  engine::Counter claims_replayed;
  std::array<engine::Counter, 256> claims_refused;  ///< By the number of the rejection.
  engine::Counter commands;                         ///< All commands, claims included.
  std::array<engine::Counter, 256> commands_refused;

  // Waiting lists.
  engine::Counter waiting_joined;
  engine::Counter waiting_granted;
  engine::Counter waiting_ended;  ///< Left or withdrawn.

  // Places of all offerings of the node by state.
  engine::Gauge places_free;
  engine::Gauge places_held;
  engine::Gauge places_sold;
  engine::Gauge places_blocked;

  // Actors and queues.
  engine::Gauge offerings_loaded;   ///< Their state is in memory.
  engine::Gauge offerings_at_rest;  ///< Of those, the ones without an actor.
  engine::Counter offerings_activated;
  engine::Counter offerings_passivated;
  engine::Counter offerings_restarted;  ///< Came back after their actor died.
  engine::Gauge commands_waiting;       ///< Taken by a shard, not answered yet.
  engine::Gauge reads_waiting;
  engine::Gauge feeds;  ///< Seat feed subscriptions.

  // Sagas.
  engine::Gauge sagas_open;
  engine::Counter saga_steps;    ///< Asked of offerings and of the provider.
  engine::Counter saga_retries;  ///< Steps that could not be carried out and are tried again.

  // Reconciliation.
  engine::Counter payments_reconciled;  ///< Compared with a saga.
  std::array<engine::Counter, engine::payment_difference_count> payments_different;  ///< By kind.
  std::array<engine::Counter, engine::payment_repair_count>
      payments_repaired;              ///< By what was done.
  engine::Gauge payments_unrepaired;  ///< Of the last run that came to its end.
  engine::Counter reconciliations_done;
  engine::Counter reconciliations_failed;
  engine::Gauge reconciled_at_ms;  ///< When the last run came to its end; 0: none did.

  // Notifications.
  engine::Counter notifications;  ///< In an inbox.
  engine::Counter mails_delivered;
  engine::Counter mails_postponed;  ///< Attempts that are to be repeated.
  engine::Counter mails_given_up;   ///< Dead letters.
  engine::Gauge mails_sending;

  // Webhooks.
  engine::Counter webhook_delivered;
  engine::Counter webhook_postponed;  ///< Attempts that are to be repeated.
  engine::Counter webhook_given_up;
  engine::Counter webhook_missed;  ///< Not kept any more when they were to be sent.
  engine::Gauge webhook_events_pending;
  engine::Gauge webhooks_enabled;
  engine::Gauge webhooks_disabled;

  // The sink that all events go to.
  engine::Counter sink_taken;
  engine::Counter sink_repeated;  ///< Events of batches that were not taken and are sent again.
  engine::Counter sink_missed;    ///< Times that events were not kept any more when they were due.
  engine::Gauge sink_entries_behind;

  // Deadlines.
  engine::Gauge holds_open;
  engine::Histogram expiry_delay_us;  ///< From the deadline to the expiry's commit.

  // Consensus.
  engine::Counter entries;  ///< Raft entries appended.
  engine::Counter entry_bytes;
  engine::Histogram commit_us;  ///< From handing an entry to the journal to its commit.
  engine::Gauge shards_leading;
  engine::Counter copies_begun;  ///< Of the state of a shard, from another node.
  engine::Counter copies_installed;
  engine::Counter peer_messages_refused;  ///< Of other replicas, that no correct one sends.
  engine::Counter snapshots;
  engine::Gauge turns_kept;  ///< Entries that readers of the logs can be given.
};

}  // namespace cavea::actors
