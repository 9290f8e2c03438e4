#pragma once

#include "engine/assert.hpp"
#include "engine/definition.hpp"
#include "engine/ids.hpp"
#include "engine/waiting.hpp"
#include "persistence/record.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

// The keys of FORMAT.md. Every key of a shard begins with the shard, so that a shard can be read,
// sent or dropped as one range; numbers are written high byte first, so that keys sort like
// numbers.

namespace cavea::persistence {

/// A key on the stack: no key is longer than an offering's id, a reservation's id and a few bytes.
class Key {
 public:
  static constexpr std::size_t size_max = 112;

  Key& u8(std::uint8_t value) {
    CAVEA_ASSERT(size_ < size_max);
    bytes_[size_++] = static_cast<char>(value);
    return *this;
  }

  Key& tag(char value) { return u8(static_cast<std::uint8_t>(value)); }

  template <class Number>
  Key& big_endian(Number value) {
    for (int shift = static_cast<int>(sizeof(Number) - 1) * 8; shift >= 0; shift -= 8) {
      u8(static_cast<std::uint8_t>(value >> shift));
    }
    return *this;
  }

  /// Signed, so that earlier sorts first.
  Key& time(engine::Timestamp value) {
    return big_endian(static_cast<std::uint64_t>(value.ms) ^ (std::uint64_t{1} << 63));
  }

  Key& id(const engine::ReservationId& value) {
    return big_endian(value.high).big_endian(value.low);
  }

  Key& bytes(std::string_view value) {
    CAVEA_ASSERT(value.size() <= size_max - size_);
    std::copy(value.begin(), value.end(), bytes_.begin() + size_);
    size_ += value.size();
    return *this;
  }

  /// A name and a zero, which no name contains: shorter names sort first, and no key of one name is
  /// in the range of another.
  template <class Tag>
  Key& name(const engine::Name<Tag>& value) {
    return bytes(value.view()).u8(0);
  }

  /// The first key after all that begin with this one; empty when there is none.
  [[nodiscard]] Key end() const {
    Key next = *this;
    while (next.size_ > 0 && static_cast<std::uint8_t>(next.bytes_[next.size_ - 1]) == 0xff) {
      --next.size_;
    }
    if (next.size_ > 0) ++next.bytes_[next.size_ - 1];
    return next;
  }

  [[nodiscard]] std::string_view view() const noexcept { return {bytes_.data(), size_}; }

  operator std::string_view() const noexcept { return view(); }

