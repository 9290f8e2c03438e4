#pragma once

#include "persistence/store.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace cavea::persistence {

/// The format that this program writes. It grows when an older program could not read what a newer
/// one writes.
inline constexpr std::uint32_t format_version = 1;

/// What a store says about itself, so that nobody mistakes it.
struct FormatMark {
  std::uint32_t version = format_version;
  std::uint16_t shard_count = 0;  ///< Fixed for life: it decides where everything lies.
  std::string node;               ///< Whose it is; 1 to 128 bytes.

  bool operator==(const FormatMark&) const = default;
};

/// The mark of a store; nothing when it is new. `newer_format` when a later program wrote it.
[[nodiscard]] Read<std::optional<FormatMark>> read_format_mark(const View& store);

/// Marks a new store. For one that has a mark: `mismatch` when it is of another node or has another
/// number of shards. Syncs.
[[nodiscard]] std::optional<StoreError> claim_store(Store& store, const FormatMark& wanted);

}  // namespace cavea::persistence
