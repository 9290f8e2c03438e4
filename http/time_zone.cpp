#include "http/time_zone.hpp"

#include <date/tz.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <limits>
#include <stdexcept>

namespace cavea::http {

namespace {

using std::chrono::floor;
using std::chrono::milliseconds;
using std::chrono::seconds;

const date::time_zone* zone_of(const void* zone) {
  return static_cast<const date::time_zone*>(zone);
}

/// How long an offset holds: asking the database costs a search and a string, so each thread keeps
/// the last answers. A node's venues are in few zones, and changes of offset are months apart.
struct OffsetSpan {
  const void* zone = nullptr;
  std::int64_t begin_s = 1;
  std::int64_t end_s = 0;
  std::int32_t offset_s = 0;
};

/// Systems keep more files beside the zones: those mean another thing on each machine, or nothing.
bool is_zone_of_iana(std::string_view name) {
  return name != "localtime" && name != "posixrules" && name != "Factory"
         && !name.starts_with("posix/") && !name.starts_with("right/");
}

constexpr std::size_t remembered_offsets = 16;

OffsetSpan& remembered(const void* zone) {
  static thread_local std::array<OffsetSpan, remembered_offsets> spans;
  return spans[(reinterpret_cast<std::uintptr_t>(zone) >> 6) % remembered_offsets];
}

}  // namespace

std::optional<TimeZone> TimeZone::find(std::string_view name) {
  // The library would also take links to files outside the database; names are never paths.
  if (name.empty() || name.size() > 64 || name.find("..") != name.npos) return std::nullopt;
  if (!is_zone_of_iana(name)) return std::nullopt;
  try {
    return TimeZone(date::locate_zone(std::string(name)));
  } catch (const std::runtime_error&) {
    return std::nullopt;
  }
}

std::int32_t TimeZone::offset_at(engine::Timestamp time) const {
  if (zone_ == nullptr) return 0;
  const auto at = floor<seconds>(milliseconds(time.ms)).count();
  auto& span = remembered(zone_);
  if (span.zone != zone_ || at < span.begin_s || at >= span.end_s) {
    const auto info = zone_of(zone_)->get_info(date::sys_seconds(seconds(at)));
    span = {
        .zone = zone_,
        .begin_s = info.begin.time_since_epoch().count(),
        .end_s = info.end.time_since_epoch().count(),
        .offset_s = static_cast<std::int32_t>(info.offset.count())};
  }
  return span.offset_s;
}

std::string_view TimeZone::name() const {
  return zone_ == nullptr ? std::string_view("UTC") : std::string_view(zone_of(zone_)->name());
}

std::optional<TimeZone::Moments> TimeZone::moments_of(std::int64_t local_ms) const {
  if (zone_ == nullptr) return Moments{.first = {local_ms}, .second = {}};
  const auto local = date::local_seconds(floor<seconds>(milliseconds(local_ms)));
  const auto info = zone_of(zone_)->get_info(local);
  if (info.result == date::local_info::nonexistent) return std::nullopt;

  const auto moment = [&](const date::sys_info& part) {
    return engine::Timestamp{local_ms - milliseconds(part.offset).count()};
  };
  Moments moments{.first = moment(info.first), .second = {}};
  if (info.result == date::local_info::ambiguous) moments.second = moment(info.second);
  return moments;
}

}  // namespace cavea::http
