#include "http/changes_cursor.hpp"

#include "http/base64url.hpp"

#include <xxhash.h>

#include <cstddef>
#include <cstdint>

namespace cavea::http {

namespace {

constexpr char letter = 'c';
constexpr std::size_t checksum_bytes = 4;

/// All shards of a part with indexes of ten bytes, and the rest.
constexpr std::size_t position_bytes_max =
    engine::ChangesPosition::shards_per_part * std::size_t{10} + 64;

void append_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

void append_fixed32(std::string& out, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>(value >> shift);
}

std::uint32_t checksum_of(std::string_view bytes) {
  return static_cast<std::uint32_t>(XXH3_64bits(bytes.data(), bytes.size()));
}

/// Takes numbers off the front; after the first that is not there, all have failed.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  std::uint8_t byte() {
    if (rest_.empty()) {
      has_failed_ = true;
      return 0;
    }
    const auto value = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return value;
  }

  std::uint32_t fixed32() {
    std::uint32_t value = 0;
    for (int shift = 0; shift < 32; shift += 8) value |= std::uint32_t{byte()} << shift;
    return value;
  }

  std::uint64_t varint(std::uint64_t max) {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const auto next = byte();
      value |= std::uint64_t{next & 0x7fU} << shift;
      if (next >= 0x80) continue;
      if (value > max) has_failed_ = true;
      return has_failed_ ? 0 : value;
    }
    has_failed_ = true;
    return 0;
  }

  [[nodiscard]] bool is_at_end() const { return rest_.empty(); }

  [[nodiscard]] bool has_failed() const { return has_failed_; }

 private:
  std::string_view rest_;
  bool has_failed_ = false;
};

}  // namespace

std::string encode_changes_cursor(const engine::ChangesPosition& position) {
  std::string bytes(1, letter);
  append_fixed32(bytes, position.data);
  append_varint(bytes, position.part);
  append_varint(bytes, position.read.size());
  for (const auto index : position.read) append_varint(bytes, index);
  if (position.within) {
    append_varint(bytes, position.within->place);
    append_varint(bytes, position.within->events);
  }
  append_fixed32(bytes, checksum_of(bytes));
  return to_base64url(bytes);
}

std::optional<engine::ChangesPosition> decode_changes_cursor(std::string_view text) {
  if (text.size() > position_bytes_max * 4 / 3) return std::nullopt;
  const auto bytes = from_base64url(text);
  if (!bytes || bytes->size() <= checksum_bytes || bytes->front() != letter) return std::nullopt;
  const auto body = std::string_view(*bytes).substr(0, bytes->size() - checksum_bytes);
  if (Reader(std::string_view(*bytes).substr(body.size())).fixed32() != checksum_of(body)) {
    return std::nullopt;
  }
  Reader in(body.substr(1));
  engine::ChangesPosition position;
  position.data = in.fixed32();
  position.part = static_cast<std::uint16_t>(in.varint(UINT16_MAX));
  const auto count = in.varint(engine::ChangesPosition::shards_per_part);
  for (std::uint64_t i = 0; i < count && !in.has_failed(); ++i) {
    position.read.push_back(in.varint(INT64_MAX));
  }
  if (!in.is_at_end()) {
    position.within.emplace();
    position.within->place = static_cast<std::uint16_t>(in.varint(UINT16_MAX));
    position.within->events = static_cast<std::uint32_t>(in.varint(UINT32_MAX));
  }
  if (in.has_failed() || !in.is_at_end()) return std::nullopt;
  return position;
}

}  // namespace cavea::http
