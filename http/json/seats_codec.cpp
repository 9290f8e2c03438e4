#include "http/json/seats_codec.hpp"

#include "engine/assert.hpp"
#include "http/json/offering_codec.hpp"
#include "http/json/seat_map_codec.hpp"
#include "http/json/writer.hpp"

#include <array>
#include <memory>

namespace cavea::http::json {

namespace {

/// A map's text. A house of 2,000 seats has 130 KB, and a node rarely has more than these in demand
/// at once; larger ones than `map_bytes_max` are not kept.
struct MapText {
  std::weak_ptr<const engine::SeatMap> map;
  std::string text;
};

constexpr std::size_t remembered_maps = 8;
constexpr std::size_t map_bytes_max = 4 * 1024 * 1024;

bool is_of(const MapText& known, const engine::SeatMapRef& map) {
  return !known.map.owner_before(map) && !map.owner_before(known.map);
}

void append_map(std::string& out, const engine::SeatMapRef& map) {
  static thread_local std::array<MapText, remembered_maps> texts;
  static thread_local std::size_t oldest = 0;
  for (const auto& known : texts) {
    if (!known.text.empty() && is_of(known, map)) {
      out += known.text;
      return;
    }
  }
  std::string text;
  append_seat_map(text, *map);
  out += text;
  if (text.size() > map_bytes_max) return;
  text.shrink_to_fit();
  texts[oldest] = {.map = map, .text = std::move(text)};
  oldest = (oldest + 1) % remembered_maps;
}

const engine::PerformanceTerms& terms_of(const engine::SeatsView& view) {
  CAVEA_ASSERT(view.definition && view.definition->performance() != nullptr);
  return *view.definition->performance();
}

}  // namespace

void append_seats(std::string& out, const engine::SeatsView& view, bool with_map) {
  const auto& terms = terms_of(view);
  Writer writer(out);
  writer.begin_object().key("offering").text(view.offering.view());
  writer.key("version").number(view.version.value);
  if (with_map) {
    append_map(writer.key("map").place(), terms.seat_map);
    writer.done();
    append_prices(writer.key("prices").place(), terms);
    writer.done();
  }
  append_states(writer.key("states").place(), *terms.seat_map, view.states);
  writer.done().end_object();
}

}  // namespace cavea::http::json
