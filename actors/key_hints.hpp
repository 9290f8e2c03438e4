#pragma once

#include "engine/command_bus.hpp"
#include "engine/ids.hpp"

#include <atomic>
#include <cstdint>
#include <optional>
#include <vector>

namespace cavea::actors {

/// On which shard a caller's idempotency key was seen last. Keys are kept by the shard of what they
/// were used for; a key that is used again for something on another shard would not be recognised
/// there. A hint says where to look; it may be lost (two keys in one slot, a restart), never wrong
/// in a way that matters, since the shard's record decides. Lock-free, from any thread.
class KeyHints {
 public:
  KeyHints() : slots_(slot_count) {}

  /// Notes that `key` is used on `shard` now. Returns the other shard on which it was used before.
  [[nodiscard]] std::optional<engine::ShardId> note(
      const engine::IdempotencyKey& key, engine::ShardId shard) noexcept {
    const auto hash = engine::stable_hash(key.caller) * 31 + engine::stable_hash(key.key);
    const auto tag = hash & ~std::uint64_t{0xFFFF};
    auto& slot = slots_[(hash >> 16) % slot_count];
    const auto before = slot.exchange(tag | shard.value, std::memory_order_relaxed);
    if (before == 0 || (before & ~std::uint64_t{0xFFFF}) != tag) return std::nullopt;
    const engine::ShardId other{static_cast<std::uint16_t>(before)};
    if (other == shard) return std::nullopt;
    return other;
  }

 private:
  /// 8 MiB: the keys of the last minutes of a rush.
  static constexpr std::size_t slot_count = 1 << 20;

  std::vector<std::atomic<std::uint64_t>> slots_;
};

}  // namespace cavea::actors
