#pragma once

#include <cmath>
#include <cstdint>

namespace cavea::bench {

/// Random numbers that a seed decides for ever and on every machine, which the distributions of the
/// standard library do not promise: SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom
/// number generators", 2014).
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() noexcept {
    state_ += 0x9E3779B97F4A7C15ULL;
    auto mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ULL;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBULL;
    return mixed ^ (mixed >> 31);
  }

  /// From 0 to `count - 1`; `count` is more than 0 and so small that the remainder is no matter.
  std::uint64_t below(std::uint64_t count) noexcept { return next() % count; }

  /// Exponentially distributed: small values are the likely ones.
  double exponential(double mean) noexcept {
    // From just above 0 to 1, so that the logarithm is finite.
    const auto unit = (static_cast<double>(next() >> 11) + 1.0) * 0x1p-53;
    return -mean * std::log(unit);
  }

 private:
  std::uint64_t state_;
};

}  // namespace cavea::bench
