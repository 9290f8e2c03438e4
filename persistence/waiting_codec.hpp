#pragma once

#include "engine/waiting.hpp"
#include "persistence/definition_codec.hpp"
#include "persistence/store.hpp"
#include "persistence/wire.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace cavea::persistence {

// Waiting lists in turns and records: `wish`, `any-of` and `waiting` in FORMAT.md.

void encode_wish(Encoder& out, const engine::WaitingWish& wish);
[[nodiscard]] engine::WaitingWish decode_wish(Decoder& in);

void encode_any_of(Encoder& out, const engine::AnyOf& any_of);
[[nodiscard]] engine::AnyOf decode_any_of(Decoder& in);

[[nodiscard]] inline engine::WaitingEnd decode_waiting_end(Decoder& in, engine::WaitingEnd min) {
  return decode_enum(in, min, engine::WaitingEnd::granted_elsewhere);
}

/// `id` is in the key.
void encode(std::string& out, const engine::WaitingRecord& record);
[[nodiscard]] Read<engine::WaitingRecord> decode_waiting(
    std::string_view key, std::string_view value, engine::WaitingId id);

/// What the list of an offering says of a party: enough to count who is ahead.
struct WaitingMark {
  engine::WaitingId id;
  std::uint32_t party_size = 0;

  bool operator==(const WaitingMark&) const = default;
};

void encode(std::string& out, const WaitingMark& record);
[[nodiscard]] Read<WaitingMark> decode_waiting_mark(std::string_view key, std::string_view value);

/// Stands in the place of a reservation's id where a deadline is one of a waiting list.
inline constexpr engine::ReservationId waiting_wake{.high = 0, .low = 1};

}  // namespace cavea::persistence
