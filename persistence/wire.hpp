#pragma once

#include "engine/ids.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace cavea::persistence {

/// Maps a signed number to an unsigned one such that small magnitudes stay small
/// (as in https://protobuf.dev/programming-guides/encoding/#signed-ints).
[[nodiscard]] constexpr std::uint64_t zigzag(std::int64_t value) noexcept {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}

[[nodiscard]] constexpr std::int64_t unzigzag(std::uint64_t value) noexcept {
  return static_cast<std::int64_t>((value >> 1) ^ (0 - (value & 1)));
}

/// Appends the primitives of FORMAT.md to a string. Never fails.
class Encoder {
 public:
  explicit Encoder(std::string& out) : out_(out) {}

  void u8(std::uint8_t value) { out_.push_back(static_cast<char>(value)); }

  /// 1 to 10 bytes, seven bits each, low ones first, the high bit says that more follow.
  void varint(std::uint64_t value) {
    if (value < 0x80) return u8(static_cast<std::uint8_t>(value));

    char buffer[10];
    std::size_t size = 0;
    while (value >= 0x80) {
      buffer[size++] = static_cast<char>(value | 0x80);
      value >>= 7;
    }
    buffer[size++] = static_cast<char>(value);
    out_.append(buffer, size);
  }

  /// A signed number as a zigzag varint.
  void svarint(std::int64_t value) { varint(zigzag(value)); }

  /// How far `value` is from `base`; right for any pair, since both sides wrap around.
  void delta(std::uint64_t value, std::uint64_t base) {
    svarint(static_cast<std::int64_t>(value - base));
  }

  /// Eight bytes, low ones first: for numbers that look random.
  void fixed64(std::uint64_t value) {
    char buffer[8];
    for (char& byte : buffer) {
      byte = static_cast<char>(value);
      value >>= 8;
    }
    out_.append(buffer, sizeof buffer);
  }

  /// Length and bytes.
  void text(std::string_view value) {
    varint(value.size());
    out_.append(value);
  }

  void texts(const std::vector<std::string>& values) {
    varint(values.size());
    for (const auto& value : values) text(value);
  }

  /// Bytes alone, whose number the reader knows.
  void bytes(std::string_view value) { out_.append(value); }

  [[nodiscard]] std::string& out() noexcept { return out_; }

 private:
  std::string& out_;
};

/// Reads what `Encoder` wrote. After the first impossible read it has failed for good and gives
/// zeros and empty texts, so that a caller checks once, at the end. Never reads outside its bytes.
class Decoder {
 public:
  explicit Decoder(std::string_view in) : in_(in) {}

  [[nodiscard]] bool ok() const noexcept { return !failed_; }

  [[nodiscard]] bool at_end() const noexcept { return in_.empty(); }

  /// Whether all was read and all of it made sense.
  [[nodiscard]] bool finished() const noexcept { return ok() && at_end(); }

  [[nodiscard]] std::size_t left() const noexcept { return in_.size(); }

  /// Says that a value that was read makes no sense.
  void fail() noexcept {
    failed_ = true;
    in_ = {};
  }

  std::uint8_t u8() noexcept {
    if (in_.empty()) return fail(), std::uint8_t{0};
    const auto value = static_cast<std::uint8_t>(in_.front());
    in_.remove_prefix(1);
    return value;
  }

  std::uint64_t varint() noexcept {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (in_.empty()) return fail(), 0;
      const auto byte = static_cast<std::uint8_t>(in_.front());
      in_.remove_prefix(1);
      // The tenth byte has room for one bit; a padded encoding is not the one that was written.
      if ((shift == 63 && byte > 1) || (shift > 0 && byte == 0)) return fail(), 0;
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return fail(), 0;
  }

  /// A varint that must not exceed `max`.
  std::uint64_t varint_up_to(std::uint64_t max) noexcept {
    const auto value = varint();
    if (value > max) return fail(), 0;
    return value;
  }

  std::uint32_t varint32() noexcept { return static_cast<std::uint32_t>(varint_up_to(UINT32_MAX)); }

  std::uint16_t varint16() noexcept { return static_cast<std::uint16_t>(varint_up_to(UINT16_MAX)); }

  std::int64_t svarint() noexcept { return unzigzag(varint()); }

  std::uint64_t delta(std::uint64_t base) noexcept {
    return base + static_cast<std::uint64_t>(svarint());
  }

  std::uint64_t fixed64() noexcept {
    if (in_.size() < 8) return fail(), 0;
    std::uint64_t value = 0;
    for (std::size_t i = 8; i-- > 0;) value = (value << 8) | static_cast<std::uint8_t>(in_[i]);
    in_.remove_prefix(8);
    return value;
  }

  /// A view into the bytes that are read.
  std::string_view text() noexcept { return bytes(varint()); }

  std::vector<std::string> texts() {
    std::vector<std::string> values;
    const auto size = count();
    values.reserve(size);
    for (std::size_t i = 0; i < size && ok(); ++i) values.emplace_back(text());
    return values;
  }

  std::string_view bytes(std::uint64_t size) noexcept {
    if (size > in_.size()) return fail(), std::string_view{};
    const auto value = in_.substr(0, size);
    in_.remove_prefix(size);
    return value;
  }

  /// The length of a list whose elements take at least `element_min` bytes each, so that damaged
  /// bytes never ask for more memory than they could fill.
  std::size_t count(std::size_t element_min = 1) noexcept {
    return static_cast<std::size_t>(varint_up_to(in_.size() / element_min));
  }

  bool boolean() noexcept {
    const auto value = u8();
    if (value > 1) fail();
    return value == 1;
  }

 private:
  std::string_view in_;
  bool failed_ = false;
};

}  // namespace cavea::persistence
