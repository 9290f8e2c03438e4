#pragma once

#include "actors/diary_turn.hpp"
#include "actors/reads.hpp"
#include "engine/diary.hpp"

#include <caf/all.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>

namespace cavea::actors {

/// A question, and who is told, in the diary's actor: why not (`overlapping_reservation`, or
/// `overloaded` when the person asks for too much at once), or the turn.
struct DiaryAsked {
  engine::DiaryQuestion question;
  std::function<void(std::optional<engine::Refusal>, DiaryTurnPtr)> then;
};

/// The reservations of a person were looked through.
struct DiaryRead {
  engine::PersonKey person;
  std::optional<engine::Overlap> overlap;
};

/// A turn was destroyed.
struct DiaryTurnOver {
  engine::PersonKey person;
};

/// Says whether people have time: who asks gets the turn, one after the other for each person. What
/// they have is read from the reservations themselves, so that nothing is kept here, and what was
/// given back, moved to another time, or sold before the option was set counts as it is.
class DiaryState {
 public:
  DiaryState(caf::event_based_actor* self, Reads* reads) : self_(self), reads_(reads) {}

  void on_asked(DiaryAsked asked);
  void on_read(DiaryRead read);
  void on_turn_over(engine::PersonKey person);

 private:
  using Line = std::deque<DiaryAsked>;

  void look_up(const engine::DiaryQuestion& question);
  void next_of(engine::PersonKey person);

  caf::event_based_actor* self_;
  Reads* reads_;
  /// By person; the first of a line is being looked up, or has the turn.
  std::unordered_map<std::uint64_t, Line> lines_;
};

/// `on_failure` ends the process, as where a shard cannot go on.
caf::behavior diary_actor(
    caf::stateful_actor<std::unique_ptr<DiaryState>>* self,
    Reads* reads,
    persistence::Journal::FailureHandler on_failure);

}  // namespace cavea::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::DiaryAsked)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::DiaryRead)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::DiaryTurnOver)
