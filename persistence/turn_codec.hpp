#pragma once

#include "engine/ids.hpp"
#include "persistence/store.hpp"
#include "persistence/turn.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace cavea::persistence {

/// Appends a turn: `turn` in FORMAT.md, about 80 bytes for a reservation of one place. Ends with a
/// checksum, since a turn also travels between nodes.
void encode(const Turn& turn, std::string& out);

/// `corrupt` when the bytes are no turn, `newer_format` when a later program made them.
[[nodiscard]] Read<Turn> decode_turn(std::string_view bytes);

/// When the first change of a turn was made, for less than reading all of it; nothing when it has
/// none. Errors as `decode_turn`, but for what is wrong behind the first change.
[[nodiscard]] Read<std::optional<engine::Timestamp>> time_of_turn(std::string_view bytes);

}  // namespace cavea::persistence
