#include "actors/diary_actor.hpp"
#include "actors/shard_actor.hpp"

#include <utility>

// How a shard has the diary of a person looked up before an offering that refuses overlaps gives
// places.

namespace cavea::actors {

namespace {

template <class Command>
bool note_free(engine::OfferingCommand& command) {
  auto* asked = std::get_if<Command>(&command);
  if (asked != nullptr) asked->diary_is_free = true;
  return asked != nullptr;
}

engine::OfferingCommand& command_of(WorkItem& item) {
  if (auto* internal = std::get_if<InternalRequest>(&item)) return internal->command;
  auto& what = std::get<engine::CommandRequest>(item).what;
  if (auto* request = std::get_if<engine::OfferingRequest>(&what)) return request->command;
  return std::get<engine::ReservationRequest>(what).command;
}

/// The same command, now that the diary is free.
void note_free(WorkItem& item) {
  auto& command = command_of(item);
  const bool is_noted =
      note_free<engine::HoldPlaces>(command) || note_free<engine::AcceptOffer>(command);
  CAVEA_ASSERT(is_noted);
}

}  // namespace

void ShardState::ask_diary(WorkPtr work) {
  const auto question = std::get<engine::AskDiary>(std::exchange(work->outcome, {})).question;
  // The command goes on without its offering: no death of that frees its key.
  if (const auto* key = work->idempotency_key()) keys_.own(*key, 0);
  DiaryAsked asked;
  asked.question = question;
  asked.then = [me = caf::actor_cast<caf::actor>(self_), work, offering = question.offering](
                   auto refusal, auto turn) {
    caf::anon_send(me, DiaryAnswered{work, offering, std::move(refusal), std::move(turn)});
  };
  self_->send(parts_.diary, std::move(asked));
}

void ShardState::on_diary_answered(DiaryAnswered answered) {
  auto& work = answered.work;
  if (answered.refusal) {
    work->outcome = engine::Answer(*std::move(answered.refusal));
    gather(std::move(work));
  } else {
    note_free(work->item);
    work->at = now();
    work->turn = std::move(answered.turn);
    if (const auto* key = work->idempotency_key()) {
      keys_.own(*key, engine::stable_hash(answered.offering.view()));
    }
    dispatch(answered.offering, std::move(work));
  }
  end_message();
}

/// What was offered to who waited is the person's once they pay: only then it must be in no way.
void ShardState::ask_diary(SagaFound found) {
  DiaryAsked asked;
  asked.question = *std::exchange(found.question, {});
  auto kept = std::make_shared<SagaFound>(std::move(found));
  asked.then = [me = caf::actor_cast<caf::actor>(self_), kept](auto refusal, auto /*turn*/) {
    caf::anon_send(me, OfferLookedAt{std::move(*kept), std::move(refusal)});
  };
  self_->send(parts_.diary, std::move(asked));
}

void ShardState::on_offer_looked_at(OfferLookedAt looked) {
  if (!looked.refusal) return on_saga_found(std::move(looked.found));
  SagaFound nothing;
  nothing.id = looked.found.id;
  for (auto& work : sagas_.on_found(std::move(nothing))) {
    work->outcome = engine::Answer(*looked.refusal);
    gather(std::move(work));
  }
  end_message();
}

/// An actor that dies, or a node, takes them with it: then they are offers like any other.
void ShardState::accept_offers(const Work& work, const engine::OfferingId& offering) {
  for (const auto& offer : work.to_accept) {
    auto accepts = caf::make_counted<Work>(
        InternalRequest{offering, offer}, engine::ReturnAddress{}, *parts_.waiting);
    accepts->at = now();
    dispatch(offering, std::move(accepts));
  }
}

}  // namespace cavea::actors
