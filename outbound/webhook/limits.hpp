#pragma once

#include <chrono>
#include <cstddef>

namespace cavea::outbound::webhook::limits {

/// Requests on their way, whatever the address; most of those to a slow receiver wait for a
/// connection. So many that one receiver does not take them all from the others.
inline constexpr std::size_t requests_max = 1'024;

/// Connections to one host: all shards of a node together send to it with so many.
inline constexpr unsigned connections_per_host = 32;

/// Calls that are not answered yet, waiting ones included; beyond, the sender is told to come
/// later.
inline constexpr std::size_t unanswered_max = 4'096;

inline constexpr std::chrono::milliseconds connect_time{5'000};

/// Of an answer only the beginning is read, and shown to who looks after the webhook.
inline constexpr std::size_t answer_bytes = 200;

/// Answers are thrown away, but not for ever.
inline constexpr std::size_t answer_bytes_max = 1 << 20;

/// A connection that rests for longer is closed.
inline constexpr std::chrono::seconds idle_connection_time{60};

/// Between two lines of the log that say what failed.
inline constexpr std::chrono::seconds log_pause{10};

}  // namespace cavea::outbound::webhook::limits
