#include "actors/known_keys.hpp"

#include <algorithm>
#include <cstring>

namespace cavea::actors {

namespace {

constexpr std::size_t blocks_min = 1 << 10;

/// 64 MiB in all 16 parts: 16 million keys a day. With more, more of them are looked up in vain.
constexpr std::size_t blocks_max = 1 << 19;

/// With more in a block, too many keys that were never noted would be taken for known.
constexpr std::size_t keys_per_block = 2;

/// A filter takes keys for so long, so that those that are too old can be dropped with it.
constexpr std::int64_t filter_filled_ms = 12 * 3'600'000;

/// A key's five bits of its block.
std::uint64_t bits_of(std::uint32_t hash) {
  std::uint64_t bits = 0;
  for (int i = 0; i < 5; ++i) {
    bits |= std::uint64_t{1} << (hash & 63U);
    hash >>= 6;
  }
  return bits;
}

}  // namespace

bool KnownKeys::note(const persistence::IdempotencyHash& key, std::int64_t now_ms) {
  std::uint64_t place = 0;
  std::uint32_t rest = 0;
  static_assert(sizeof place + sizeof rest == std::tuple_size_v<persistence::IdempotencyHash>);
  std::memcpy(&place, key.data(), sizeof place);
  std::memcpy(&rest, key.data() + sizeof place, sizeof rest);
  const auto bits = bits_of(rest);

  auto& part = parts_[place % parts_.size()];
  place /= parts_.size();
  const std::lock_guard lock(part.mutex);
  bool was_noted = false;
  bool is_noted_lately = false;
  for (const auto& filter : part.filters) {
    if ((filter.blocks[place & (filter.blocks.size() - 1)] & bits) != bits) continue;
    was_noted = true;
    is_noted_lately |= filter.since_ms + filter_filled_ms >= now_ms;
  }
  // Also when an old filter has it: what is done with it now is remembered from now on.
  if (!is_noted_lately) {
    auto& filter = filter_to_fill(part, now_ms);
    filter.blocks[place & (filter.blocks.size() - 1)] |= bits;
    ++filter.keys;
    filter.until_ms = now_ms;
  }
  return was_noted || !is_complete();
}

KnownKeys::Filter& KnownKeys::filter_to_fill(Part& part, std::int64_t now_ms) {
  auto& filters = part.filters;
  std::size_t blocks = blocks_min;
  if (!filters.empty()) {
    auto& last = filters.back();
    const bool is_full = last.keys >= last.blocks.size() * keys_per_block;
    const bool is_old = last.since_ms + filter_filled_ms < now_ms;
    std::size_t together = 0;
    for (const auto& filter : filters) together += filter.blocks.size();
    if (!is_old && (!is_full || together >= blocks_max)) return last;
    blocks = is_old ? last.blocks.size() : std::min(2 * last.blocks.size(), blocks_max / 2);
  }
  std::erase_if(filters, [&](const Filter& filter) { return filter.until_ms + kept_ms < now_ms; });
  filters.push_back(
      {.blocks = std::vector<std::uint64_t>(blocks), .since_ms = now_ms, .until_ms = now_ms});
  return filters.back();
}

std::size_t KnownKeys::bytes() const {
  std::size_t sum = 0;
  for (const auto& part : parts_) {
    const std::lock_guard lock(part.mutex);
    for (const auto& filter : part.filters) sum += filter.blocks.size() * sizeof(std::uint64_t);
  }
  return sum;
}

}  // namespace cavea::actors
