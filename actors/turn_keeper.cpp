#include "actors/turn_keeper.hpp"

#include "actors/limits.hpp"

#include <algorithm>
#include <utility>

namespace cavea::actors {

TurnKeeper::~TurnKeeper() {
  parts_.probe->turns_kept.add(-shown_);
}

void TurnKeeper::show_kept() {
  const auto& kept = log_.kept();
  const auto entries =
      static_cast<std::int64_t>(log_.applied() + 1 - std::min(log_.applied() + 1, kept.first));
  parts_.probe->turns_kept.add(entries - std::exchange(shown_, entries));
}

void TurnKeeper::on_tick(engine::Timestamp time, std::int64_t steady) {
  show_kept();
  if (is_looking_ || steady < next_look_ms_) return;
  if (parts_.keep_ms == 0) return show_turns_from(log_.first_needed(), std::nullopt);

  const auto part = parts_.keep_ms / limits::kept_parts;
  next_look_ms_ = steady + std::clamp(part, limits::tick_ms, limits::kept_look_ms_max);
  // A clock that was ahead for a moment must not take away what is still promised.
  const auto agreed = std::min(time, std::exchange(look_time_, time));
  const engine::Timestamp since{agreed.ms - parts_.keep_ms};
  if (oldest_ && oldest_->ms >= since.ms - part) return;
  is_looking_ = true;
  auto* reads = parts_.reads;
  reads->run_in_background(
      [reads, since, id = parts_.id, me = caf::actor_cast<caf::actor>(self_)](const auto& reader) {
        const auto found = reads->value_or_fail(reader.turn_log().first_since(id, since));
        caf::anon_send(me, KeptSince{found.index, found.at});
      });
}

void TurnKeeper::on_found(const KeptSince& kept) {
  is_looking_ = false;
  show_turns_from(kept.first, kept.at);
}

void TurnKeeper::show_turns_from(std::uint64_t first, std::optional<engine::Timestamp> oldest) {
  log_.show_from(std::min(first, parts_.feed->first_not_held(parts_.id)));
  // What a consumer holds back is older still; when it was made is found at the next look.
  oldest_ = log_.kept().first < first ? std::nullopt : oldest;
  parts_.feed->show_oldest(parts_.id, oldest_);
}

}  // namespace cavea::actors
