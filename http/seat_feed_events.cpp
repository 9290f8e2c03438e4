#include "http/seat_feed_events.hpp"

#include "http/text.hpp"

namespace cavea::http {

namespace {

void append_start(std::string& out, engine::Version version, std::string_view event) {
  out.append("id: ");
  append_number(out, version.value);
  out.append("\nevent: ").append(event).append("\ndata: ");
}

/// Appends the members of `states`, one a place, with a comma before all but the first.
class StateWriter {
 public:
  StateWriter(std::string& out, const engine::OfferingDefinition& definition)
      : out_(out), seat_map_(*definition.performance()->seat_map) {}

  void add(engine::Place place, engine::PlaceState state) {
    // Retired seats are in no map that people see.
    if (state == engine::PlaceState::retired) return;
    if (!is_first_) out_.push_back(',');
    is_first_ = false;
    append_json_string(out_, seat_map_.label(place));
    out_.append(":\"").append(engine::name_of(state)).push_back('"');
  }

 private:
  std::string& out_;
  const engine::SeatMap& seat_map_;
  bool is_first_ = true;
};

}  // namespace

void append_snapshot_event(
    std::string& out,
    engine::Version version,
    const engine::OfferingDefinition& definition,
    const std::vector<engine::PlaceState>& states) {
  append_start(out, version, "snapshot");
  out.append("{\"version\":");
  append_number(out, version.value);
  out.append(",\"seat_map_revision\":");
  append_number(out, definition.performance()->seat_map_revision.value);
  out.append(",\"states\":{");
  StateWriter writer(out, definition);
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (states[i] == engine::PlaceState::free) continue;
    writer.add({static_cast<std::uint32_t>(i)}, states[i]);
  }
  out.append("}}\n\n");
}

void append_delta_event(
    std::string& out,
    const engine::SeatDelta& delta,
    const engine::OfferingDefinition& definition) {
  append_start(out, delta.version, "delta");
  out.append("{\"previous\":");
  append_number(out, delta.previous.value);
  out.append(",\"version\":");
  append_number(out, delta.version.value);
  out.append(",\"states\":{");
  StateWriter writer(out, definition);
  for (const auto& change : delta.changes) writer.add(change.place, change.state);
  out.append("}}\n\n");
}

void append_map_event(std::string& out, engine::Version version) {
  append_start(out, version, "map");
  out.append("{\"version\":");
  append_number(out, version.value);
  out.append("}\n\n");
}

void append_end_event(std::string& out, std::string_view reason) {
  out.append("event: end\ndata: {\"reason\":");
  append_json_string(out, reason);
  out.append("}\n\n");
}

void append_retry(std::string& out, std::uint64_t milliseconds) {
  out.append("retry: ");
  append_number(out, milliseconds);
  out.append("\n\n");
}

}  // namespace cavea::http
