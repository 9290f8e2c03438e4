#pragma once

#include "engine/reconciliation.hpp"

#include <mutex>
#include <utility>

namespace cavea::actors {

/// What is known of reconciliation, for whoever asks. Thread-safe.
class ReconciliationBoard {
 public:
  void show(engine::ReconciliationView view) {
    const std::lock_guard lock(mutex_);
    view_ = std::move(view);
  }

  [[nodiscard]] engine::ReconciliationView view() const {
    const std::lock_guard lock(mutex_);
    return view_;
  }

 private:
  mutable std::mutex mutex_;
  engine::ReconciliationView view_;
};

}  // namespace cavea::actors
