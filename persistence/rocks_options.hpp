#pragma once

#include "persistence/rocks_settings.hpp"
#include "persistence/store.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/options.h>
#include <rocksdb/status.h>

#include <memory>
#include <string>
#include <string_view>

namespace cavea::persistence {

/// The options of the database as a whole; each with its reason (rocks_options.cpp).
[[nodiscard]] rocksdb::DBOptions database_options(const RocksSettings& settings);

/// The options of one column.
[[nodiscard]] rocksdb::ColumnFamilyOptions column_options(
    Column column, const RocksSettings& settings, const std::shared_ptr<rocksdb::Cache>& cache);

/// What RocksDB says, in the words of an operator. `doing`: "opening", "writing to", ...
[[nodiscard]] StoreError error_of(
    const rocksdb::Status& status, std::string_view doing, const std::string& path);

}  // namespace cavea::persistence
