#pragma once

#include "persistence/store.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace cavea::persistence {

/// Bytes that a store appends to every value that is not empty.
inline constexpr std::size_t seal_size = 4;

using Seal = std::array<char, seal_size>;

/// The low 32 bits of XXH3 (https://xxhash.com) over column, key and value, low byte first. RocksDB
/// has checksums of its own per block; this one also finds a value under a wrong key, and damage
/// that happened above RocksDB's checksums (in memory, in a cache). Four bytes miss one damaged
/// record in four thousand million.
[[nodiscard]] Seal seal_of(Column column, std::string_view key, std::string_view value);

/// The value in `stored` without its seal; nothing when the seal does not fit. Empty stays empty.
[[nodiscard]] std::optional<std::string_view> unseal(
    Column column, std::string_view key, std::string_view stored);

/// What to tell the operator about a record that fails its checksum.
[[nodiscard]] StoreError damaged_record(Column column, std::string_view key);

/// A `corrupt` error about the record at `key`: "<what>: <why>".
[[nodiscard]] StoreError corrupt_record(
    std::string_view what, std::string_view key, std::string_view why);

/// Printable text of any bytes: letters, digits and ".-_" as they are, the rest as "\x0f".
[[nodiscard]] std::string printable(std::string_view bytes);

/// The low 32 bits of XXH3 over `bytes`.
[[nodiscard]] std::uint32_t checksum_of(std::string_view bytes);

}  // namespace cavea::persistence
