#include "engine/saga_command.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

namespace cavea::engine {

namespace {

/// The saga that has a leg of a step, and the leg's place in it: the reservation's, or that of its
/// exchange.
std::pair<const Saga*, std::uint32_t> owner_of_leg(const Saga& saga, std::uint32_t leg) {
  const auto own = saga.legs.size();
  if (leg < own || !saga.exchange) return {&saga, leg};
  return {&*saga.exchange->takes, static_cast<std::uint32_t>(leg - own)};
}

/// How many places of an offering the saga gives up in its exchange: they do not count against what
/// one person may have.
std::uint32_t replaced_in(const Saga& saga, const OfferingId& offering) {
  std::size_t places = 0;
  if (!saga.exchange) return 0;
  for (const auto& part : saga.exchange->gives) {
    if (saga.legs[part.leg].offering == offering) places += part.places.size();
  }
  return static_cast<std::uint32_t>(places);
}

/// What the saga gives up whole in its exchange.
std::vector<ReservationId> given_up_in(const Saga& saga) {
  std::vector<ReservationId> given_up;
  if (!saga.exchange) return given_up;
  for (const auto& part : saga.exchange->gives) {
    const auto& leg = saga.legs[part.leg];
    const auto kept = std::count_if(
        leg.lines.begin(), leg.lines.end(), [](const auto& line) { return !line.given_back; });
    if (static_cast<std::size_t>(kept) <= part.places.size()) given_up.push_back(leg.reservation);
  }
  return given_up;
}

OfferingCommand command_of(const Saga& saga, const Saga& owner, const SagaLeg& leg, ClaimLeg) {
  HoldPlaces command;
  command.reservation = leg.reservation;
  command.user = saga.user;
  command.person = PersonKey::of(saga.user);
  command.claim = leg.claim;
  command.saga = saga.id;
  if (&owner != &saga) {
    command.replaces = replaced_in(saga, leg.offering);
    command.gives_up = given_up_in(saga);
  }
  return command;
}

OfferingCommand command_of(const Saga& saga, const Saga& owner, const SagaLeg& leg, PinLeg) {
  return PinHold{leg.reservation, saga.id, owner.was_confirmed};
}

OfferingCommand command_of(const Saga& /*saga*/, const Saga&, const SagaLeg& leg, SellLeg) {
  return ConfirmReservation{leg.reservation};
}

OfferingCommand command_of(
    const Saga& /*saga*/, const Saga& owner, const SagaLeg& leg, ReleaseLeg) {
  CancelReservation command;
  command.reservation = leg.reservation;
  command.cause = owner.cause;
  if (owner.goal == SagaGoal::release || !leg.giving_back) return command;
  command.cause = leg.giving_back->cause;
  // Seats may be called otherwise by now: others are paid for already.
  command.places = leg.giving_back->exchanged;
  if (!command.places.empty()) return command;
  command.seats = leg.giving_back->seats;
  command.quantity = leg.giving_back->quantity;
  return command;
}

}  // namespace

std::optional<LegStep> leg_step_of(const Saga& saga, const SagaWork& work) {
  return std::visit(
      [&](const auto& one) -> std::optional<LegStep> {
        using Step = std::decay_t<decltype(one)>;
        if constexpr (std::is_same_v<Step, AskPayment>) {
          return std::nullopt;
        } else {
          const auto [owner, number] = owner_of_leg(saga, one.leg);
          const auto& leg = owner->legs[number];
          LegStep step;
          step.leg = one.leg;
          step.offering = leg.offering;
          step.command = command_of(saga, *owner, leg, one);
          const bool is_part = owner->goal != SagaGoal::release && leg.giving_back.has_value();
          step.once =
              std::is_same_v<Step, ClaimLeg> || (std::is_same_v<Step, ReleaseLeg> && is_part);
          return step;
        }
      },
      work);
}

}  // namespace cavea::engine
