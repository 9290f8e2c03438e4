#pragma once

#include "cluster/types.hpp"
#include "persistence/shard_write.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>

// The log of consensus as the store has it, and the other way round.

namespace cavea::actors {

[[nodiscard]] inline persistence::StoredEntry stored(const cluster::LogEntry& entry) {
  return {entry.index.value, entry.term.value, static_cast<std::uint8_t>(entry.type), entry.data};
}

[[nodiscard]] inline persistence::SnapshotMark stored(const cluster::SnapshotDescriptor& snapshot) {
  return {
      snapshot.index.value,
      snapshot.term.value,
      snapshot.configuration_index.value,
      snapshot.configuration.encode()};
}

[[nodiscard]] inline cluster::LogEntry loaded(persistence::StoredEntry entry) {
  return {
      {entry.index},
      {entry.term},
      static_cast<cluster::EntryType>(entry.type),
      std::move(entry.data)};
}

}  // namespace cavea::actors
