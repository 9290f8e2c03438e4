#pragma once

#include "cluster/message.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace cavea::cluster {

/// The version byte that every encoded message begins with. A later program that changes the
/// grammar writes a later byte, and still reads this one.
inline constexpr std::uint8_t message_version = 1;

/// A message between replicas as it travels, without `peer`, which the way itself tells:
///
///     message = u8 version, u8 kind (1 + index in `Message::body`), u64 term, fields of the kind
///     entry   = u64 term, u8 type, bytes data
///     bytes   = u32 size, the bytes
///
/// Numbers are little endian; fields come in the order of their structs, true as 1. The entries of
/// an `AppendEntries` follow its `prev_index`, so only the first one's index is known from it;
/// their number comes first (u32). `entry_count` is not sent.
[[nodiscard]] std::string encode(const Message& message);

/// Nothing for what no correct peer sends: another version, an unknown kind, bytes that are missing
/// or left over, and what `is_well_formed` does not allow. `from` becomes the message's peer.
[[nodiscard]] std::optional<Message> decode_message(std::string_view bytes, ServerId from);

}  // namespace cavea::cluster
