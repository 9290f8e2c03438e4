#pragma once

#include "persistence/store.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cavea::persistence {

/// The state column as it will be once the changes gathered so far are written: what
/// `materialise` reads from and writes to. A key that is written many times in one batch (the
/// counters of a hot offering, a reservation that is held and confirmed) reaches the store once.
/// Not thread-safe.
class StateOverlay {
 public:
  /// `base` must outlive the overlay.
  explicit StateOverlay(const View& base);

  void put(std::string_view key, std::string_view value);
  void remove(std::string_view key);
  void remove_range(std::string_view from, std::string_view to);

  [[nodiscard]] Read<std::optional<std::string>> get(std::string_view key) const;

  /// All keys in [from, to) in order, those of the base merged with those of the overlay.
  [[nodiscard]] std::optional<StoreError> scan(
      std::string_view from, std::string_view to, const View::Visitor& visit) const;

  /// Adds everything to `batch` and begins anew.
  void flush_into(WriteBatch& batch);

  void clear();

  [[nodiscard]] bool empty() const noexcept { return entries_.empty() && ranges_.empty(); }

  /// Keys that were written.
  [[nodiscard]] std::size_t entries() const noexcept { return entries_.size(); }

  /// Memory for keys and values, also of values that were replaced since.
  [[nodiscard]] std::size_t bytes() const noexcept { return blocks_.size() * block_size; }

  /// The size of the hash table, which every `clear` has to write.
  [[nodiscard]] std::size_t slots() const noexcept { return table_.size(); }

  /// What was written so far, in no particular order: for comparing with a store.
  /// `visit(key, value)`; no value: the key is removed.
  template <class Visit>
  void for_each(const Visit& visit) const {
    for (const auto& entry : entries_) visit(entry.key, entry.value);
  }

 private:
  struct Entry {
    std::string_view key;
    std::optional<std::string_view> value;  ///< Nothing: removed.
    std::uint64_t hash = 0;
  };

  /// Bytes are gathered in blocks of this size, or in one of their own when they are larger.
  static constexpr std::size_t block_size = 64 * 1024;

  Entry& slot(std::string_view key);
  [[nodiscard]] const Entry* find(std::string_view key) const;
  [[nodiscard]] std::size_t index_of(std::string_view key, std::uint64_t hash) const;
  [[nodiscard]] bool is_in_removed_range(std::string_view key) const;
  std::string_view keep(std::string_view bytes);
  void grow();

  const View& base_;
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> table_;  ///< Open addressing: index into `entries_` plus one; 0: free.
  std::vector<std::pair<std::string, std::string>> ranges_;
  std::deque<std::string> blocks_;  ///< What keys and values point into; never moved.
};

}  // namespace cavea::persistence
