#pragma once

#include "engine/ids.hpp"
#include "persistence/store.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace cavea::persistence {

/// Walks over the lists of many shards as if they were one. `Item` is what a key says; `Before`
/// orders items as the cursors walk. There are few shards, so the next one is found by looking at
/// each.
template <class Item, class Before>
class Merge {
 public:
  /// What the key of a record says.
  using Parse = std::function<Item(std::string_view key)>;

  void add(std::unique_ptr<Cursor> cursor, Parse parse) {
    Source source{.cursor = std::move(cursor), .parse = std::move(parse), .item = {}};
    if (read(source)) sources_.push_back(std::move(source));
  }

  /// Nothing at the end, or when a cursor has failed.
  [[nodiscard]] std::optional<Item> next() {
    if (sources_.empty() || error_) return std::nullopt;
    auto best = sources_.begin();
    for (auto source = best + 1; source != sources_.end(); ++source) {
      if (Before{}(source->item, best->item)) best = source;
    }
    const auto item = best->item;
    best->cursor->next();
    if (!read(*best)) sources_.erase(best);
    return item;
  }

  [[nodiscard]] const std::optional<StoreError>& error() const { return error_; }

 private:
  struct Source {
    std::unique_ptr<Cursor> cursor;
    Parse parse;
    Item item;
  };

  bool read(Source& source) {
    if (source.cursor->valid()) {
      source.item = source.parse(source.cursor->key());
      return true;
    }
    if (!error_) error_ = source.cursor->error();
    return false;
  }

  std::vector<Source> sources_;
  std::optional<StoreError> error_;
};

}  // namespace cavea::persistence
