#pragma once

#include "engine/result.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cavea::persistence {

/// Why a store could not do what was asked. None of these is the fault of a request.
struct StoreError {
  enum class Kind : std::uint8_t {
    in_use,        ///< Another process has the data open.
    no_space,      ///< The disk is full.
    corrupt,       ///< A checksum does not match, or a record makes no sense.
    newer_format,  ///< Written by a later version of the program.
    io,            ///< Anything else the operating system says.
  };

  Kind kind = Kind::io;
  std::string text;  ///< For the operator: what, where, and what to do.
};

/// The families of keys. The log and the metadata belong to consensus, the state to the domain.
enum class Column : std::uint8_t { log = 0, meta = 1, state = 2 };

/// Writes that happen together or not at all.
class WriteBatch {
 public:
  virtual ~WriteBatch() = default;
  virtual void put(Column column, std::string_view key, std::string_view value) = 0;
  virtual void remove(Column column, std::string_view key) = 0;
  /// Removes every key in [from, to).
  virtual void remove_range(Column column, std::string_view from, std::string_view to) = 0;
  [[nodiscard]] virtual bool empty() const = 0;
  virtual void clear() = 0;
};

/// An ordered key-value store with atomic batches: RocksDB, or the twin in memory that can fail.
/// Reads from any thread; one writer at a time.
class Store {
 public:
  virtual ~Store() = default;

  [[nodiscard]] virtual std::unique_ptr<WriteBatch> make_batch() = 0;

  /// With `sync`, returns after the batch and all before it are on the disk.
  [[nodiscard]] virtual std::optional<StoreError> write(WriteBatch& batch, bool sync) = 0;

  /// The value, nothing when there is none. A record that fails its checksum is an error.
  [[nodiscard]] virtual engine::Result<std::optional<std::string>, StoreError> get(
      Column column, std::string_view key) const = 0;

  /// Calls `visit(key, value)` for keys in [from, to) in order until it returns false.
  [[nodiscard]] virtual std::optional<StoreError> scan(
      Column column,
      std::string_view from,
      std::string_view to,
      const std::function<bool(std::string_view, std::string_view)>& visit) const = 0;

  /// The same from the end to the beginning.
  [[nodiscard]] virtual std::optional<StoreError> scan_backwards(
      Column column,
      std::string_view from,
      std::string_view to,
      const std::function<bool(std::string_view, std::string_view)>& visit) const = 0;
};

}  // namespace cavea::persistence
