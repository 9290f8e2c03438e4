#pragma once

#include "engine/ids.hpp"
#include "http/json/writer.hpp"
#include "http/time_zone.hpp"

#include <string_view>

namespace cavea::http::json {

/// Writes a member that is a time, as people in `zone` see it.
inline void write_time(
    Writer& writer, std::string_view key, engine::Timestamp time, const TimeZone& zone) {
  auto& out = writer.key(key).place();
  out += '"';
  append_time(out, time, zone);
  out += '"';
  writer.done();
}

}  // namespace cavea::http::json
