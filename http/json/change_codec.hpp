#pragma once

#include "engine/changes.hpp"

#include <string>

namespace cavea::http::json {

/// Appends an event of the feed as a CloudEvent (https://cloudevents.io, version 1.0, JSON format
/// in structured mode). Its `id` is made of shard, entry and place in the entry, so it is unique
/// and stays the same; `sequence` (extension) orders the events of one `source`
/// as text.
void append_change(std::string& out, const engine::ChangeEvent& event);

}  // namespace cavea::http::json
