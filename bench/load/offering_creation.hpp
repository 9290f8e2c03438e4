#pragma once

#include "bench/load/address.hpp"
#include "bench/load/scenario.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cavea::bench {

/// Creates a venue, without numbered seats when `seat_map` is null. One that is there is kept.
[[nodiscard]] std::optional<Trouble> create_venue(
    const Stage& stage, const std::string& id, const nlohmann::json& seat_map);

/// Creates offerings over all connections, each from a body that `/v1/classes` or
/// `/v1/performances` takes, which `path` says. Those that are there are kept.
[[nodiscard]] std::optional<Trouble> create_offerings(
    const Stage& stage, const std::string& path, const std::vector<std::string>& bodies);

/// What a place costs, in cents; 0: it is free of charge.
using Price = std::int64_t;

/// Of a class in a month from now.
[[nodiscard]] std::string class_body(
    const std::string& id, const std::string& venue, std::uint64_t capacity, Price price = 0);

/// How long places of a performance are held, in seconds.
inline constexpr std::int64_t hold_seconds_usual = 600;

/// Of a performance with the one zone of `House`, in a month from now.
[[nodiscard]] std::string performance_body(
    const std::string& id,
    const std::string& venue,
    Price price = 0,
    std::int64_t hold_seconds = hold_seconds_usual);

}  // namespace cavea::bench
