#pragma once

#include "persistence/store.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace cavea::test {

/// Another store with a count of what is looked up in it, and whose walks can be made to fail.
class WatchedStore final : public persistence::Store {
 public:
  /// `store` must outlive this and all its snapshots, and so must this its snapshots.
  explicit WatchedStore(persistence::Store& store) : store_(store) {}

  using Column = persistence::Column;
  using Direction = persistence::Direction;

  [[nodiscard]] persistence::Read<std::optional<std::string>> get(
      Column column, std::string_view key) const override {
    ++lookups;
    return store_.get(column, key);
  }

  [[nodiscard]] std::unique_ptr<persistence::Cursor> cursor(
      Column column,
      std::string_view from,
      std::string_view to,
      Direction direction) const override {
    return cursor_of(store_, column, from, to, direction);
  }

  [[nodiscard]] std::unique_ptr<persistence::WriteBatch> make_batch() override {
    return store_.make_batch();
  }

  [[nodiscard]] std::optional<persistence::StoreError> write(
      persistence::WriteBatch& batch, persistence::Durability durability) override {
    return store_.write(batch, durability);
  }

  [[nodiscard]] persistence::Read<std::optional<std::string>> get_persisted(
      Column column, std::string_view key) const override {
    return store_.get_persisted(column, key);
  }

  [[nodiscard]] std::optional<persistence::StoreError> persist(Column column) override {
    return store_.persist(column);
  }

  [[nodiscard]] std::shared_ptr<const persistence::View> snapshot() const override {
    return std::make_shared<Snapshot>(*this, store_.snapshot());
  }

  mutable std::size_t lookups = 0;  ///< Values and walks that were asked for.
  std::string broken_from;          ///< Walks that begin at this key fail at once.

 private:
  struct Broken final : persistence::Cursor {
    [[nodiscard]] bool valid() const override { return false; }

    [[nodiscard]] std::string_view key() const override { return {}; }

    [[nodiscard]] std::optional<std::string_view> value() const override { return std::nullopt; }

    void next() override {}

    [[nodiscard]] std::optional<persistence::StoreError> error() const override {
      return persistence::StoreError{persistence::StoreError::Kind::io, "the disk is broken"};
    }
  };

  class Snapshot final : public persistence::View {
   public:
    Snapshot(const WatchedStore& watched, std::shared_ptr<const persistence::View> view)
        : watched_(watched), view_(std::move(view)) {}

    [[nodiscard]] persistence::Read<std::optional<std::string>> get(
        Column column, std::string_view key) const override {
      ++watched_.lookups;
      return view_->get(column, key);
    }

    [[nodiscard]] std::unique_ptr<persistence::Cursor> cursor(
        Column column,
        std::string_view from,
        std::string_view to,
        Direction direction) const override {
      return watched_.cursor_of(*view_, column, from, to, direction);
    }

   private:
    const WatchedStore& watched_;
    std::shared_ptr<const persistence::View> view_;
  };

  [[nodiscard]] std::unique_ptr<persistence::Cursor> cursor_of(
      const persistence::View& view,
      Column column,
      std::string_view from,
      std::string_view to,
      Direction direction) const {
    ++lookups;
    if (!broken_from.empty() && from == broken_from) return std::make_unique<Broken>();
    return view.cursor(column, from, to, direction);
  }

  persistence::Store& store_;
};

}  // namespace cavea::test
