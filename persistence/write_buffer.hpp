#pragma once

#include <memory>

namespace rocksdb {
class MemTableRepFactory;
}

namespace cavea::persistence {

/// Write buffers of RocksDB that keep their records in `SortedRuns`. Only one thread may write at a
/// time (`allow_concurrent_memtable_write` off); any may read meanwhile.
[[nodiscard]] std::shared_ptr<rocksdb::MemTableRepFactory> sorted_write_buffers();

}  // namespace cavea::persistence
