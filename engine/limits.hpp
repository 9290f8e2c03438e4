#pragma once

#include "engine/ids.hpp"

#include <cstddef>
#include <cstdint>

namespace cavea::engine::limits {

/// Seats of one venue: twice the largest stadium; a 30-bit place index would allow more.
inline constexpr std::uint32_t seats_max = 250'000;

/// Places of one class. Benchmarks sell millions on one class; memory grows with what is sold.
inline constexpr std::uint32_t capacity_max = 50'000'000;

/// Places of one reservation: a coach party. Keeps one event far below the size of a log entry.
inline constexpr std::uint32_t places_per_reservation_max = 100;

/// Places of one block or unblock command.
inline constexpr std::uint32_t places_per_block_max = 10'000;

/// How long a hold may last. Beyond a day it is a reservation that nobody pays for.
inline constexpr Duration hold_time_min{1'000};
inline constexpr Duration hold_time_max{24 * 3'600'000};
inline constexpr Duration hold_time_default{10 * 60'000};

/// Texts of a definition, in bytes of UTF-8.
inline constexpr std::size_t title_length_max = 200;
inline constexpr std::size_t description_length_max = 10'000;
inline constexpr std::size_t reason_length_max = 200;
inline constexpr std::size_t label_length_max = 40;
inline constexpr std::size_t user_length_max = 128;

/// Faults that one answer lists: nobody reads more, and a wrong seat map could have one for each
/// seat.
inline constexpr std::size_t faults_max = 100;

/// Price of one place in minor units: a hundred of them stay far inside 64 bits.
inline constexpr std::int64_t price_max = 1'000'000'000'000;

/// How long before the start a cancellation cut-off may lie: a year.
inline constexpr Duration cancellation_cutoff_max{366LL * 24 * 3'600'000};

/// Steps of a refund policy: the longest that houses print has five.
inline constexpr std::size_t refund_steps_max = 10;

/// Times of a definition: up to 2100-01-01, so that deadlines fit into 32 bits of seconds.
inline constexpr Timestamp time_max{4'102'444'800'000};

/// Zones and sections of a seat map.
inline constexpr std::size_t zones_max = 200;
inline constexpr std::size_t sections_max = 1'000;

/// Reservations that one sweep command gives back after an offering was cancelled.
inline constexpr std::uint32_t sweep_batch = 500;

/// Legal alternatives that a refused selection carries.
inline constexpr std::size_t alternatives_max = 3;

/// Parties on the waiting list of one offering: more than a large house has seats to give back.
inline constexpr std::size_t waiting_parties_max = 10'000;

/// Offerings that one wish may name.
inline constexpr std::size_t offerings_per_wish_max = 10;

/// After so many later parties were served before a party, places are kept for it ...
inline constexpr std::uint32_t passed_over_max = 3;

/// ... until so long before the start or the end of the sale: then anybody may have them, so that
/// they do not stay empty.
inline constexpr Duration kept_until_before{2 * 3'600'000};

/// How long an offer lasts, unless the holds of the offering last longer.
inline constexpr Duration offer_time{15 * 60'000};

}  // namespace cavea::engine::limits
