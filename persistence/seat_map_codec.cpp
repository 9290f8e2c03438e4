#include "persistence/seat_map_codec.hpp"

#include <xxhash.h>

#include <algorithm>
#include <cstring>
#include <unordered_set>
#include <utility>

namespace cavea::persistence {

namespace {

using engine::SeatMap;

enum TraitBit : std::uint8_t {
  accessible_bit = 1,
  companion_bit = 2,
  restricted_view_bit = 4,
  aisle_after_bit = 8,
  retired_bit = 16,
  all_bits = 31,
};

std::uint8_t bits_of(const engine::SeatTraits& traits) {
  return static_cast<std::uint8_t>(
      (traits.accessible ? accessible_bit : 0) | (traits.companion ? companion_bit : 0)
      | (traits.restricted_view ? restricted_view_bit : 0)
      | (traits.aisle_after ? aisle_after_bit : 0) | (traits.retired ? retired_bit : 0));
}

engine::SeatTraits traits_of(std::uint8_t bits) {
  return {
      .accessible = (bits & accessible_bit) != 0,
      .companion = (bits & companion_bit) != 0,
      .restricted_view = (bits & restricted_view_bit) != 0,
      .aisle_after = (bits & aisle_after_bit) != 0,
      .retired = (bits & retired_bit) != 0};
}

std::int32_t coordinate(Decoder& in, std::int32_t base) {
  const auto value = base + in.svarint();
  if (value < INT32_MIN || value > INT32_MAX) in.fail();
  return static_cast<std::int32_t>(value);
}

/// Neighbours are near each other in every respect, so a seat is stored as what differs from the
/// seat before it.
void encode_seat(Encoder& out, const engine::Seat& seat, const engine::Seat& before) {
  out.delta(seat.row, before.row);
  out.varint(seat.zone);
  out.varint(seat.rank);
  out.u8(bits_of(seat.traits));
  out.svarint(static_cast<std::int64_t>(seat.at.x) - before.at.x);
  out.svarint(static_cast<std::int64_t>(seat.at.y) - before.at.y);
  out.text(seat.number);
}

engine::Seat decode_seat(Decoder& in, const engine::Seat& before) {
  engine::Seat seat;
  const auto row = in.delta(before.row);
  if (row > UINT32_MAX) in.fail();
  seat.row = static_cast<std::uint32_t>(row);
  seat.zone = in.varint16();
  seat.rank = in.varint16();
  const auto bits = in.u8();
  if (bits > all_bits) in.fail();
  seat.traits = traits_of(bits);
  seat.at.x = coordinate(in, before.at.x);
  seat.at.y = coordinate(in, before.at.y);
  seat.number = in.text();
  return seat;
}

/// What `SeatMap::build` asserts.
bool is_sound(const SeatMap::Parts& parts) {
  for (const auto& row : parts.rows) {
    if (row.section >= parts.sections.size()) return false;
  }
  std::unordered_set<std::string> labels;
  labels.reserve(parts.seats.size());
  for (const auto& seat : parts.seats) {
    if (seat.row >= parts.rows.size() || seat.zone >= parts.zones.size()) return false;
    const auto& row = parts.rows[seat.row];
    auto label = parts.sections[row.section].id + '-' + row.label + '-' + seat.number;
    if (!labels.insert(std::move(label)).second) return false;
  }
  return true;
}

SeatMap::Parts decode_parts(Decoder& in) {
  SeatMap::Parts parts;
  parts.focal_point.x = coordinate(in, 0);
  parts.focal_point.y = coordinate(in, 0);
  parts.sections.resize(in.count(2));
  for (auto& section : parts.sections) {
    section.id = in.text();
    section.name = in.text();
  }
  parts.zones.resize(in.count(2));
  for (auto& zone : parts.zones) {
    const auto id = engine::ZoneId::from(in.text());
    if (!id) in.fail();
    zone.id = id.value_or(engine::ZoneId{});
    zone.name = in.text();
  }
  parts.rows.resize(in.count(2));
  for (auto& row : parts.rows) {
    row.section = in.varint16();
    row.label = in.text();
  }
  const auto seat_count = in.count(7);
  parts.seats.reserve(seat_count);
  engine::Seat before;
  for (std::size_t i = 0; i < seat_count && in.ok(); ++i) {
    parts.seats.push_back(decode_seat(in, before));
    before = parts.seats.back();
  }
  return parts;
}

std::string text_of(const MapDigest& digest) {
  return {digest.data(), digest.size()};
}

}  // namespace

void encode_seat_map(Encoder& out, const SeatMap& map) {
  out.svarint(map.focal_point().x);
  out.svarint(map.focal_point().y);
  out.varint(map.sections().size());
  for (const auto& section : map.sections()) {
    out.text(section.id);
    out.text(section.name);
  }
  out.varint(map.zones().size());
  for (const auto& zone : map.zones()) {
    out.text(zone.id.view());
    out.text(zone.name);
  }
  out.varint(map.rows().size());
  for (const auto& row : map.rows()) {
    out.varint(row.section);
    out.text(row.label);
  }
  out.varint(map.seat_count());
  const engine::Seat first_base;
  const auto* before = &first_base;
  for (const auto& seat : map.seats()) {
    encode_seat(out, seat, *before);
    before = &seat;
  }
}

engine::SeatMapRef decode_seat_map(Decoder& in) {
  auto parts = decode_parts(in);
  if (in.ok() && !is_sound(parts)) in.fail();
  if (!in.ok()) return nullptr;
  return SeatMap::build(std::move(parts));
}

MapDigest digest_of(std::string_view encoded_map) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits(encoded_map.data(), encoded_map.size()));
  MapDigest digest{};
  static_assert(sizeof canonical.digest == sizeof digest);
  std::memcpy(digest.data(), canonical.digest, digest.size());
  return digest;
}

engine::SeatMapRef SeatMapCache::find(const MapDigest& digest) {
  const std::lock_guard lock(mutex_);
  const auto at = maps_.find(text_of(digest));
  if (at == maps_.end()) return nullptr;
  auto map = at->second.lock();
  if (map == nullptr) {
    maps_.erase(at);
    return nullptr;
  }
  keep(map);
  return map;
}

engine::SeatMapRef SeatMapCache::add(const MapDigest& digest, engine::SeatMapRef map) {
  const std::lock_guard lock(mutex_);
  auto& known = maps_[text_of(digest)];
  if (auto earlier = known.lock()) map = std::move(earlier);
  known = map;
  keep(map);
  return map;
}

void SeatMapCache::keep(const engine::SeatMapRef& map) {
  const auto at = std::find(kept_.begin(), kept_.end(), map);
  if (at != kept_.end()) {
    kept_.splice(kept_.begin(), kept_, at);
    return;
  }
  kept_.push_front(map);
  if (kept_.size() > kept_max) kept_.pop_back();
}

}  // namespace cavea::persistence
