#pragma once

#include "engine/assert.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace cavea::http {

/// Who waits for which answer: tickets for the bus, each good for one answer. A ticket that was
/// given up (the client went away, the time was over) is never mistaken for a later one, because
/// its generation differs. Not thread-safe: one per I/O thread.
template <class Waiter>
class PendingAnswers {
 public:
  /// A ticket never is 0.
  [[nodiscard]] std::uint64_t add(Waiter waiter) {
    std::uint32_t index = first_free_;
    if (index == none) {
      index = static_cast<std::uint32_t>(slots_.size());
      slots_.emplace_back();
    } else {
      first_free_ = slots_[index].next_free;
    }
    auto& slot = slots_[index];
    slot.waiter = std::move(waiter);
    slot.is_used = true;
    ++size_;
    return (std::uint64_t{slot.generation} << 32) | index;
  }

  /// The waiter of a ticket; false when it was given up or used before.
  [[nodiscard]] bool take(std::uint64_t ticket, Waiter& waiter) {
    const auto index = static_cast<std::uint32_t>(ticket);
    if (index >= slots_.size()) return false;
    auto& slot = slots_[index];
    if (!slot.is_used || slot.generation != static_cast<std::uint32_t>(ticket >> 32)) return false;
    waiter = std::move(slot.waiter);
    slot.waiter = Waiter{};
    slot.is_used = false;
    if (++slot.generation == 0) slot.generation = 1;
    slot.next_free = first_free_;
    first_free_ = index;
    --size_;
    return true;
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  static constexpr std::uint32_t none = UINT32_MAX;

  struct Slot {
    Waiter waiter{};
    std::uint32_t generation = 1;
    std::uint32_t next_free = none;
    bool is_used = false;
  };

  std::vector<Slot> slots_;
  std::uint32_t first_free_ = none;
  std::size_t size_ = 0;
};

}  // namespace cavea::http
