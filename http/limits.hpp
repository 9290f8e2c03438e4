#pragma once

#include "engine/ids.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

// Every bound of the HTTP room, with the reason for its number.

namespace cavea::http::limits {

/// Request line and headers together: what nginx and Apache take by default; our largest header is
/// a token of less than 1 KiB.
inline constexpr std::size_t header_bytes = 8 * 1024;

/// Fields in one request: browsers send about 20, a chain of proxies adds 10.
inline constexpr std::size_t header_fields = 64;

/// Bodies of ordinary requests: a claim of 100 named seats needs 2 KiB, a description 20 KiB.
inline constexpr std::size_t body_bytes_default = 64 * 1024;

/// Bodies that block seats: the engine's 10,000 labels of up to 100 bytes.
inline constexpr std::size_t body_bytes_blocks = 1024 * 1024;

/// Notices of the payment provider: an event with its payment has a few KiB, whatever people put
/// into the payment's metadata less than 100.
inline constexpr std::size_t body_bytes_notice = 256 * 1024;

/// Bodies with a seat map, from administrators only: 100,000 seats at 100 bytes and some air.
inline constexpr std::size_t body_bytes_seat_map = 16 * 1024 * 1024;

/// Parameters in a path; the longest route has one.
inline constexpr std::size_t path_parameters = 4;

/// Parameters in a query string; the richest list takes seven.
inline constexpr std::size_t query_parameters = 16;

/// Open connections of the node. Each costs about 6 KiB when idle, so all of them 60 MiB.
inline constexpr std::uint32_t connections = 10'000;

/// Connections above the limit that are still told so politely; the rest are closed at once.
inline constexpr std::uint32_t refusals_in_progress = 128;

/// A kept-alive connection without a request: longer than the pause of a person who looks at a seat
/// map.
inline constexpr std::chrono::milliseconds idle_time{60'000};

/// From the first byte of a request to its last: a phone on a bad line sends 64 KiB in it, a client
/// that trickles bytes to keep connections busy does not last longer.
inline constexpr std::chrono::milliseconds read_time{10'000};

/// For one write to make progress to its end: whoever reads slower than this is gone.
inline constexpr std::chrono::milliseconds write_time{10'000};

/// For the bus to answer: a healthy node needs 3 ms, a change of leader 2 s.
inline constexpr std::chrono::milliseconds answer_time{10'000};

/// After a refusal that leaves unread input: how long we read on, so that the client sees the
/// answer before a reset, and how much.
inline constexpr std::chrono::milliseconds linger_time{2'000};
inline constexpr std::size_t linger_bytes = 1024 * 1024;

/// For everything to end after a request to stop: less than the 5 s the whole node has.
inline constexpr std::chrono::milliseconds drain_time{4'000};

/// How often connections are looked at for the times above: a fortieth of the shortest.
inline constexpr std::chrono::milliseconds tick_time{250};

/// Answers to pipelined requests that are gathered before they are written: one large TCP window.
inline constexpr std::size_t gathered_answer_bytes = 64 * 1024;

/// Bodies up to this are copied behind their header into one buffer, larger ones are written beside
/// it: copying 16 KiB costs less than a second buffer in the system call.
inline constexpr std::size_t copied_body_bytes = 16 * 1024;

/// Buffers larger than this are given back after a request instead of kept with the connection.
inline constexpr std::size_t kept_buffer_bytes = 32 * 1024;

/// Answers shorter than this are never compressed: they fit one packet anyway.
inline constexpr std::size_t compression_bytes_min = 1024;

/// Verified tokens remembered by each I/O thread: the users of a busy minute, 6 MiB. To verify one
/// costs as much as the rest of what HTTP does for a reservation. Those with the same hash share
/// this many places.
inline constexpr std::size_t remembered_tokens = 16'384;
inline constexpr std::size_t remembered_tokens_per_set = 4;

/// A token longer than this is refused unread: ours have less than 400 bytes.
inline constexpr std::size_t token_bytes = 4 * 1024;

/// A user's name in a token: what the engine stores.
inline constexpr std::size_t user_bytes = 128;

/// A request id that a client or proxy gives: a UUID has 36, some proxies use 64.
inline constexpr std::size_t request_id_bytes = 64;

// ---- Seat feed ----------------------------------------------------------------------------------

/// Deltas that a feed keeps for viewers that come back or fall behind: half a minute of a rush.
inline constexpr std::size_t feed_deltas = 1024;

/// Bytes of those deltas: a viewer further behind gets a snapshot, which is smaller by then.
inline constexpr std::size_t feed_delta_bytes = 256 * 1024;

/// Bytes of deltas handed to a viewer's connection at once.
inline constexpr std::size_t feed_write_bytes = 32 * 1024;

/// Between comments on a quiet stream: proxies cut connections after 30 s to 60 s of silence.
inline constexpr std::chrono::milliseconds feed_comment_time{15'000};

/// A feed without viewers stays this long, so that whoever lost the connection can resume.
inline constexpr std::chrono::milliseconds feed_linger_time{30'000};

/// Feeds without viewers that each I/O thread keeps.
inline constexpr std::size_t idle_feeds = 64;

/// When a draining node asks viewers to come back; they spread by themselves over their own delays.
inline constexpr std::chrono::milliseconds feed_retry_time{2'000};

// ---- Event feed ---------------------------------------------------------------------------------

/// Events in one write to a follower: some 100 KiB, which is what it costs to be slow.
inline constexpr std::uint32_t change_stream_events = 200;

/// How long the bus may wait for something to tell: what a quiet stream is kept alive with.
inline constexpr std::chrono::milliseconds change_wait_time{10'000};

/// A stream ends after this time, so that nobody follows with a token that has expired long ago.
inline constexpr std::chrono::milliseconds change_stream_time{3'600'000};

/// After the bus had no time for it, a stream asks again.
inline constexpr std::chrono::milliseconds change_retry_time{1'000};

// ---- Calendars ----------------------------------------------------------------------------------

/// How long the secret address of a calendar is good: who still looks after a year is asked to
/// take a new one.
inline constexpr engine::Duration calendar_link_time{365LL * 24 * 3'600'000};

/// When calendar programs are to look again. They take it as a hint; many have a day of their own.
inline constexpr engine::Duration calendar_refresh_time{3'600'000};

/// Calendars show what ended no longer ago than this.
inline constexpr engine::Duration calendar_past_time{365LL * 24 * 3'600'000};

/// And what was cancelled no longer ago: programs that merge what they read drop it meanwhile.
inline constexpr engine::Duration calendar_cancelled_time{30LL * 24 * 3'600'000};

}  // namespace cavea::http::limits
