#pragma once

#include "engine/result.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace cavea::persistence {

/// Why a store could not do what was asked. None of these is the fault of a request.
struct StoreError {
  enum class Kind : std::uint8_t {
    in_use,        ///< Another process has the data open.
    no_space,      ///< The disk is full.
    corrupt,       ///< A checksum does not match, or a record makes no sense.
    newer_format,  ///< Written by a later version of the program.
    mismatch,      ///< Sound data, but made for another number of shards or by another node.
    io,            ///< Anything else the operating system says.
  };

  Kind kind = Kind::io;
  std::string text;  ///< For the operator: what, where, and what to do.
};

/// What was read, or why it could not be.
template <class T>
using Read = engine::Result<T, StoreError>;

/// The families of keys. The log and the metadata belong to consensus, the state to the domain.
enum class Column : std::uint8_t { log = 0, meta = 1, state = 2 };

inline constexpr std::size_t column_count = 3;

[[nodiscard]] std::string_view name_of(Column column);

/// Writes that happen together or not at all, in the order in which they were added.
class WriteBatch {
 public:
  virtual ~WriteBatch() = default;
  /// The value is sealed with a checksum over the column, the key and itself; an empty one is not.
  virtual void put(Column column, std::string_view key, std::string_view value) = 0;
  virtual void remove(Column column, std::string_view key) = 0;
  /// Removes every key in [from, to).
  virtual void remove_range(Column column, std::string_view from, std::string_view to) = 0;
  [[nodiscard]] virtual bool empty() const = 0;
  /// About how many bytes the batch adds to the write-ahead log.
  [[nodiscard]] virtual std::size_t bytes() const = 0;
  virtual void clear() = 0;
};

/// What a write survives once it has returned.
enum class Durability : std::uint8_t {
  /// Everything: it and all logged writes before it are on the disk.
  synced,
  /// The end of the process. Of what was logged since the last sync, the end of the machine takes
  /// whole batches from the newest on.
  logged,
  /// Nothing, until the store puts its column into tables by itself or when it is closed in good
  /// order; whole batches are lost, from the newest on. For what the log can make again; the batch
  /// must be of one column, of which no other kind of batch may be written.
  unlogged,
};

enum class Direction : std::uint8_t { forward, backward };

/// A walk over the records of a range, as of the moment when it was made. Belongs to one thread and
/// must not outlive what it came from.
class Cursor {
 public:
  virtual ~Cursor() = default;

  /// Whether the cursor stands on a record; false at the end and after an error.
  [[nodiscard]] virtual bool valid() const = 0;
  [[nodiscard]] virtual std::string_view key() const = 0;

  /// Nothing when the record fails its checksum; the walk may go on. Good until `next`.
  [[nodiscard]] virtual std::optional<std::string_view> value() const = 0;
  virtual void next() = 0;

  /// Why the walk ended before its time.
  [[nodiscard]] virtual std::optional<StoreError> error() const = 0;
};

/// Something to read from: a store, or how it was at a moment. From any thread.
/// In every range an empty `to` means: up to the last key.
class View {
 public:
  using Visitor = std::function<bool(std::string_view key, std::string_view value)>;

  virtual ~View() = default;

  /// The value, nothing when there is none. A record that fails its checksum is an error.
  [[nodiscard]] virtual Read<std::optional<std::string>> get(
      Column column, std::string_view key) const = 0;

  /// The keys in [from, to); backwards from the last to the first.
  [[nodiscard]] virtual std::unique_ptr<Cursor> cursor(
      Column column, std::string_view from, std::string_view to, Direction direction) const = 0;

  /// Calls `visit(key, value)` for keys in [from, to) in order until it returns false.
  [[nodiscard]] std::optional<StoreError> scan(
      Column column, std::string_view from, std::string_view to, const Visitor& visit) const;

  /// The same from the end to the beginning.
  [[nodiscard]] std::optional<StoreError> scan_backwards(
      Column column, std::string_view from, std::string_view to, const Visitor& visit) const;
};

/// A view that goes on changing, of which a moment can be held.
class LiveView : public View {
 public:
  /// How everything is now, whole batches only. Must not outlive what it is of.
  [[nodiscard]] virtual std::shared_ptr<const View> snapshot() const = 0;
};

/// An ordered key-value store with atomic batches: RocksDB, or the twin in memory that can fail.
/// Reads from any thread; one writer a column at a time.
class Store : public LiveView {
 public:
  [[nodiscard]] virtual std::unique_ptr<WriteBatch> make_batch() = 0;

  [[nodiscard]] virtual std::optional<StoreError> write(
      WriteBatch& batch, Durability durability) = 0;

  /// What would be left of the value of an `unlogged` column if the process ended now.
  [[nodiscard]] virtual Read<std::optional<std::string>> get_persisted(
      Column column, std::string_view key) const = 0;

  /// Begins to put the unlogged writes of a column into tables, and does not wait.
  [[nodiscard]] virtual std::optional<StoreError> persist(Column column) = 0;
};

}  // namespace cavea::persistence
