#pragma once

#include "persistence/record_codec.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

namespace cavea::actors {

/// Which idempotency keys this node may have seen: all that were noted in the last 48 hours, and
/// one in hundreds of the others. So a key that is new, as nearly all are, needs no look at the
/// store, and one that is not can be looked for on all shards.
///
/// Bloom filters of 64-bit blocks (Putze, Sanders, Singler: Cache-, Hash- and Space-Efficient Bloom
/// Filters, 2007) that grow as keys come, about 4 bytes a key. Thread-safe.
class KnownKeys {
 public:
  /// For longer than a store keeps a key: 36 hours, and the 12 for which a filter is filled.
  static constexpr std::int64_t kept_ms = 48 * 3'600'000;

  /// Notes a key; times are of a clock that is never set. False: it was not noted before, and the
  /// store does not have it.
  [[nodiscard]] bool note(const persistence::IdempotencyHash& key, std::int64_t now_ms);

  /// There are keys in the store that are to be noted: none is known to be new until then. Counts:
  /// `have_read` once for the start, and once for each call.
  void must_read() noexcept { to_read_.fetch_add(1, std::memory_order_acq_rel); }

  void have_read() noexcept { to_read_.fetch_sub(1, std::memory_order_acq_rel); }

  [[nodiscard]] bool is_complete() const noexcept {
    return to_read_.load(std::memory_order_acquire) == 0;
  }

  [[nodiscard]] std::size_t bytes() const;

 private:
  struct Filter {
    std::vector<std::uint64_t> blocks;  ///< A power of two of them.
    std::size_t keys = 0;
    std::int64_t since_ms = 0;
    std::int64_t until_ms = 0;  ///< When its newest key was noted.
  };

  /// A part of the keys with a lock of its own, so that threads seldom meet.
  struct alignas(64) Part {
    mutable std::mutex mutex;
    std::vector<Filter> filters;  ///< Keys are added to the last.
  };

  static Filter& filter_to_fill(Part& part, std::int64_t now_ms);

  std::array<Part, 16> parts_;
  std::atomic<int> to_read_ = 1;  ///< First, what is there at the start.
};

}  // namespace cavea::actors
