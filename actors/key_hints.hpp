#pragma once

#include "engine/ids.hpp"
#include "persistence/record_codec.hpp"

#include <atomic>
#include <cstdint>
#include <cstring>
#include <optional>
#include <vector>

namespace cavea::actors {

/// On which shard an idempotency key was used last. Keys are kept by the shard of what they were
/// used for; a key that is used again for something on another shard would not be recognised there.
/// A hint says where to look first: it may be lost (two keys in one slot, a restart), and the
/// shard's record decides. Lock-free, from any thread.
class KeyHints {
 public:
  KeyHints() : slots_(slot_count) {}

  /// The shard on which the key was used last; nothing when that is not known.
  [[nodiscard]] std::optional<engine::ShardId> find(
      const persistence::IdempotencyHash& key) const noexcept {
    const auto tag = tag_of(key);
    const auto hint = slots_[slot_of(tag)].load(std::memory_order_relaxed);
    if ((hint & tag_bits) != tag) return std::nullopt;
    return engine::ShardId{static_cast<std::uint16_t>(hint)};
  }

  /// Notes `shard`, unless another was noted: gives that one then.
  [[nodiscard]] engine::ShardId find_or_note(
      const persistence::IdempotencyHash& key, engine::ShardId shard) noexcept {
    const auto tag = tag_of(key);
    auto& slot = slots_[slot_of(tag)];
    auto before = slot.load(std::memory_order_relaxed);
    while ((before & tag_bits) != tag) {
      if (slot.compare_exchange_weak(before, tag | shard.value, std::memory_order_relaxed)) {
        return shard;
      }
    }
    return {static_cast<std::uint16_t>(before)};
  }

  /// The key is used on `shard` from now on: where it was used before, nothing came of it.
  void move(const persistence::IdempotencyHash& key, engine::ShardId shard) noexcept {
    const auto tag = tag_of(key);
    slots_[slot_of(tag)].store(tag | shard.value, std::memory_order_relaxed);
  }

 private:
  /// 8 MiB: the keys of the last minutes of a rush.
  static constexpr std::size_t slot_count = 1 << 20;

  /// The lowest bits of a slot hold the shard.
  static constexpr std::uint64_t tag_bits = ~std::uint64_t{0xFFFF};

  static std::uint64_t tag_of(const persistence::IdempotencyHash& key) noexcept {
    std::uint64_t hash = 0;
    std::memcpy(&hash, key.data(), sizeof hash);
    // An empty slot is no key's.
    return (hash & tag_bits) == 0 ? std::uint64_t{0x10000} : hash & tag_bits;
  }

  static std::size_t slot_of(std::uint64_t tag) noexcept { return (tag >> 16) % slot_count; }

  std::vector<std::atomic<std::uint64_t>> slots_;
};

}  // namespace cavea::actors
