#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace cavea::persistence {

/// What parts of the node keep beside offerings and sagas: each kind has a codec and keys of its
/// own (FORMAT.md). Stored: numbers never change.
enum class RecordKind : std::uint8_t {};

/// Bytes of a record's key, at most.
inline constexpr std::size_t record_key_size_max = 96;

/// A record as it is from now on.
struct RecordWrite {
  RecordKind kind{};
  std::string key{};  ///< 1 to `record_key_size_max` bytes; records of a kind sort by it.
  std::optional<std::string> value{};  ///< Begins with its version; nothing: the record is removed.

  bool operator==(const RecordWrite&) const = default;
};

/// A record as it was read.
struct KeptRecord {
  std::string key;
  std::string value;
};

/// Which records of a kind are read.
struct RecordRange {
  RecordKind kind{};
  std::string prefix{};  ///< Only keys that begin with it.
  std::string after{};   ///< Goes on behind this key, which is left out; empty: from the first.
  bool newest_first = false;  ///< From the greatest key on; `after` then counts downwards.
  std::size_t limit = 100;
};

}  // namespace cavea::persistence
