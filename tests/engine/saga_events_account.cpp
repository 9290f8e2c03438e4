#include "tests/engine/saga_events_account.hpp"

#include "engine/changes.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace cavea::engine::testing {

namespace {

/// What somebody thinks who hears of events alone.
struct Listener {
  SagaStatus status = SagaStatus::claiming;
  bool has_ended = false;
  bool owes = false;  ///< Money is to go back that did not go yet, as far as is known.

  void hear(SagaEvent event) {
    switch (event) {
      case SagaEvent::held:
        CHECK(status == SagaStatus::claiming);
        status = SagaStatus::held;
        return;
      case SagaEvent::extended:
        CHECK(status == SagaStatus::held);
        return;
      case SagaEvent::payment_started:
        CHECK(status == SagaStatus::held);
        return;
      case SagaEvent::payment_failed:
      case SagaEvent::paid:
        return;
      case SagaEvent::rescued:
        CHECK(status != SagaStatus::confirmed);
        return;
      case SagaEvent::confirmed:
        CHECK(status != SagaStatus::confirmed);
        status = SagaStatus::confirmed;
        return;
      case SagaEvent::places_given_back:
        CHECK((status == SagaStatus::held || status == SagaStatus::confirmed));
        return;
      case SagaEvent::rejected:
        status = SagaStatus::rejected;
        return;
      case SagaEvent::expired:
      case SagaEvent::rescue_failed:
        CHECK(status != SagaStatus::confirmed);
        status = SagaStatus::expired;
        return;
      case SagaEvent::cancelled:
        status = SagaStatus::cancelled;
        return;
      case SagaEvent::refund_asked:
        owes = true;
        return;
      case SagaEvent::refunded:
        CHECK(owes);
        return;
      case SagaEvent::exchanged:
        CHECK(status == SagaStatus::confirmed);
        return;
      case SagaEvent::exchange_expired:
        CHECK(status == SagaStatus::confirmed);
        return;
    }
  }
};

std::string words_of(const std::vector<SagaEvent>& events) {
  std::string words;
  for (const auto event : events) words.append(name_of(change_type_of(event))).append(" ");
  return words;
}

}  // namespace

void check_events(const SagaWorld::Slot& slot) {
  const auto& saga = slot.saga;
  const auto& events = slot.events;
  INFO(words_of(events));
  const auto count = [&](SagaEvent event) {
    return static_cast<std::uint32_t>(std::count(events.begin(), events.end(), event));
  };
  Listener listener;
  for (const auto event : events) listener.hear(event);
  auto status = status_of(saga);
  // Where money went back is told beside how it ended.
  if (status == SagaStatus::refunded) {
    CHECK(count(SagaEvent::refund_asked) > 0);
    CHECK(count(SagaEvent::refunded) > 0);
    CHECK(
        (listener.status == SagaStatus::cancelled || listener.status == SagaStatus::expired
         || listener.status == SagaStatus::rejected));
    status = listener.status;
  }
  CHECK(listener.status == status);
  CHECK(count(SagaEvent::held) == (saga.deadline == Timestamp{} ? 0 : 1));
  CHECK(count(SagaEvent::confirmed) == (saga.was_confirmed ? 1 : 0));
  CHECK(count(SagaEvent::payment_started) == saga.payment.attempt);
  CHECK(count(SagaEvent::extended) == saga.extensions);
  CHECK((count(SagaEvent::paid) > 0) == (saga.captured().minor > 0));
  CHECK((count(SagaEvent::refund_asked) > 0) == (saga.refund_due().minor > 0));
  CHECK(count(SagaEvent::exchanged) == slot.exchanges.size());
  const bool was_rescued = count(SagaEvent::rescued) > 0;
  CHECK(was_rescued == (saga.rescue == RescueState::done || (was_rescued && !saga.was_confirmed)));
}

}  // namespace cavea::engine::testing
