#pragma once

#include "engine/cluster_status.hpp"

#include <caf/all.hpp>

#include <mutex>
#include <utility>

namespace cavea::actors {

/// The actor that has the log of a shard on this node just now: the one that leads the shard, or
/// the one that follows who does. Thread-safe.
class ShardHolder {
 public:
  [[nodiscard]] caf::actor get() const {
    const std::lock_guard lock(mutex_);
    return actor_;
  }

  void set(caf::actor actor) {
    const std::lock_guard lock(mutex_);
    if (!is_closed_) actor_ = std::move(actor);
  }

  /// Nobody has it from now on. Returns who had it last.
  caf::actor close() {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
    return std::exchange(actor_, nullptr);
  }

  [[nodiscard]] bool is_closed() const {
    const std::lock_guard lock(mutex_);
    return is_closed_;
  }

  /// What the holder says of itself, for people; a little old.
  [[nodiscard]] engine::ShardStatus status() const {
    const std::lock_guard lock(mutex_);
    return status_;
  }

  void set_status(engine::ShardStatus status) {
    const std::lock_guard lock(mutex_);
    status_ = std::move(status);
  }

  template <class... Parts>
  void tell(Parts&&... parts) const {
    if (const auto actor = get()) caf::anon_send(actor, std::forward<Parts>(parts)...);
  }

 private:
  mutable std::mutex mutex_;
  caf::actor actor_;
  bool is_closed_ = false;
  engine::ShardStatus status_;
};

}  // namespace cavea::actors
