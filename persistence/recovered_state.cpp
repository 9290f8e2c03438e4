#include "persistence/recovered_state.hpp"

#include "engine/assert.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace cavea::persistence {

/// Gathers what an overlay would write.
class RecoveredState::Batch final : public WriteBatch {
 public:
  explicit Batch(RecoveredState& state) : state_(state) {}

  void put(Column column, std::string_view key, std::string_view value) override {
    CAVEA_ASSERT(column == Column::state);
    changes_.insert_or_assign(std::string(key), std::string(value));
  }

  void remove(Column column, std::string_view key) override {
    CAVEA_ASSERT(column == Column::state);
    changes_.insert_or_assign(std::string(key), std::nullopt);
  }

  void remove_range(Column column, std::string_view from, std::string_view to) override {
    const auto cursor = state_.cursor(column, from, to, Direction::forward);
    for (; cursor->valid(); cursor->next()) remove(column, cursor->key());
  }

  [[nodiscard]] bool empty() const override { return changes_.empty(); }

  [[nodiscard]] std::size_t bytes() const override { return 0; }

  void clear() override { changes_.clear(); }

  [[nodiscard]] Changes& changes() { return changes_; }

 private:
  RecoveredState& state_;
  Changes changes_;
};

/// Merges the records of the store with those that are laid over them.
class RecoveredState::Walk final : public Cursor {
 public:
  Walk(
      std::unique_ptr<Cursor> stored,
      std::vector<const Changes::value_type*> changes,
      Direction direction)
      : stored_(std::move(stored)), changes_(std::move(changes)), direction_(direction) {
    settle();
  }

  [[nodiscard]] bool valid() const override {
    if (stored_->valid()) return true;
    return is_on_change_ && !stored_->error();
  }

  [[nodiscard]] std::string_view key() const override {
    return is_on_change_ ? std::string_view(changes_[next_]->first) : stored_->key();
  }

  [[nodiscard]] std::optional<std::string_view> value() const override {
    return is_on_change_ ? std::string_view(*changes_[next_]->second) : stored_->value();
  }

  void next() override {
    if (is_on_change_) {
      ++next_;
    } else {
      stored_->next();
    }
    settle();
  }

  [[nodiscard]] std::optional<StoreError> error() const override { return stored_->error(); }

 private:
  /// Goes on to the next record that is there: a change hides what is stored under its key.
  void settle() {
    for (is_on_change_ = false; next_ < changes_.size(); ++next_) {
      const auto& [key, value] = *changes_[next_];
      if (stored_->valid() && is_before(stored_->key(), key)) return;
      if (stored_->valid() && stored_->key() == key) stored_->next();
      is_on_change_ = value.has_value();
      if (is_on_change_) return;
    }
  }

  [[nodiscard]] bool is_before(std::string_view one, std::string_view other) const {
    return direction_ == Direction::forward ? one < other : one > other;
  }

  std::unique_ptr<Cursor> stored_;
  std::vector<const Changes::value_type*> changes_;  ///< Of the range, in the walk's direction.
  Direction direction_;
  std::size_t next_ = 0;
  bool is_on_change_ = false;
};

RecoveredState::RecoveredState(std::shared_ptr<const View> stored) : stored_(std::move(stored)) {}

void RecoveredState::take(StateOverlay& changes) {
  Batch batch(*this);
  changes.flush_into(batch);
  batch.changes().merge(changes_);
  changes_ = std::move(batch.changes());
}

Read<std::optional<std::string>> RecoveredState::get(Column column, std::string_view key) const {
  if (column != Column::state) return stored_->get(column, key);
  const auto found = changes_.find(key);
  return found == changes_.end() ? stored_->get(column, key) : found->second;
}

std::unique_ptr<Cursor> RecoveredState::cursor(
    Column column, std::string_view from, std::string_view to, Direction direction) const {
  auto stored = stored_->cursor(column, from, to, direction);
  if (column != Column::state || changes_.empty()) return stored;
  std::vector<const Changes::value_type*> changes;
  for (auto at = changes_.lower_bound(from); at != changes_.end(); ++at) {
    if (!to.empty() && at->first >= to) break;
    changes.push_back(&*at);
  }
  if (direction == Direction::backward) std::reverse(changes.begin(), changes.end());
  return std::make_unique<Walk>(std::move(stored), std::move(changes), direction);
}

std::shared_ptr<const View> RecoveredState::snapshot() const {
  return {std::shared_ptr<const View>(), this};
}

}  // namespace cavea::persistence
