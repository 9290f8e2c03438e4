#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace cavea::engine {

/// Milliseconds since the Unix epoch, UTC. Time enters the engine only as an argument of this type.
struct Timestamp {
  std::int64_t ms = 0;

  auto operator<=>(const Timestamp&) const = default;
};

/// A span of time in milliseconds.
struct Duration {
  std::int64_t ms = 0;

  auto operator<=>(const Duration&) const = default;
};

constexpr Timestamp operator+(Timestamp t, Duration d) {
  return {t.ms + d.ms};
}

constexpr Timestamp operator-(Timestamp t, Duration d) {
  return {t.ms - d.ms};
}

constexpr Duration operator-(Timestamp a, Timestamp b) {
  return {a.ms - b.ms};
}

/// One replicated log and everything that lives on it.
struct ShardId {
  std::uint16_t value = 0;

  auto operator<=>(const ShardId&) const = default;
};

/// A seat's index in the seat map of its venue, or one unit of a class's capacity, from 0.
/// A seat keeps its index for the life of the venue, whatever happens to the seat map.
struct Place {
  std::uint32_t value = 0;

  auto operator<=>(const Place&) const = default;
};

/// Grows by one with every event of an offering, from 1 at its creation; the same number in the
/// seat feed, in the seat map and in the answer of every command.
struct Version {
  std::uint64_t value = 0;

  auto operator<=>(const Version&) const = default;
};

/// Grows by one with every change of a definition (offering or venue), from 1; served as `ETag`.
struct Revision {
  std::uint32_t value = 0;

  auto operator<=>(const Revision&) const = default;
};

/// A name with a type of its own: 1 to 64 characters, `a-z 0-9 - _ .`, first a letter or a digit.
/// Kept inline, so that copying and comparing never allocate.
template <class Tag>
class Name {
 public:
  static constexpr std::size_t length_max = 64;

  Name() = default;

  /// Nothing when `text` is not a valid name.
  [[nodiscard]] static std::optional<Name> from(std::string_view text) {
    if (text.empty() || text.size() > length_max || !is_first(text.front())) return std::nullopt;
    for (const char c : text) {
      if (!is_first(c) && c != '-' && c != '_' && c != '.') return std::nullopt;
    }
    Name name;
    name.size_ = static_cast<std::uint8_t>(text.size());
    text.copy(name.text_.data(), text.size());
    return name;
  }

  [[nodiscard]] std::string_view view() const noexcept { return {text_.data(), size_}; }

  [[nodiscard]] std::string str() const { return std::string(view()); }

  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

  friend bool operator==(const Name& a, const Name& b) noexcept { return a.view() == b.view(); }

  friend auto operator<=>(const Name& a, const Name& b) noexcept { return a.view() <=> b.view(); }

 private:
  static constexpr bool is_first(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  }

  std::array<char, length_max> text_{};
  std::uint8_t size_ = 0;
};

using OfferingId = Name<struct OfferingTag>;
using VenueId = Name<struct VenueTag>;
using ZoneId = Name<struct ZoneTag>;

/// 128 bits, shown as 26 characters of Crockford's base 32 in the manner of a ULID
/// (https://github.com/ulid/spec): 48 bits of milliseconds, 16 bits of shard, 64 random bits.
/// The shard in it says where the reservation lives.
struct ReservationId {
  std::uint64_t high = 0;  ///< Milliseconds << 16 | shard.
  std::uint64_t low = 0;   ///< Random; unique within an offering.

  static constexpr std::size_t text_length = 26;

  [[nodiscard]] static ReservationId make(Timestamp now, ShardId shard, std::uint64_t random) {
    return {(static_cast<std::uint64_t>(now.ms) << 16) | shard.value, random};
  }

  /// Nothing when `text` is not 26 characters of the alphabet (either case) or overflows 128 bits.
  [[nodiscard]] static std::optional<ReservationId> from(std::string_view text);

  /// Writes 26 characters, without a terminating zero.
  void write(char* out) const noexcept;

  [[nodiscard]] std::string str() const {
    std::string text(text_length, '0');
    write(text.data());
    return text;
  }

  [[nodiscard]] ShardId shard() const noexcept { return {static_cast<std::uint16_t>(high)}; }

  auto operator<=>(const ReservationId&) const = default;
};

/// A 64-bit hash that never changes: FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/) followed
/// by the finalizer of MurmurHash3. It is written to disk and decides placement; do not touch it.
[[nodiscard]] std::uint64_t stable_hash(std::string_view text) noexcept;

/// Stands for a person inside an offering: a 64-bit hash of the user's name. The engine compares
/// persons by it; the full name is in the reservation record.
struct PersonKey {
  std::uint64_t value = 0;

  /// Never zero, so that zero can mean "nobody".
  [[nodiscard]] static PersonKey of(std::string_view user) noexcept {
    const auto hash = stable_hash(user);
    return {hash == 0 ? 1 : hash};
  }

  auto operator<=>(const PersonKey&) const = default;
};

}  // namespace cavea::engine

template <class Tag>
struct std::hash<cavea::engine::Name<Tag>> {
  std::size_t operator()(const cavea::engine::Name<Tag>& name) const noexcept {
    return std::hash<std::string_view>{}(name.view());
  }
};

template <>
struct std::hash<cavea::engine::ReservationId> {
  std::size_t operator()(const cavea::engine::ReservationId& id) const noexcept {
    return static_cast<std::size_t>(id.low ^ (id.high * 0x9E3779B97F4A7C15ULL));
  }
};
