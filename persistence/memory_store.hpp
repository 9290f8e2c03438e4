#pragma once

#include "persistence/store.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace cavea::persistence {

/// The twin of `RocksStore` in memory, for tests: the same promises, and faults on demand. What was
/// written since the last sync lies in a write-ahead log of bytes, as on a disk, so that a crash
/// can cut it anywhere. From any thread.
class MemoryStore final : public Store {
 public:
  MemoryStore();

  [[nodiscard]] Read<std::optional<std::string>> get(
      Column column, std::string_view key) const override;
  [[nodiscard]] std::unique_ptr<Cursor> cursor(
      Column column,
      std::string_view from,
      std::string_view to,
      Direction direction) const override;
  [[nodiscard]] std::unique_ptr<WriteBatch> make_batch() override;
  [[nodiscard]] std::optional<StoreError> write(WriteBatch& batch, Durability durability) override;
  [[nodiscard]] Read<std::optional<std::string>> get_persisted(
      Column column, std::string_view key) const override;
  [[nodiscard]] std::optional<StoreError> persist(Column column) override;
  [[nodiscard]] std::shared_ptr<const View> snapshot() const override;

  // ---- Faults -----------------------------------------------------------------------------------

  /// The power fails: of what was logged since the last sync only the first `surviving_bytes` are
  /// left, and of a batch that is torn, nothing. What is in memory is forgotten, unlogged batches
  /// that were not persisted with it.
  /// Afterwards the store works as one that was just opened. No snapshot or cursor may be alive.
  void crash(std::size_t surviving_bytes = 0);

  /// Bytes of the log that the last sync does not cover.
  [[nodiscard]] std::size_t unsynced_bytes() const;

  /// Damages the log since the last sync: the bit at `bit` of `unsynced_bytes() * 8`.
  void flip_unsynced_bit(std::size_t bit);

  /// The write after `after` others fails with `kind`, and all behind it, as with a broken disk.
  void fail_write(std::size_t after, StoreError::Kind kind);

  /// The next sync fails; so does every write behind it. What it should have synced may be lost.
  void fail_sync();

  /// Writes fail with `no_space` once the store holds this many bytes of keys and values.
  void set_space(std::size_t bytes_max);

  /// Damages a stored value, seal included: the bit at `bit` modulo its size. False: no such key,
  /// or its value is empty.
  bool flip_bit(Column column, std::string_view key, std::size_t bit);

  /// Records of a column.
  [[nodiscard]] std::size_t size(Column column) const;

 private:
  class Batch;
  class Walk;
  class Snapshot;

  using Records = std::map<std::string, std::string, std::less<>>;

  /// Copied when it is written to while a snapshot looks at it.
  using Columns = std::array<std::shared_ptr<Records>, column_count>;

  static std::size_t carry_out(Columns& columns, std::string_view log);
  std::optional<StoreError> next_fault(std::size_t bytes);

  mutable std::mutex mutex_;
  Columns current_;
  Columns durable_;
  std::string log_;       ///< Frames of batches since the last sync.
  std::string unlogged_;  ///< Frames of unlogged batches since the last `persist`.
  std::size_t stored_bytes_ = 0;
  std::size_t bytes_max_ = SIZE_MAX;
  std::optional<std::size_t> writes_until_failure_;
  StoreError::Kind failure_kind_ = StoreError::Kind::io;
  bool sync_fails_ = false;
};

}  // namespace cavea::persistence
