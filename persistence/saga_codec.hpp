#pragma once

#include "engine/saga.hpp"
#include "persistence/store.hpp"
#include "persistence/wire.hpp"

#include <string>
#include <string_view>

namespace cavea::persistence {

/// `saga` in FORMAT.md: all of it but its id.
void encode_saga(Encoder& out, const engine::Saga& saga);
[[nodiscard]] engine::Saga decode_saga(Decoder& in, engine::ReservationId id);

/// The record of a saga; `id` is in the key.
void encode(std::string& out, const engine::Saga& saga);
[[nodiscard]] Read<engine::Saga> decode_saga_record(
    std::string_view key, std::string_view value, engine::ReservationId id);

/// `id` in a value: 16 bytes.
void encode_id(Encoder& out, engine::ReservationId id);
[[nodiscard]] engine::ReservationId decode_id(Decoder& in);

}  // namespace cavea::persistence
