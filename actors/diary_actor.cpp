#include "actors/diary_actor.hpp"

#include "actors/fatal.hpp"
#include "actors/limits.hpp"

#include <utility>

namespace cavea::actors {

DiaryTurn::~DiaryTurn() {
  caf::anon_send(diary_, DiaryTurnOver{person_});
}

void DiaryState::on_asked(DiaryAsked asked) {
  auto& line = lines_[asked.question.person.value];
  if (line.size() >= limits::diary_line_max) {
    return asked.then(engine::Refusal(engine::Rejection::overloaded), nullptr);
  }
  line.push_back(std::move(asked));
  if (line.size() == 1) look_up(line.front().question);
}

void DiaryState::look_up(const engine::DiaryQuestion& question) {
  auto* reads = reads_;
  // Not where commands read: who has reserved a lot would keep others waiting.
  reads->run_in_background_after_writes(
      [reads, question, me = caf::actor_cast<caf::actor>(self_)](const auto& reader) {
        DiaryRead read;
        read.person = question.person;
        read.overlap = reads->value_or_fail(reader.overlap(question));
        caf::anon_send(me, std::move(read));
      });
}

void DiaryState::on_read(DiaryRead read) {
  // It may hold the work that gets the turn, and must not keep that alive.
  const auto then = std::exchange(lines_.at(read.person.value).front().then, {});
  if (!read.overlap) {
    then({}, std::make_shared<DiaryTurn>(caf::actor_cast<caf::actor>(self_), read.person));
    return;
  }
  engine::Refusal refusal(engine::Rejection::overlapping_reservation);
  refusal.overlap = std::move(read.overlap);
  then(std::move(refusal), nullptr);
  next_of(read.person);
}

void DiaryState::on_turn_over(engine::PersonKey person) {
  next_of(person);
}

void DiaryState::next_of(engine::PersonKey person) {
  const auto at = lines_.find(person.value);
  auto& line = at->second;
  line.pop_front();
  if (line.empty()) {
    lines_.erase(at);
  } else {
    look_up(line.front().question);
  }
}

caf::behavior diary_actor(
    caf::stateful_actor<std::unique_ptr<DiaryState>>* self,
    Reads* reads,
    persistence::Journal::FailureHandler on_failure) {
  self->state = std::make_unique<DiaryState>(self, reads);
  self->set_exception_handler(ends_node("the diary", std::move(on_failure)));
  return {
      [self](DiaryAsked& asked) { self->state->on_asked(std::move(asked)); },
      [self](DiaryRead& read) { self->state->on_read(std::move(read)); },
      [self](const DiaryTurnOver& over) { self->state->on_turn_over(over.person); }};
}

}  // namespace cavea::actors
