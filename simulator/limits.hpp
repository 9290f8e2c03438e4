#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

// Every bound of the payment simulator, with the reason for its number.

namespace cavea::simulator::limits {

inline constexpr std::size_t header_bytes = 16 * 1024;

/// The API's largest request, with all metadata, has 30 KiB.
inline constexpr std::size_t body_bytes = 64 * 1024;

/// Fields of a form: 50 entries of metadata and some more.
inline constexpr std::size_t form_fields = 100;

/// As Stripe has them (https://docs.stripe.com/api/metadata).
inline constexpr std::size_t metadata_entries = 50;
inline constexpr std::size_t metadata_name_bytes = 40;
inline constexpr std::size_t metadata_value_bytes = 500;
inline constexpr std::size_t idempotency_key_bytes = 255;
inline constexpr std::int64_t amount_max = 99'999'999;
inline constexpr std::uint32_t page_max = 100;
inline constexpr std::uint32_t page_default = 10;

/// No scripted delay is longer.
inline constexpr std::uint32_t delay_ms_max = 600'000;

/// How long a payment is `processing` before it is known how it ends.
inline constexpr std::chrono::milliseconds processing_time{1'000};

/// Webhooks that are not delivered yet. At 1.5 KiB each they take 1.5 GiB; later ones are lost, and
/// counted.
inline constexpr std::size_t webhooks_waiting_max = 1'000'000;

/// Webhooks on their way at once, each over a connection of its own.
inline constexpr unsigned webhook_connections = 16;

/// For one delivery, and between its tries: up to twice as long with every try.
inline constexpr std::chrono::milliseconds webhook_time{10'000};
inline constexpr std::chrono::milliseconds webhook_pause_first{250};
inline constexpr std::chrono::milliseconds webhook_pause_max{30'000};

/// An answer to a webhook is thrown away; one longer than this is an error.
inline constexpr std::size_t webhook_answer_bytes = 64 * 1024;

}  // namespace cavea::simulator::limits
