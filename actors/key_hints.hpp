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

  /// The other shard on which `key` was used last; nothing when it is new or was used on `shard`,
  /// which is noted then.
  [[nodiscard]] std::optional<engine::ShardId> other_shard_of(
      const engine::IdempotencyKey& key, engine::ShardId shard) noexcept {
    const auto tag = tag_of(key);
    auto& slot = slot_of(tag);
    auto before = slot.load(std::memory_order_relaxed);
    while ((before & tag_bits) != tag) {
      if (slot.compare_exchange_weak(before, tag | shard.value, std::memory_order_relaxed)) {
        return std::nullopt;
      }
    }
    const engine::ShardId last{static_cast<std::uint16_t>(before)};
    if (last == shard) return std::nullopt;
    return last;
  }

  /// `key` is used on `shard` from now on: where it was used before, nothing came of it.
  void move(const engine::IdempotencyKey& key, engine::ShardId shard) noexcept {
    const auto tag = tag_of(key);
    slot_of(tag).store(tag | shard.value, std::memory_order_relaxed);
  }

 private:
  /// 8 MiB: the keys of the last minutes of a rush.
  static constexpr std::size_t slot_count = 1 << 20;

  /// The lowest bits of a slot hold the shard.
  static constexpr std::uint64_t tag_bits = ~std::uint64_t{0xFFFF};

  static std::uint64_t tag_of(const engine::IdempotencyKey& key) noexcept {
    const auto hash = engine::stable_hash(key.caller) * 31 + engine::stable_hash(key.key);
    // An empty slot is no key's.
    return (hash & tag_bits) == 0 ? std::uint64_t{0x10000} : hash & tag_bits;
  }

  std::atomic<std::uint64_t>& slot_of(std::uint64_t tag) noexcept {
    return slots_[(tag >> 16) % slot_count];
  }

  std::vector<std::atomic<std::uint64_t>> slots_;
};

}  // namespace cavea::actors