 private:
  std::array<char, size_max> bytes_;
  std::size_t size_ = 0;
};

/// 96 bits that stand for a caller and one of its idempotency keys.
using IdempotencyHash = std::array<char, 12>;

/// 128 bits that stand for the content of a seat map (XXH3, high half first).
using MapDigest = std::array<char, 16>;

namespace keys {

// ---- log and meta -------------------------------------------------------------------------------

[[nodiscard]] Key shard(engine::ShardId shard);
[[nodiscard]] Key entry(engine::ShardId shard, std::uint64_t index);
[[nodiscard]] Key hard_state(engine::ShardId shard);
[[nodiscard]] Key snapshot(engine::ShardId shard);
[[nodiscard]] Key kept_log(engine::ShardId shard);
/// Sorts after every shard's keys.
[[nodiscard]] Key format_mark();

// ---- state --------------------------------------------------------------------------------------

/// What a shard keeps, by the byte after the shard.
enum class Tag : char {
  shard = 'A',
  copy_mark = 'C',
  counters = 'n',
  deadline = 'd',
  saga = 'g',
  open_saga = 'h',
  idempotency = 'i',
  record = 'k',
  map = 'm',
  map_uses = 'f',
  offering = 'o',
  reservation = 'r',
  start = 's',
  user = 'u',
  venue = 'v',
  waiting = 'w',
};

/// What an offering keeps, by the byte after its name.
enum class OfferingTag : char {
  record = 'a',
  block = 'b',
  claim = 'c',
  ended = 'e',
  waiting = 'w'
};

/// What is kept of waiting lists beside the offerings, by the byte after the tag.
enum class WaitingTag : char { party = 'i', user = 'u' };

/// Everything of one kind.
[[nodiscard]] Key all(engine::ShardId shard, Tag tag);

[[nodiscard]] Key shard_record(engine::ShardId shard);
/// There while the state of the shard is only part of a copy.
[[nodiscard]] Key copy_mark(engine::ShardId shard);
[[nodiscard]] Key counters(engine::ShardId shard, const engine::OfferingId& offering);
[[nodiscard]] Key offering(engine::ShardId shard, const engine::OfferingId& offering);
[[nodiscard]] Key offering_part(
    engine::ShardId shard, const engine::OfferingId& offering, OfferingTag tag);
[[nodiscard]] Key block(
    engine::ShardId shard, const engine::OfferingId& offering, engine::Place place);
[[nodiscard]] Key claim(
    engine::ShardId shard, const engine::OfferingId& offering, engine::ReservationId id);
/// In place of the claim once the reservation has no places any more.
[[nodiscard]] Key ended(
    engine::ShardId shard, const engine::OfferingId& offering, engine::ReservationId id);
[[nodiscard]] Key venue(engine::ShardId shard, const engine::VenueId& venue);
/// With an empty name: what the keys of all records of a kind begin with.
[[nodiscard]] Key record(engine::ShardId shard, RecordKind kind, std::string_view name);
[[nodiscard]] Key seat_map(engine::ShardId shard, const MapDigest& digest);
[[nodiscard]] Key seat_map_uses(engine::ShardId shard, const MapDigest& digest);
[[nodiscard]] Key reservation(engine::ShardId shard, engine::ReservationId id);
[[nodiscard]] Key saga(engine::ShardId shard, engine::ReservationId id);
/// There while the saga is not finished.
[[nodiscard]] Key open_saga(engine::ShardId shard, engine::ReservationId id);
[[nodiscard]] Key user(engine::ShardId shard, engine::PersonKey person);
[[nodiscard]] Key user_reservation(
    engine::ShardId shard, engine::PersonKey person, engine::ReservationId id);
[[nodiscard]] Key starts(engine::ShardId shard, engine::OfferingKind kind);
[[nodiscard]] Key start(
    engine::ShardId shard,
    engine::OfferingKind kind,
    engine::Timestamp starts_at,
    const engine::OfferingId& offering);
/// `id` zero: the mark of a cancelled offering whose reservations are still to be given back.
[[nodiscard]] Key deadline(
    engine::ShardId shard,
    engine::Timestamp at,
    const engine::OfferingId& offering,
    engine::ReservationId id);
/// `order` as in `engine::WaitingParty`: the first comes first.
[[nodiscard]] Key waiting_mark(
    engine::ShardId shard, const engine::OfferingId& offering, std::uint64_t order);
[[nodiscard]] Key waiting_party(engine::ShardId shard, engine::WaitingId id);
[[nodiscard]] Key waiting_user(engine::ShardId shard, engine::PersonKey person);
[[nodiscard]] Key user_waiting(
    engine::ShardId shard, engine::PersonKey person, engine::WaitingId id);
[[nodiscard]] Key idempotency_bucket(engine::ShardId shard, std::uint32_t bucket);
[[nodiscard]] Key idempotency(
    engine::ShardId shard, std::uint32_t bucket, const IdempotencyHash& hash);

}  // namespace keys

/// Reads the parts of a key that were written with `Key`. Fails like `Decoder`.
class KeyReader {
 public:
  explicit KeyReader(std::string_view key) : in_(key) {}

  [[nodiscard]] bool finished() const noexcept { return !failed_ && in_.empty(); }

  std::string_view bytes(std::size_t size) {
    if (size > in_.size()) {
      failed_ = true;
      in_ = {};
      return {};
    }
    const auto part = in_.substr(0, size);
    in_.remove_prefix(size);
    return part;
  }

  template <class Number>
  Number big_endian() {
    std::uint64_t value = 0;
    for (const char c : bytes(sizeof(Number))) value = (value << 8) | static_cast<std::uint8_t>(c);
    return static_cast<Number>(value);
  }

  engine::ShardId shard() { return {big_endian<std::uint16_t>()}; }

  char tag() { return static_cast<char>(big_endian<std::uint8_t>()); }

  engine::Timestamp time() {
    return {static_cast<std::int64_t>(big_endian<std::uint64_t>() ^ (std::uint64_t{1} << 63))};
  }

  engine::ReservationId id() {
    const auto high = big_endian<std::uint64_t>();
    return {high, big_endian<std::uint64_t>()};
  }

  template <class Name>
  Name name() {
    const auto length = in_.find('\0');
    const auto value = Name::from(bytes(std::min(length, in_.size())));
    bytes(1);
    if (!value) failed_ = true;
    return value.value_or(Name{});
  }

 private:
  std::string_view in_;
  bool failed_ = false;
};

}  // namespace cavea::persistence
