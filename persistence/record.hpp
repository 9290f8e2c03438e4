#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace cavea::persistence {

/// What parts of the node keep beside offerings and sagas: each kind has a codec and keys of its
/// own (FORMAT.md). Stored: numbers never change.
enum class RecordKind : std::uint8_t {
  position = 1,            ///< How far a consumer of the log is.
  inbox = 2,               ///< What a person was told.
  delivery = 3,            ///< A mail to be sent.
  dead_letter = 4,         ///< One that could not be.
  person = 5,              ///< What a person has chosen.
  round = 6,               ///< Something of which many are to be told.
  told = 7,                ///< How much of an offering or a saga people know.
  webhook = 10,            ///< A program that is sent what happens.
  webhook_lane = 11,       ///< How far it was.
  webhook_delivery = 12,   ///< What became of an event that it was to be sent.
  ticket_use = 20,         ///< Who went in and out by a ticket.
  check_ins = 21,          ///< How many did at an offering.
  definition_change = 22,  ///< When a definition changed last.
  reconciliation = 30,     ///< What came of comparing payments with the provider.
};

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
  std::string before{};  ///< Ends before this key; empty: at the last.
  bool newest_first = false;  ///< From the greatest key on; `after` then counts downwards.
  std::size_t limit = 100;
};

}  // namespace cavea::persistence
