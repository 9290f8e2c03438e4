#include "engine/due_notifications.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace cavea::engine::testing {

namespace {

constexpr ReservationId ada{7, 1};
constexpr ReservationId bob{7, 2};

PlacesHeld held(ReservationId id) {
  return {
      .reservation = id,
      .user = "ada",
      .person = {},
      .lines = {},
      .until = {60'000},
      .currency = {}};
}

PlacesSold sold(ReservationId id) {
  return {.reservation = id, .user = "ada", .person = {}, .lines = {}, .currency = {}};
}

/// "confirmed 1@0": what, for whose reservation, because of which event.
std::string told_of(const OfferingEvents& events) {
  std::string all;
  for (const auto& due : due_for(events)) {
    if (!all.empty()) all += ", ";
    all += std::string(name_of(due.kind)) + " " + std::to_string(due.about.low) + "@"
           + std::to_string(due.event);
  }
  return all;
}

/// A saga over one leg of `places` places.
Saga saga_of(std::uint32_t places) {
  Saga saga;
  saga.id = ada;
  saga.user = "ada";
  saga.deadline = {60'000};
  saga.legs.emplace_back();
  for (std::uint32_t i = 0; i < places; ++i) {
    saga.legs.back().lines.push_back({.place = {i}, .price = {1'000}});
  }
  saga.legs.back().state = LegState::held;
  return saga;
}

Saga confirmed(Saga saga) {
  saga.goal = SagaGoal::confirm;
  saga.was_confirmed = true;
  saga.legs.front().state = LegState::sold;
  return saga;
}

Saga released(Saga saga, Cause cause) {
  saga.goal = SagaGoal::release;
  saga.cause = cause;
  saga.legs.front().state = LegState::gone;
  for (auto& line : saga.legs.front().lines) line.given_back = true;
  return saga;
}

/// What the person is told of the saga, step by step.
class Listener {
 public:
  std::string hear(const Saga& saga) {
    std::string all;
    for (const auto& due : due_for(saga, {}, told_)) {
      CHECK(due.about == saga.id);
      CHECK(due.user == saga.user);
      if (!all.empty()) all += ", ";
      all += name_of(due.kind);
      if (due.refunded.minor != 0) all += " " + std::to_string(due.refunded.minor);
    }
    return all;
  }

 private:
  SagaTold told_;
};

}  // namespace

TEST_CASE("People are told what becomes of a reservation without a saga") {
  struct Case {
    OfferingEvents events;
    std::string told;
  };

  const std::vector<Case> cases{
      {{sold(ada)}, "reservation_confirmed 1@0"},
      {{held(ada)}, ""},
      {{ReservationConfirmed{ada}}, "reservation_confirmed 1@0"},
      {{HoldExpired{ada}}, "reservation_expired 1@0"},
      {{PlacesGivenBack{ada, {}, Cause::user}}, "reservation_cancelled 1@0"},
      {{ReservationCancelled{ada, Cause::user}}, "reservation_cancelled 1@0"},
      {{ReservationCancelled{ada, Cause::user}, WaitingGranted{bob}, held(bob)},
       "reservation_cancelled 1@0, waiting_offer 2@2"},
      {{WaitingGranted{bob}, sold(bob)}, "reservation_confirmed 2@1"},
      {{WaitingLeft{bob, WaitingEnd::user}}, ""},
      {{WaitingLeft{bob, WaitingEnd::granted_elsewhere}}, ""},
      {{WaitingLeft{bob, WaitingEnd::person_limit}}, "waiting_ended 2@0"},
      {{HoldPinned{ada, bob, {1'000}}}, ""},
      {{PlacesBlocked{{}, "kept"}, PlacesUnblocked{{}}, OfferingDeleted{}}, ""},
  };
  for (const auto& one : cases) CHECK(told_of(one.events) == one.told);
}

TEST_CASE("An offer from the waiting list says until when it stands") {
  const auto due = due_for({WaitingGranted{bob}, held(bob)});
  REQUIRE(due.size() == 1);
  CHECK(due.front().until == Timestamp{60'000});
  CHECK(due.front().user == "ada");
}

TEST_CASE("Who pays is told once that the places are theirs, however often the saga changes") {
  Listener listener;
  const auto hold = saga_of(2);
  CHECK(listener.hear(hold).empty());
  CHECK(listener.hear(confirmed(hold)) == "reservation_confirmed");
  CHECK(listener.hear(confirmed(hold)).empty());
}

TEST_CASE("Who gives back some places, then all, is told each time, and of the money") {
  Listener listener;
  auto saga = confirmed(saga_of(2));
  CHECK(listener.hear(saga) == "reservation_confirmed");
  saga.legs.front().lines.front().given_back = true;
  CHECK(listener.hear(saga) == "reservation_cancelled");
  saga.payment.refunded = {1'000};
  CHECK(listener.hear(saga) == "reservation_refunded 1000");
  CHECK(listener.hear(saga).empty());
  auto ended = released(saga, Cause::user);
  CHECK(listener.hear(ended) == "reservation_cancelled");
  ended.payment.refunded = {1'800};
  CHECK(listener.hear(ended) == "reservation_refunded 800");
  CHECK(listener.hear(ended).empty());
}

TEST_CASE("A hold that ends is told of as expired, one that was paid as cancelled") {
  Listener unpaid;
  CHECK(unpaid.hear(saga_of(1)).empty());
  CHECK(unpaid.hear(released(saga_of(1), Cause::deadline)) == "reservation_expired");

  Listener paid;
  CHECK(paid.hear(confirmed(saga_of(1))) == "reservation_confirmed");
  CHECK(paid.hear(released(saga_of(1), Cause::offering_cancelled)) == "reservation_cancelled");
}

TEST_CASE("Places that are found again for money that came late are told of") {
  Listener listener;
  const auto hold = saga_of(2);
  CHECK(listener.hear(hold).empty());
  CHECK(listener.hear(released(hold, Cause::deadline)) == "reservation_expired");
  auto rescued = confirmed(hold);
  rescued.rescue = RescueState::done;
  CHECK(listener.hear(rescued) == "reservation_confirmed");
}

TEST_CASE("Who is refused at once is not told again") {
  Listener listener;
  Saga saga = saga_of(1);
  saga.deadline = {};
  saga.goal = SagaGoal::release;
  saga.legs.front().state = LegState::refused;
  saga.legs.front().refusal = Rejection::sold_out;
  saga.legs.front().lines.clear();
  CHECK(status_of(saga) == SagaStatus::rejected);
  CHECK(listener.hear(saga).empty());
}

TEST_CASE("A record tells of its reservation when it was sold in the moment it was made") {
  constexpr Timestamp made{1'764'000'000'123};
  Reservation reservation;
  reservation.id = ReservationId::make(made, ShardId{3}, 77);
  reservation.user = "ada";
  reservation.status = ReservationStatus::confirmed;
  reservation.created_at = made;
  const auto item = item_of(reservation);
  REQUIRE(item);
  CHECK(item->kind == NotificationKind::reservation_confirmed);
  CHECK(item->at == made);
  CHECK(item->about == reservation.id);
  CHECK(item->id == id_in_record(reservation.id));
  CHECK(text_of(item->id) == "3-0-0-4d");

  SUBCASE("also when it was given back since") {
    reservation.status = ReservationStatus::cancelled;
    reservation.changed_at = {made.ms + 5};
    CHECK(item_of(reservation) == item);
  }
  SUBCASE("but not when it was held first: that it was confirmed is kept") {
    reservation.held_until = {made.ms + 1'000};
    CHECK_FALSE(item_of(reservation));
  }
  SUBCASE("also when a saga took it over since") {
    reservation.saga = reservation.id;
    CHECK(item_of(reservation) == item);
  }
  SUBCASE("nor when a saga over several has it, which tells") {
    reservation.saga = ReservationId::make(made, ShardId{3}, 78);
    CHECK_FALSE(item_of(reservation));
  }
  SUBCASE("nor for a wish, whose id is older") {
    reservation.created_at = {made.ms + 1};
    CHECK_FALSE(item_of(reservation));
    CHECK_FALSE(is_in_record(reservation.id, reservation.created_at));
  }
}

}  // namespace cavea::engine::testing
