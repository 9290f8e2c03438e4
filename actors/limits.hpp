#pragma once

#include "persistence/shard_write.hpp"

#include <cstddef>
#include <cstdint>

namespace cavea::actors::limits {

/// Commands and live queries that one shard has taken and not answered. At a full load of 60,000/s
/// it is a fifteenth of a second of work: more would only wait longer. It is well below the
/// connections of a node (`http/limits.hpp`), each of which has one request on its way: a limit
/// that they cannot reach would never turn anybody away.
inline constexpr std::int64_t shard_work_max = 4'096;

/// Works that a shard takes up with one message; bounds how long others wait for it, and how many
/// claims an offering decides in one go.
inline constexpr std::size_t works_per_message_max = 256;

/// Claims of one person whose diary is asked, one after the other: nobody keeps a shard full alone.
inline constexpr std::size_t diary_line_max = 32;

/// Reads (lists, records) of the node that wait for a reader thread; below its connections for the
/// same reason.
inline constexpr std::size_t reads_max = 4'096;

/// Raft entries of a shard handed to the journal and not on the disk. The journal syncs all that
/// wait together, so a turn should wait behind no more than one sync; beyond this they gather, so
/// that a slow disk makes entries larger, not more.
inline constexpr std::uint32_t appends_in_flight_max = 4;

/// Bytes of a shard's committed entries that the state does not have yet; while there are more, its
/// turns wait. The state may lag behind the log in a rush, by memory of ten times this, not for
/// ever.
inline constexpr std::size_t unsettled_bytes_max = 1 << 20;

/// Bytes of one raft entry after which a turn takes no further change; the rest waits for the next.
inline constexpr std::size_t entry_bytes_target = 1 << 20;

/// Changes of one turn; bounds the time of one flush to a few milliseconds.
inline constexpr std::size_t changes_per_turn_max = 4'096;

/// A shard's log is cut when it has grown by this much since the last mark (it is in memory, too)
/// ...
inline constexpr std::uint64_t entries_between_snapshots = 32'768;
inline constexpr std::uint64_t bytes_between_snapshots = 16 << 20;

/// ... or tries to be: where the state is not in tables yet, it is tried again after so many
/// entries.
inline constexpr std::uint64_t entries_between_cuts_min = 8'192;

/// ... and keeps this many entries before the mark, so that a replica that is a little behind can
/// still be served from the log.
inline constexpr std::uint32_t trailing_entries = persistence::entries_before_mark;

/// Bytes of a shard's newest entries that stay in memory for replicas that lack them; they are sent
/// older ones from the store.
inline constexpr std::size_t recent_bytes_max = 1 << 20;

/// Bytes of state in one part of a copy for another node.
inline constexpr std::size_t state_part_bytes_max = 192 << 10;

/// Copies that a node gives to others at a time, and how long one is kept that nobody goes on with:
/// each keeps old tables on the disk.
inline constexpr std::size_t state_copies_max = 8;
inline constexpr std::int64_t state_copy_idle_ms = 60'000;

/// A copy that came to nothing is begun again after this time, and one of which a part does not
/// come.
inline constexpr std::int64_t state_copy_again_ms = 1'000;
inline constexpr std::int64_t state_part_wait_ms = 10'000;

/// Bytes of entries in one message to another replica, and what is read of the store for it.
inline constexpr std::size_t append_bytes_max = 192 << 10;

/// Offerings of a node in memory, evenly over its shards. Who asks for more within the idle time is
/// told to come back: a crawler must not fill the memory.
inline constexpr std::size_t offerings_loaded_max = 262'144;

/// How often a shard looks at its clocks (raft, deadlines): half of what a hold may be late.
inline constexpr std::int64_t tick_ms = 40;

/// How often who leads a shard looks whether those have it who should.
inline constexpr std::int64_t members_look_ms = 200;

/// Leadership is offered to who should have it no more often than this.
inline constexpr std::int64_t transfer_again_ms = 5'000;

/// How often a shard looks for idle offerings.
inline constexpr std::int64_t idle_scan_ms = 1'000;

/// How often a shard forgets old idempotency keys.
inline constexpr std::int64_t purge_ms = 5'000;

/// How long, and how many of a shard, refusals are remembered under their keys: longer than a
/// request that its client gave up may still be on its way.
inline constexpr std::int64_t refusals_remembered_ms = 60'000;
inline constexpr std::size_t refusals_remembered_max = 10'000;

/// Between two times that those are woken who wait for turns to read: each reads all shards then,
/// which costs a tenth of a millisecond, and people do not see the difference.
inline constexpr std::int64_t feed_wake_ms = 20;

/// Turns, and bytes of their entries, that one page of the event feed looks at: some 20 ms of a
/// reader thread. Where few events match, a page is short and leads on.
inline constexpr std::size_t change_entries_max = 5'000;
inline constexpr std::size_t change_bytes_max = 4 << 20;

/// Followers of the event feed that wait for something to happen, and how long one request may.
inline constexpr std::size_t followers_max = 1'024;
inline constexpr std::int64_t follower_wait_ms_max = 60'000;

/// How finely old entries are let go of: a hundredth of the time that they are kept for, so that
/// few ranges are removed; and how often a shard looks at least.
inline constexpr std::int64_t kept_parts = 100;
inline constexpr std::int64_t kept_look_ms_max = 60'000;

/// Those who wait in front of inboxes: people with my page open. Each is a kilobyte.
inline constexpr std::size_t inbox_waiters_max = 10'000;

/// After this a deadline is tried again that an actor died with.
inline constexpr std::int64_t wake_again_ms = 1'000;

/// How long a step of a saga waits that could not be carried out: at first, and at most.
inline constexpr std::int64_t saga_retry_ms = 100;
inline constexpr std::int64_t saga_retry_max_ms = 30'000;

/// How long a refund is asked for again and again without a look at the payment: half of what a
/// provider keeps its keys for, after which the same refund would be carried out again.
inline constexpr std::int64_t refund_key_trusted_ms = 12 * 3'600'000;

/// How many sagas are told at once that an offering was cancelled, and how often in all; what they
/// have not given back then goes with the rest.
inline constexpr std::size_t sagas_told_at_once = 500;
inline constexpr std::uint32_t sagas_told_max = 1'000;

/// Turns, and bytes of their entries, of which a notification actor tells in one step: some hundred
/// reservations, a few milliseconds of a reader thread.
inline constexpr std::size_t notified_turns_max = 64;
inline constexpr std::size_t notified_bytes_max = 32 << 10;

/// While more works than this are on their way in its shard, a notification actor pauses after each
/// step: people who reserve come first, and yet a thousand a second are told.
inline constexpr std::int64_t notification_waits_above = 8;
inline constexpr std::int64_t notification_pause_ms = 500;

/// Entries without anything to tell after which the position is kept anyway, so that the log can be
/// cut.
inline constexpr std::uint64_t unkept_entries_max = 4'096;

/// How often a notification actor looks for reminders and mails that are due, and how many of an
/// offering's people it tells in one step.
inline constexpr std::int64_t notification_tick_ms = 500;
inline constexpr std::size_t told_of_a_round_max = 500;

/// Mails of a shard on their way; how long the first repetition waits, later ones at most, and
/// after how many attempts (about a day) it is given up.
inline constexpr std::size_t mails_sending_max = 16;
inline constexpr std::int64_t mail_retry_ms = 60'000;
inline constexpr std::int64_t mail_retry_max_ms = 4 * 3'600'000;
inline constexpr std::uint32_t mail_attempts_max = 14;

/// Events of a webhook that a shard has read and not settled: half of them are read at a time.
inline constexpr std::uint32_t webhook_window = 256;

/// Requests of a shard to one webhook on their way, each about another offering.
inline constexpr std::size_t webhook_sending_max = 8;

/// Of what was sent to a webhook each shard remembers so much; the rest is removed whenever so much
/// came to it.
inline constexpr std::size_t webhook_rows_max = 1'000;
inline constexpr std::size_t webhook_rows_before_trim = 200;

/// After this the place of a webhook that is told nothing is kept anyway: long before the log that
/// is held for it is let go of.
inline constexpr std::int64_t webhook_place_kept_ms = 3'600'000;

/// Bytes of what is remembered of a failure.
inline constexpr std::size_t webhook_detail_max = 300;

/// Reservations that are counted in one piece for the progress of an offering: a few milliseconds.
inline constexpr std::size_t progress_at_once = 1'000;

/// Money is counted over so many sagas in one piece, so that other reads come between, and anew
/// after a minute, or after so many times what the count took: it takes a fiftieth of a reader.
inline constexpr std::size_t money_counted_at_once = 500;
inline constexpr std::int64_t money_count_ms = 60'000;
inline constexpr std::int64_t money_count_pause_times = 50;

/// How often reconciliation looks at the clock; how long it waits after a start of the node, which
/// has more to do then; and after a run that the provider did not let come to its end.
inline constexpr std::int64_t reconciliation_tick_ms = 500;
inline constexpr std::int64_t reconciliation_first_ms = 5 * 60'000;
inline constexpr std::int64_t reconciliation_pause_ms = 60'000;

/// Between two pages of payments, or pieces of sagas: people who read come first. Half a million
/// payments a run are compared in two minutes all the same.
inline constexpr std::int64_t reconciliation_piece_ms = 20;

/// Events of a shard on their way to the sink at once: one batch.
inline constexpr std::uint32_t sink_batch = 1'000;

/// The place of the sink is kept no more often; after a crash what was sent since is sent again.
inline constexpr std::int64_t sink_place_kept_ms = 1'000;

/// Between two looks at the clock; and before a batch that was not taken is sent again: up to this,
/// twice as long each time.
inline constexpr std::int64_t sink_tick_ms = 250;
inline constexpr std::int64_t sink_pause_max_ms = 30'000;

/// How often those who send to webhooks look at the clock, and how often at what the log must keep
/// for them: no more than they try an event for.
inline constexpr std::int64_t webhook_tick_ms = 250;
inline constexpr std::int64_t webhook_hold_look_ms = 60'000;

/// What `Node::stop` waits for answers on their way.
inline constexpr std::int64_t drain_ms = 4'000;

/// Reservations that the calendar of a person shows, the newest: three years of a class a day.
inline constexpr std::size_t calendar_reservations_max = 1'000;

}  // namespace cavea::actors::limits
