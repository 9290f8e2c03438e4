#pragma once

#include "engine/command_bus.hpp"

#include <string>
#include <string_view>
#include <vector>

// The seat feed as Server-Sent Events
// (https://html.spec.whatwg.org/multipage/server-sent-events.html): one block of lines an event,
// its `id` the version of the offering.

namespace cavea::http {

/// `event: snapshot` with the states of all places that are not free.
void append_snapshot_event(
    std::string& out,
    engine::Version version,
    const engine::OfferingDefinition& definition,
    const std::vector<engine::PlaceState>& states);

/// `event: delta` with the new states of the places that changed.
void append_delta_event(
    std::string& out, const engine::SeatDelta& delta, const engine::OfferingDefinition& definition);

/// `event: map`: fetch the map again; a snapshot follows.
void append_map_event(std::string& out, engine::Version version);

/// `event: end`: the performance is gone, do not come back.
void append_end_event(std::string& out, std::string_view reason);

/// `retry:`: how long a viewer that lost the connection waits before it comes back.
void append_retry(std::string& out, std::uint64_t milliseconds);

/// A comment, which viewers ignore and proxies count as life.
inline constexpr std::string_view comment_event = ":\n\n";

}  // namespace cavea::http
