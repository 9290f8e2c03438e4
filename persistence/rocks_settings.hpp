#pragma once

#include <cstddef>
#include <string>

namespace cavea::persistence {

/// What a node may spend on its store.
struct RocksSettings {
  std::string path;  ///< A folder; made when it is missing, unless `read_only`.

  /// For `cavea check` and `cavea export`: changes nothing and keeps a node from starting
  /// meanwhile.
  bool read_only = false;

  /// Blocks of tables, their indexes and filters together: the memory that reading takes.
  std::size_t block_cache_bytes = 64u << 20;

  /// What is gathered in memory before a table of the state is written. Measured: with 8 MiB a
  /// fifth more is written to the disk.
  std::size_t state_buffer_bytes = 16u << 20;

  /// The same for the log. Entries are cut after a while; those cut before their buffer is full are
  /// never written to a table at all.
  std::size_t log_buffer_bytes = 32u << 20;

  /// Bounds what a start has to read again after a crash: about a second.
  std::size_t wal_bytes_max = 64u << 20;
};

}  // namespace cavea::persistence
