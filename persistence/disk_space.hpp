#pragma once

#include "persistence/store.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace cavea::persistence {

/// A node does not start with less: the write-ahead log and a table in the making need room.
inline constexpr std::uint64_t free_space_min = 64u << 20;

/// `no_space` when the file system of `path` has less than `bytes_min` free. `path` or a folder
/// above it must exist.
[[nodiscard]] std::optional<StoreError> check_free_space(
    const std::string& path, std::uint64_t bytes_min = free_space_min);

}  // namespace cavea::persistence
