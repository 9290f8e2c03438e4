#pragma once

#include "persistence/state_overlay.hpp"
#include "persistence/store.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace cavea::persistence {

/// A store as it will be once more changes of the state are written, without writing them: what
/// `cavea check` looks at where the log is ahead of the state. Not thread-safe.
class RecoveredState final : public LiveView {
 public:
  explicit RecoveredState(std::shared_ptr<const View> stored);

  /// Lays everything in `changes`, whose base must be this, over what is there, and empties it.
  void take(StateOverlay& changes);

  /// Forgets what was laid over the store.
  void clear() { changes_.clear(); }

  [[nodiscard]] Read<std::optional<std::string>> get(
      Column column, std::string_view key) const override;
  [[nodiscard]] std::unique_ptr<Cursor> cursor(
      Column column,
      std::string_view from,
      std::string_view to,
      Direction direction) const override;

  /// Itself: it only changes when it is told to.
  [[nodiscard]] std::shared_ptr<const View> snapshot() const override;

 private:
  class Batch;
  class Walk;

  /// By key; nothing: the key is removed.
  using Changes = std::map<std::string, std::optional<std::string>, std::less<>>;

  std::shared_ptr<const View> stored_;
  Changes changes_;
};

}  // namespace cavea::persistence
