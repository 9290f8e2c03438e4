#include "samples.hpp"

#include "fixtures.hpp"

namespace cavea::test {

using namespace engine;  // The events below are nearly all of it.
using persistence::Outcome;

namespace {

persistence::OfferingChange change_of(OfferingEvents events) {
  persistence::OfferingChange change;
  change.offering = offering_id("les-mis-2027-01-08");
  change.at = new_year + Duration{1234};
  change.events = std::move(events);
  change.version = {40};
  change.revision = {2};
  change.counts = {.free = 30, .held = 3, .sold = 14, .blocked = 1};
  return change;
}

persistence::IdempotencyRecord record_of(std::string caller, std::string key) {
  persistence::IdempotencyRecord record;
  record.key = {std::move(caller), std::move(key), {0x0102030405060708, 0x1112131415161718}};
  record.outcome.kind = Outcome::Kind::reservation;
  record.outcome.reservation = sample_id;
  record.outcome.version = {40};
  record.outcome.status = ReservationStatus::held;
  return record;
}

}  // namespace

persistence::Turn sample_turn() {
  const auto map = make_map(2, 3, 1);
  const auto gbp = *Currency::from("GBP");
  const std::vector<ReservationLine> lines{
      {.place = {4}, .price = {2500}},
      {.place = {5}, .price = {2500}},
      {.place = {2}, .price = {9900}, .given_back = true}};
  persistence::Turn turn;
  turn.changes.emplace_back(persistence::VenueChange{
      .venue = venue_id("theatre"),
      .at = new_year,
      .event = VenueCreated{venue_definition(map)},
      .revision = {1},
      .idempotency = record_of("admin", "import-1")});
  turn.changes.emplace_back(change_of({OfferingCreated{share(performance_definition(map, 2500))}}));
  auto held = change_of({PlacesHeld{
      sample_id, "ada", PersonKey::of("ada"), lines, new_year + Duration{600'000}, gbp}});
  held.idempotency = record_of("ada", "8e03978e-40d5-43e8-bc93-6894a57f9324");
  turn.changes.emplace_back(std::move(held));
  auto sold = change_of({PlacesSold{sample_id, "grace", {77}, lines, gbp}});
  sold.idempotency = record_of("till-1", "8E03978E-40D5-43E8-BC93-6894A57F9324");
  turn.changes.emplace_back(std::move(sold));
  turn.changes.emplace_back(change_of(
      {ReservationConfirmed{sample_id},
       HoldExpired{sample_id},
       PlacesGivenBack{sample_id, {{5}, {4}}, Cause::user},
       ReservationCancelled{{0, 5}, Cause::offering_cancelled},
       PlacesBlocked{{{1}, {2}, {3}}, "camera"},
       PlacesUnblocked{{{3}}}}));
  turn.changes.emplace_back(change_of({OfferingChanged{share(class_definition(20, 900))}}));
  turn.changes.emplace_back(change_of({OfferingCancelled{"the lead is ill"}}));
  turn.changes.emplace_back(change_of({OfferingDeleted{}}));
  turn.changes.emplace_back(persistence::VenueChange{
      .venue = venue_id("theatre"),
      .at = new_year,
      .event = VenueChanged{venue_definition(make_map(1, 2))},
      .revision = {2},
      .idempotency = std::nullopt});
  turn.changes.emplace_back(persistence::VenueChange{
      .venue = venue_id("theatre"),
      .at = new_year,
      .event = VenueDeleted{},
      .revision = {3},
      .idempotency = std::nullopt});
  return turn;
}

Saga sample_saga() {
  Saga saga;
  saga.id = {0x019d'f3c8'a1b2'0001, 0x8877'6655'4433'2211};
  saga.user = "ada@example.org";
  saga.created_at = new_year;
  saga.changed_at = new_year + Duration{4'321};
  saga.version = 300;
  saga.goal = SagaGoal::confirm;
  saga.cause = Cause::administrator;
  saga.was_confirmed = true;
  saga.hold_time = {600'000};
  saga.deadline = new_year + Duration{600'000};
  saga.pinned_until = new_year + Duration{720'000};
  saga.extensions = 2;
  saga.rescue = RescueState::done;
  saga.currency = *Currency::from("EUR");
  const std::vector<Claim> claims{
      NamedSeats{{"stalls-A-1", "stalls-A-2"}},
      Quantity{300},
      BestAvailable{4, {"premium"}, {"stalls", "circle"}, true},
      SamePlaces{{{.place = {7}, .price = {2500}}}}};
  for (const auto& claim : claims) {
    SagaLeg leg;
    leg.offering = offering_id("les-mis-2027-01-08");
    leg.claim = claim;
    leg.reservation = sample_id;
    leg.state = LegState::sold;
    leg.lines = {
        {.place = {4}, .price = {2500}}, {.place = {5}, .price = {2500}, .given_back = true}};
    leg.version = {41};
    leg.starts_at = new_year + Duration{86'400'000};
    leg.cancellation_cutoff = {3'600'000};
    saga.legs.push_back(leg);
  }
  saga.legs[0].refund_policy = {{{172'800'000}, 100}, {{86'400'000}, 50}};
  saga.legs[1].refusal = Rejection::sold_out;
  saga.legs[2].giving_back = GiveBack{
      .seats = {"stalls-A-1"},
      .quantity = 3,
      .asked_at = new_year,
      .cause = Cause::user,
      .number = 299};
  saga.payment = {
      .state = MoneyState::captured,
      .id = {"pi_3OszAB"},
      .client_secret = "pi_3OszAB_secret_x",
      .amount = {10'000},
      .captured = {10'000},
      .refund_due = {5'000},
      .refund_asked = {4'000},
      .refunded = {2'500},
      .attempt = 2,
      .refusals = 3,
      .is_unclear = true,
      .last_error = "The card was declined."};
  return saga;
}

Saga sample_exchanging_saga() {
  auto saga = sample_saga();
  saga.legs[2].giving_back->exchanged = {{4}, {9}};
  auto more = saga.payment;
  more.id = {"pi_3OszAC"};
  more.attempt = 3;
  saga.more_payments = {more};
  auto taking = sample_saga();
  taking.was_confirmed = false;
  taking.goal = SagaGoal::hold;
  taking.credit = {5'000};
  taking.legs.resize(1);
  saga.exchange.emplace(SagaExchange{
      .gives =
          {{.leg = 0, .seats = {"stalls-A-1"}, .quantity = 0, .places = {{4}}},
           {.leg = 1, .seats = {}, .quantity = 2, .places = {{7}, {8}}}},
      .asked_at = new_year + Duration{5'000},
      .lost = {1'200},
      .takes = Boxed<Saga>(taking)});
  return saga;
}

persistence::Turn sample_saga_turn() {
  persistence::Turn turn;
  turn.changes.emplace_back(
      change_of({HoldPinned{sample_id, sample_saga().id, new_year + Duration{2'000'000}}}));
  turn.changes.emplace_back(persistence::SagaChange{
      .at = new_year, .saga = sample_saga(), .idempotency = record_of("ada@example.org", "pay-1")});
  return turn;
}

persistence::Turn sample_waiting_turn() {
  const WaitingWish wish{
      .party_size = 4,
      .together = true,
      .accessible = true,
      .zones = {"best", "rest"},
      .sections = {"stalls"}};
  const WaitingWish plain{.party_size = 300, .zones = {}, .sections = {}};
  persistence::Turn turn;
  auto joined =
      change_of({WaitingJoined{sample_id, "ada", PersonKey::of("ada"), wish, true, std::nullopt}});
  joined.idempotency = record_of("ada", "8e03978e-40d5-43e8-bc93-6894a57f9324");
  joined.idempotency->outcome.kind = Outcome::Kind::waiting_joined;
  joined.idempotency->outcome.status = {};
  turn.changes.emplace_back(std::move(joined));
  turn.changes.emplace_back(change_of(
      {WaitingJoined{{sample_id.high, 5}, "grace", {77}, plain, false, sample_any_of()},
       WaitingPassedOver{{sample_id.high, 5}, 3},
       WaitingLeft{{sample_id.high, 5}, WaitingEnd::granted_elsewhere},
       WaitingGranted{sample_id}}));
  auto left = change_of({WaitingLeft{sample_id, WaitingEnd::user}});
  left.idempotency = record_of("ada", "leave-1");
  left.idempotency->outcome.kind = Outcome::Kind::waiting_left;
  left.idempotency->outcome.status = {};
  turn.changes.emplace_back(std::move(left));
  turn.changes.emplace_back(change_of({WaitingClosed{WaitingEnd::offering_cancelled}}));
  return turn;
}

AnyOf sample_any_of() {
  return {
      .wish = sample_id,
      .offerings = {offering_id("yoga-monday"), offering_id("yoga-tuesday")},
      .rank = 1};
}

WaitingRecord sample_waiting_record() {
  WaitingRecord record;
  record.party.id = sample_id;
  record.party.order = 300;
  record.party.user = "ada@example.org";
  record.party.person = {77};
  record.party.book_at_once = true;
  record.party.passed_over = 2;
  record.party.any_of = sample_any_of();
  record.offering = offering_id("yoga-tuesday");
  record.wish = {.party_size = 3, .zones = {"best"}, .sections = {}};
  record.status = WaitingStatus::ended;
  record.end = WaitingEnd::sale_closed;
  record.changed_at = new_year + Duration{5678};
  record.version = {301};
  return record;
}

Reservation sample_reservation() {
  return {
      .id = sample_id,
      .offering = offering_id("les-mis-2027-01-08"),
      .user = "ada@example.org",
      .status = ReservationStatus::confirmed,
      .created_at = new_year + Duration{1234},
      .held_until = new_year + Duration{600'000},
      .changed_at = new_year + Duration{5678},
      .cause = Cause::administrator,
      .version = {41},
      .currency = *Currency::from("EUR"),
      .lines = {
          {.place = {300}, .price = {2500}},
          {.place = {301}, .price = {2500}},
          {.place = {7}, .price = {100}, .given_back = true}}};
}

persistence::OfferingRecord sample_offering_record() {
  persistence::OfferingRecord record;
  record.status = OfferingStatus::cancelled;
  record.revision = {3};
  record.cancel_reason = "the lead is ill";
  record.cancelled_at = new_year;
  record.map = persistence::digest_of("a map");
  return record;
}

persistence::StoredOutcome sample_outcome() {
  return {
      .fingerprint = {0x0102030405060708, 0x1112131415161718},
      .outcome = {
          .kind = Outcome::Kind::reservation_changed,
          .reservation = sample_id,
          .id = "les-mis-2027-01-08",
          .version = {40},
          .status = ReservationStatus::cancelled}};
}

persistence::OfferingChange sample_sale(std::uint64_t number) {
  const Timestamp now{new_year.ms + static_cast<std::int64_t>(number / 50)};
  const auto id = ReservationId::make(now, {3}, number * 0x9e37'79b9'7f4a'7c15);
  const auto user = "user-" + std::to_string(number % 100'000);
  persistence::OfferingChange change;
  change.offering = offering_id("yoga-monday");
  change.at = now;
  change.events.emplace_back(PlacesSold{
      id,
      user,
      PersonKey::of(user),
      {{.place = {static_cast<std::uint32_t>(number)}, .price = {}}},
      *Currency::from("EUR")});
  change.version = {number + 2};
  change.revision = {1};
  change.counts = {
      .free = 49'999'999 - static_cast<std::uint32_t>(number),
      .held = 0,
      .sold = static_cast<std::uint32_t>(number + 1),
      .blocked = 0};
  persistence::IdempotencyRecord record;
  auto key = std::to_string(10'000'000 + number % 89'999'999) + "-40d5-43e8-bc93-6894a57f9324";
  record.key = {user, std::move(key), {number * 0xff51'afd7'ed55'8ccd, ~number}};
  record.outcome.kind = Outcome::Kind::reservation;
  record.outcome.reservation = id;
  record.outcome.version = change.version;
  record.outcome.status = ReservationStatus::confirmed;
  change.idempotency = std::move(record);
  return change;
}

}  // namespace cavea::test
