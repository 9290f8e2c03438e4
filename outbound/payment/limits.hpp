#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

// Every bound of the payment adapter, with the reason for its number.

namespace cavea::outbound::payment::limits {

/// Requests at the provider at once, and so connections where HTTP/2 is not spoken: at 200 ms each
/// that is 1,200 a second, more than any provider lets an account do.
inline constexpr unsigned under_way_max = 256;

/// Requests that are not answered yet, under way, waiting for their turn or for the next try. At
/// 1 KiB each they take 20 MiB; whoever comes beyond is told at once.
inline constexpr std::size_t unanswered_max = 20'000;

/// To connect, TLS included: a provider that is there does it in a tenth of that.
inline constexpr std::chrono::milliseconds connect_time{4'000};

/// For one try: banks take seconds to answer, and the worst ones ten.
inline constexpr std::chrono::milliseconds attempt_time{15'000};

/// For all tries together, from the request to its answer: the holds of a cart last minutes.
inline constexpr std::chrono::milliseconds total_time{45'000};

/// Tries of one request; more would only queue up at a provider that has trouble already.
inline constexpr unsigned attempts_max = 4;

/// The pause before the second try is up to this, and up to twice as much with every further try.
inline constexpr std::chrono::milliseconds pause_first{250};
inline constexpr std::chrono::milliseconds pause_max{8'000};

/// A connection that nobody used for that long is not used again: less than what load balancers
/// keep one open for.
inline constexpr std::chrono::seconds idle_connection_time{45};

/// An answer that is longer than this is none: 100 payments with everything in them have 300 KiB.
inline constexpr std::size_t answer_bytes = 4 * 1024 * 1024;

/// How far the time in a webhook's signature may be from ours: what Stripe's own libraries take.
inline constexpr std::chrono::minutes notice_tolerance{5};

/// A signature header with two keys and old schemes has 300 bytes.
inline constexpr std::size_t signature_header_bytes = 2 * 1024;

/// A webhook's body: an event has 10 KiB at most.
inline constexpr std::size_t notice_bytes = 256 * 1024;

/// One line in the log for each kind of trouble in this time; the probe counts all of it.
inline constexpr std::chrono::seconds log_pause{10};

}  // namespace cavea::outbound::payment::limits
