#include "engine/seat_search.hpp"

namespace cavea::engine {
namespace {

/// The chairs of a window that slides over a run.
struct Tally {
  std::uint64_t distance = 0;
  std::uint32_t accessible = 0;
  std::uint32_t companions = 0;
};

/// Slides a window over one run and remembers the best.
class Slider {
 public:
  Slider(const SeatSearch& search, std::uint32_t size, bool needs_accessible, const Point* target)
      : search_(search), size_(size), needs_accessible_(needs_accessible), target_(target) {}

  void visit(const Run& run) {
    if (run.size() < size_) return;
    Tally tally;
    for (auto at = run.begin; at < run.begin + size_; ++at) add(tally, at);
    for (auto first = run.begin;; ++first) {
      keep(run, first, tally);
      if (first + size_ == run.end) return;
      subtract(tally, first);
      add(tally, first + size_);
    }
  }

  [[nodiscard]] const std::optional<Window>& best() const noexcept { return best_; }

 private:
  [[nodiscard]] std::uint64_t distance(std::uint32_t position) const {
    if (target_ == nullptr) return search_.chair(position).distance;
    return squared_distance(search_.point(position), *target_);
  }

  void add(Tally& tally, std::uint32_t position) const {
    tally.distance += distance(position);
    tally.accessible += search_.chair(position).accessible ? 1 : 0;
    tally.companions += search_.chair(position).companion ? 1 : 0;
  }

  void subtract(Tally& tally, std::uint32_t position) const {
    tally.distance -= distance(position);
    tally.accessible -= search_.chair(position).accessible ? 1 : 0;
    tally.companions -= search_.chair(position).companion ? 1 : 0;
  }

  /// A party around an accessible seat should not take a second one that somebody else needs, and
  /// its company should sit where company is meant to sit. Others take what they must.
  [[nodiscard]] std::uint32_t penalty(const Tally& tally) const {
    if (!needs_accessible_) return tally.accessible;
    const bool lacks_companion = size_ > 1 && tally.companions == 0;
    return (tally.accessible - 1) * 2 + (lacks_companion ? 1 : 0);
  }

  void keep(const Run& run, std::uint32_t first, const Tally& tally) {
    if (needs_accessible_ && tally.accessible == 0) return;
    const Window window{
        .leaves_single = leaves_single(search_.seating(), run, first, size_),
        .penalty = penalty(tally),
        .distance = tally.distance,
        .first = search_.chair(first).place,
        .position = first,
        .size = size_};
    if (!best_ || window < *best_) best_ = window;
  }

  const SeatSearch& search_;
  std::uint32_t size_;
  bool needs_accessible_;
  const Point* target_;
  std::optional<Window> best_;
};

}  // namespace

std::optional<Window> best_window(const SeatSearch& search, std::uint32_t size) {
  Slider slider(search, size, search.needs_accessible, nullptr);
  for (const auto& segment : search.seating().segments) {
    if (segment.end - segment.begin < size || !search.may_give(segment)) continue;
    // Segments come nearest first: once no chair is near enough to win, none that follows is.
    const auto& best = slider.best();
    if (best && !best->leaves_single && best->penalty == 0
        && segment.nearest * size > best->distance) {
      break;
    }
    search.for_each_run_of(segment, [&](const Run& run) { slider.visit(run); });
  }
  return slider.best();
}

std::optional<Window> best_window_in(
    const SeatSearch& search,
    const Run& run,
    std::uint32_t size,
    bool needs_accessible,
    const Point* target) {
  Slider slider(search, size, needs_accessible, target);
  slider.visit(run);
  return slider.best();
}

void append_places(const SeatSearch& search, const Window& window, std::vector<Place>& out) {
  for (auto at = window.position; at < window.position + window.size; ++at) {
    out.push_back(search.chair(at).place);
  }
}

}  // namespace cavea::engine
