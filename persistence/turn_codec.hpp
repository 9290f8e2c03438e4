#pragma once

#include "persistence/store.hpp"
#include "persistence/turn.hpp"

#include <string>
#include <string_view>

namespace cavea::persistence {

/// Appends a turn: `turn` in FORMAT.md, about 80 bytes for a reservation of one place. Ends with a
/// checksum, since a turn also travels between nodes.
void encode(const Turn& turn, std::string& out);

/// `corrupt` when the bytes are no turn, `newer_format` when a later program made them.
[[nodiscard]] Read<Turn> decode_turn(std::string_view bytes);

}  // namespace cavea::persistence
