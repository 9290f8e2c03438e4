#pragma once

#include "engine/seat_map.hpp"
#include "persistence/keys.hpp"
#include "persistence/wire.hpp"

#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace cavea::persistence {

/// Appends a seat map: `seat-map` in FORMAT.md.
void encode_seat_map(Encoder& out, const engine::SeatMap& map);

/// Null when the bytes are no seat map; the decoder has failed then.
[[nodiscard]] engine::SeatMapRef decode_seat_map(Decoder& in);

[[nodiscard]] MapDigest digest_of(std::string_view encoded_map);

/// Shares seat maps in memory: as long as somebody uses a map it is found again by its digest, and
/// the last few are kept, so that a page of performances of one theatre builds its map once.
/// From any thread.
class SeatMapCache {
 public:
  /// Maps that are kept though nobody uses them; a map of 2,500 seats is about 250 KB.
  static constexpr std::size_t kept_max = 8;

  /// Null when it is not there.
  [[nodiscard]] engine::SeatMapRef find(const MapDigest& digest);

  /// The map that is kept under the digest: an earlier one where there is one.
  engine::SeatMapRef add(const MapDigest& digest, engine::SeatMapRef map);

 private:
  void keep(const engine::SeatMapRef& map);

  std::mutex mutex_;
  std::unordered_map<std::string, std::weak_ptr<const engine::SeatMap>> maps_;
  std::list<engine::SeatMapRef> kept_;  ///< Latest first.
};

}  // namespace cavea::persistence
