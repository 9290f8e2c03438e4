#pragma once

#include "persistence/rocks_settings.hpp"
#include "persistence/store.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace cavea::persistence {

/// The store of a node: RocksDB with one column family a `Column`. Options and their reasons are in
/// rocks_options.cpp, what is in it in FORMAT.md.
class RocksStore final : public Store {
 public:
  /// Opens or makes the store. One process at a time, read-only or not (`in_use`).
  [[nodiscard]] static Read<std::unique_ptr<RocksStore>> open(const RocksSettings& settings);

  ~RocksStore() override;

  [[nodiscard]] Read<std::optional<std::string>> get(
      Column column, std::string_view key) const override;
  [[nodiscard]] std::unique_ptr<Cursor> cursor(
      Column column,
      std::string_view from,
      std::string_view to,
      Direction direction) const override;
  [[nodiscard]] std::unique_ptr<WriteBatch> make_batch() override;

  /// `io` when the store was opened read-only.
  [[nodiscard]] std::optional<StoreError> write(WriteBatch& batch, Durability durability) override;
  [[nodiscard]] Read<std::optional<std::string>> get_persisted(
      Column column, std::string_view key) const override;
  [[nodiscard]] std::optional<StoreError> persist(Column column) override;
  [[nodiscard]] std::shared_ptr<const View> snapshot() const override;

  /// The same as `persist`, and waits until it is done or has failed.
  [[nodiscard]] std::optional<StoreError> persist_and_wait(Column column);

  /// About how many bytes a column takes, in tables and in memory.
  [[nodiscard]] std::uint64_t bytes_of(Column column) const;

  /// Bytes of all files of the store.
  [[nodiscard]] std::uint64_t disk_bytes() const;

  /// Writes what is in memory into tables and merges all tables: for tests and figures.
  [[nodiscard]] std::optional<StoreError> compact();

 private:
  class Database;
  class Batch;
  class Walk;
  class Snapshot;

  explicit RocksStore(std::shared_ptr<Database> database);

  std::shared_ptr<Database> database_;
};

}  // namespace cavea::persistence
