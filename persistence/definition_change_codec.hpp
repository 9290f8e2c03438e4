#pragma once

#include "engine/ids.hpp"
#include "persistence/record.hpp"
#include "persistence/store.hpp"

#include <string>
#include <string_view>

// When the definition of an offering changed last: FORMAT.md, "Kinds of records".

namespace cavea::persistence {

namespace record_keys {

[[nodiscard]] std::string definition_change(const engine::OfferingId& offering);

}  // namespace record_keys

[[nodiscard]] std::string encode_definition_change(engine::Timestamp at);
[[nodiscard]] Read<engine::Timestamp> decode_definition_change(std::string_view value);

}  // namespace cavea::persistence
