#pragma once

#include <chrono>
#include <cstddef>

// Every bound of the mail adapter, with the reason for its number.

namespace cavea::outbound::mail::limits {

/// Connections to the mail server at once: what most of them allow to one host without complaint.
inline constexpr unsigned connections_max = 8;

/// Mails that wait or are under way. Each is written only when its turn comes, so one that waits
/// costs a few hundred bytes; whoever comes beyond is told to come again.
inline constexpr std::size_t unanswered_max = 4'096;

/// To connect, TLS included.
inline constexpr std::chrono::milliseconds connect_time{10'000};

/// For one mail, from the connection to the server's word that it has it: servers that look into
/// what they take need a while, and RFC 5321 (4.5.3.2) asks for patience.
inline constexpr std::chrono::milliseconds attempt_time{120'000};

/// A connection that nobody used for that long is not used again: servers close them after minutes.
inline constexpr std::chrono::seconds idle_connection_time{45};

/// Tickets that a mail carries: each is a picture of 2 KiB twice, and 2 ms of work. A coach party
/// finds the others where the mail leads to.
inline constexpr std::size_t tickets_max = 20;

/// Of what a server says, in what people read.
inline constexpr std::size_t reply_length_max = 200;

/// A template that is longer is another file.
inline constexpr std::size_t template_bytes_max = 256 * 1024;

/// One line in the log about trouble in this time.
inline constexpr std::chrono::seconds log_pause{10};

}  // namespace cavea::outbound::mail::limits
