#include "tests/engine/saga_crowd.hpp"

#include "tests/engine/sample_offerings.hpp"

#include <algorithm>

namespace cavea::engine::testing {

namespace {

constexpr Duration minute{60'000};
constexpr Duration hour{3'600'000};
constexpr std::size_t people_count = 24;
constexpr std::size_t strangers_count = 30;
constexpr std::size_t actions_max = 12;
constexpr std::size_t events_max = 400'000;

Duration times(Duration duration, std::int64_t factor) {
  return {duration.ms * factor};
}

}  // namespace

// ---- Weather ------------------------------------------------------------------------------------

Duration RandomSagaWeather::delay(SagaMessage /*message*/, Timestamp now) {
  const auto fast = static_cast<std::int64_t>(1 + random_() % 300);
  if (now >= calm_from_) return {fast};
  if (happens(climate.slow)) return {static_cast<std::int64_t>(random_() % (5 * 60'000))};
  return {fast};
}

bool RandomSagaWeather::is_lost(SagaMessage message, Timestamp now) {
  if (now >= calm_from_) return false;
  if (message == SagaMessage::notice && climate.loses_all_notices) return true;
  if (message == SagaMessage::to_provider || message == SagaMessage::from_provider) {
    for (const auto& [from, until] : climate.outages) {
      if (now >= from && now < until) return true;
    }
  }
  return happens(climate.lost);
}

bool RandomSagaWeather::comes_twice(SagaMessage /*message*/, Timestamp now) {
  return now < calm_from_ && happens(climate.twice);
}

// ---- The evening --------------------------------------------------------------------------------

SagaCrowd::SagaCrowd(std::uint64_t seed)
    : random_(seed),
      is_calm_(seed % 4 == 0),
      calm_from_(sample_now + times(hour, 5)),
      weather_(random_, calm_from_),
      world_(weather_, sample_now) {
  build_house();
  if (!is_calm_) draw_climate();
  people_.resize(people_count);
  for (std::size_t i = 0; i < people_count; ++i) add_person(i);
  for (std::size_t i = 0; i < strangers_count; ++i) add_stranger(i);
  add_administrator();
  reconcile_now_and_then();
  world_.clock.at(calm_from_, [this] {
    world_.provider.trouble = {};
    for (const auto& slot : world_.slots()) calls_before_.push_back(slot.provider_calls);
  });
}

void SagaCrowd::run() {
  world_.clock.run(events_max);
}

unsigned SagaCrowd::late_calls(std::size_t saga) const {
  const auto before = saga < calls_before_.size() ? calls_before_[saga] : 0;
  return world_.slot(saga).provider_calls - before;
}

void SagaCrowd::build_house() {
  const RefundPolicy policy = {{times(hour, 3), 100}, {times(hour, 2), 50}, {hour, 15}};
  const auto add = [&](const char* id, OfferingDefinition definition) {
    definition.starts_at = sample_now + times(hour, 4);
    definition.ends_at = sample_now + times(hour, 6);
    definition.sale_closes_at = definition.starts_at;
    definition.cancellation_cutoff = times(minute, 30);
    definition.hold_time = times(minute, static_cast<std::int64_t>(1 + below(10)));
    world_.add_offering(
        id, std::make_shared<const OfferingDefinition>(std::move(definition)), policy);
    names_.push_back(OfferingId::from(id).value());
  };
  const auto room = [&](std::uint32_t capacity, std::int64_t price) {
    auto definition = sample_definition();
    definition.terms = ClassTerms{.capacity = capacity, .price = {price}};
    return definition;
  };
  const auto small = static_cast<std::uint32_t>(4 + below(8));
  add("yoga", room(small, 1'000));
  add("ballet", room(small * 2, 333));
  add("talk", room(small, 0));
  auto abroad = room(small, 70);
  abroad.currency = Currency::from("KRW").value();
  add("seoul", abroad);
  auto seated = sample_definition();
  PerformanceTerms terms;
  terms.seat_map = sample_house(60);
  terms.zone_prices = {{5'000}, {below(2) == 0 ? 2'500 : 0}};
  terms.refuse_single_gaps = false;
  seated.terms = std::move(terms);
  add("play", seated);
}

void SagaCrowd::draw_climate() {
  auto& climate = weather_.climate;
  climate.lost = static_cast<std::uint32_t>(below(3) * below(12));
  climate.twice = static_cast<std::uint32_t>(below(3) * below(20));
  climate.slow = static_cast<std::uint32_t>(below(3) * below(5));
  climate.loses_all_notices = below(6) == 0;
  world_.is_unsure_after_crash = below(2) == 0;
  for (auto count = below(4); count > 0; --count) {
    const auto from = some_time(sample_now, calm_from_);
    const auto until = from + Duration{static_cast<std::int64_t>(below(40 * 60'000))};
    climate.outages.emplace_back(from, until);
  }
  for (auto count = below(7); count > 0; --count) {
    const Duration down{static_cast<std::int64_t>(below(3) == 0 ? below(hour.ms) : below(5'000))};
    world_.clock.at(some_time(sample_now, calm_from_), [this, down] {
      if (world_.clock.now() + down < calm_from_) world_.crash(down);
      for (const auto& name : names_) {
        if (happens(30)) world_.offering(name).forget_refusals();
      }
    });
  }
  for (std::size_t i = 0; i < 12; ++i) {
    world_.clock.at(some_time(sample_now, calm_from_), [this] { draw_trouble(); });
  }
  for (auto count = below(4); count > 0; --count) {
    world_.clock.at(some_time(sample_now, calm_from_), [this] { lose_refunds(); });
  }
  for (auto count = below(3) * below(100); count > 0; --count) {
    world_.clock.at(
        some_time(sample_now, calm_from_), [this] { world_.provider.forget_creations(); });
  }
}

/// Several times in the evening, and once all is calm until nothing is left to be told.
void SagaCrowd::reconcile_now_and_then() {
  const auto last = calm_from_ + times(hour, 3);
  for (auto at = sample_now + some_pause(); at < last; at = at + times(minute, 30)) {
    world_.clock.at(at, [this] { world_.reconcile(); });
  }
}

void SagaCrowd::lose_refunds() {
  std::vector<PaymentId> paid;
  for (const auto& [id, intent] : world_.provider.intents()) paid.push_back(intent.payment.id);
  for (const auto& id : paid) {
    if (happens(25)) world_.provider.lose_refund(id, below(100));
  }
}

void SagaCrowd::draw_trouble() {
  using Capture = SagaProvider::Trouble::Capture;
  SagaProvider::Trouble trouble;
  if (happens(40)) trouble.capture = static_cast<Capture>(below(4));
  if (happens(30)) trouble.refunds_refused = static_cast<std::uint32_t>(below(3));
  if (happens(30)) trouble.closings_refused = static_cast<std::uint32_t>(below(3));
  trouble.tells_payment_in_error = happens(50);
  world_.provider.trouble = trouble;
}

Timestamp SagaCrowd::some_time(Timestamp from, Timestamp until) {
  return from
         + Duration{
             static_cast<std::int64_t>(below(static_cast<std::uint64_t>((until - from).ms)))};
}

Duration SagaCrowd::some_pause() {
  const std::uint64_t longest[] = {500, 20'000, 200'000, 900'000, 4'000'000};
  return {static_cast<std::int64_t>(1 + below(longest[below(std::size(longest))]))};
}

const OfferingId& SagaCrowd::some_offering() {
  return names_[below(names_.size())];
}

Claim SagaCrowd::some_claim(const OfferingId& offering) {
  const auto size = static_cast<std::uint32_t>(1 + below(3));
  const auto& definition = *world_.offering(offering).state().definition;
  const auto* performance = definition.performance();
  if (performance == nullptr) return Quantity{size};
  if (happens(50)) {
    BestAvailable best;
    best.party_size = size;
    return best;
  }
  NamedSeats named;
  const auto first = static_cast<std::uint32_t>(below(58));
  for (std::uint32_t i = 0; i < size; ++i) {
    named.seats.push_back(performance->seat_map->label({first + i}));
  }
  return named;
}

// ---- Who reserves with a saga -------------------------------------------------------------------

void SagaCrowd::add_person(std::size_t number) {
  auto& person = people_[number];
  person.name = "person" + std::to_string(number);
  world_.clock.at(some_time(sample_now, sample_now + times(hour, 3)), [this, &person] {
    reserve(person);
    act(person);
  });
}

void SagaCrowd::reserve(Person& person) {
  if (happens(15)) return take_what_is_free(person);
  if (happens(40)) {
    const auto offering = some_offering();
    const auto id = world_.new_id();
    const HoldPlaces hold{id, person.name, PersonKey::of(person.name), some_claim(offering), {}};
    world_.offering(offering).carry_out(hold, "", world_.clock.now());
    if (happens(20)) {
      world_.clock.after(some_pause(), [this, offering, id] {
        CancelReservation one;
        one.reservation = id;
        one.quantity = 1;
        // Perhaps behind the back of a saga that has taken it over meanwhile.
        const auto* record = world_.offering(offering).record(id);
        const bool is_held = record != nullptr && record->status == ReservationStatus::held;
        if (is_held) world_.offering(offering).carry_out(one, "", world_.clock.now());
      });
    }
    person.saga = world_.take_over(offering, id);
    return;
  }
  std::vector<WantedLeg> legs;
  for (auto count = 1 + below(3); count > 0; --count) {
    const auto offering = some_offering();
    legs.push_back({offering, some_claim(offering), {}});
  }
  person.saga = world_.begin(person.name, std::move(legs));
}

/// Sold at once, and later exchanged, perhaps in the moment when some or all of it goes.
void SagaCrowd::take_what_is_free(Person& person) {
  const auto talk = OfferingId::from("talk").value();
  const auto id = world_.new_id();
  const HoldPlaces hold{id, person.name, PersonKey::of(person.name), some_claim(talk), {}};
  world_.offering(talk).carry_out(hold, "", world_.clock.now());
  world_.clock.after(some_pause(), [this, talk, id, &person] {
    if (!person.saga) person.saga = world_.take_over(talk, id, true);
    if (person.saga) exchange_some(person);
    // Behind the back of the saga, which asks for it in this moment.
    const CancelReservation one{id, {}, 1, {}, {}, {}};
    if (happens(30)) world_.offering(talk).carry_out(one, "", world_.clock.now());
  });
}

void SagaCrowd::act(Person& person) {
  if (++person.actions > actions_max) return;
  world_.clock.after(some_pause(), [this, &person] {
    act(person);
    if (!person.saga) return reserve(person);
    note_secret(person);
    const auto& saga = world_.slot(*person.saga).saga;
    const bool may_exchange = status_of(saga) == SagaStatus::confirmed && !is_exchanging(saga);
    const auto choice = below(100);
    if (may_exchange && happens(60)) {
      exchange_some(person);
    } else if (choice < 40) {
      world_.tell(*person.saga, StartPayment{});
      if (happens(30)) world_.tell(*person.saga, StartPayment{});
    } else if (choice < 70) {
      pay(person);
    } else if (choice < 78) {
      world_.tell(*person.saga, ExtendHold{});
    } else if (choice < 84) {
      cancel_some(person);
    } else if (choice < 97) {
      exchange_some(person);
    } else {
      world_.tell(*person.saga, CancelExchange{});
    }
  });
}

/// That the page shows now.
void SagaCrowd::note_secret(Person& person) {
  const auto& saga = world_.slot(*person.saga).saga;
  const auto& payment = is_exchanging(saga) ? saga.exchange->takes->payment : saga.payment;
  if (!payment.client_secret.empty()) person.secrets.push_back(payment.client_secret);
}

void SagaCrowd::pay(Person& person) {
  world_.tell(*person.saga, StartPayment{});
  world_.clock.after(some_pause(), [this, &person] {
    note_secret(person);
    if (person.secrets.empty()) return;
    // Mostly on the page as it is now, sometimes on one that stayed open.
    const auto& secret =
        happens(80) ? person.secrets.back() : person.secrets[below(person.secrets.size())];
    if (!is_calm_ && happens(4)) return world_.provider.cancel_by_staff(secret);
    world_.provider.confirm(secret, !is_calm_ && happens(20));
  });
}

void SagaCrowd::cancel_some(Person& person) {
  const auto& saga = world_.slot(*person.saga).saga;
  CancelPlaces cancel;
  if (happens(25)) cancel.cause = Cause::administrator;
  if (happens(70)) {
    CancelPlaces::Part part;
    part.leg = static_cast<std::uint32_t>(below(saga.legs.size()));
    const auto& leg = saga.legs[part.leg];
    const auto* performance = world_.offering(leg.offering).state().definition->performance();
    if (performance == nullptr) {
      part.quantity = static_cast<std::uint32_t>(below(4));
    } else {
      for (const auto& line : leg.lines) {
        if (happens(50)) part.seats.push_back(performance->seat_map->label(line.place));
      }
    }
    cancel.part = std::move(part);
  }
  world_.tell(*person.saga, cancel);
}

void SagaCrowd::exchange_some(Person& person) {
  const auto& saga = world_.slot(*person.saga).saga;
  BeginExchange exchange;
  for (std::uint32_t leg = 0; leg < saga.legs.size(); ++leg) {
    const auto& one = saga.legs[leg];
    if (one.is_over() || happens(30)) continue;
    ExchangedPart part;
    part.leg = leg;
    const auto* performance = world_.offering(one.offering).state().definition->performance();
    if (performance == nullptr) {
      part.quantity = static_cast<std::uint32_t>(below(3));
    } else if (happens(70)) {
      for (const auto& line : one.lines) {
        if (line.given_back || happens(50)) continue;
        part.seats.push_back(performance->seat_map->label(line.place));
        part.places.push_back(line.place);
      }
    }
    exchange.gives.push_back(std::move(part));
  }
  for (auto count = 1 + below(2); count > 0; --count) {
    const auto offering = some_offering();
    exchange.legs.push_back({offering, some_claim(offering), world_.new_id()});
  }
  world_.tell(*person.saga, exchange);
}

// ---- Others -------------------------------------------------------------------------------------

void SagaCrowd::add_stranger(std::size_t number) {
  const auto user = "stranger" + std::to_string(number);
  world_.clock.at(some_time(sample_now, sample_now + times(hour, 4)), [this, user] {
    const auto offering = some_offering();
    const ReservationId id{1, ++last_stranger_};
    const HoldPlaces hold{id, user, PersonKey::of(user), some_claim(offering), {}};
    world_.offering(offering).carry_out(hold, "", world_.clock.now());
    world_.clock.after(some_pause(), [this, offering, id] {
      auto& there = world_.offering(offering);
      if (happens(50)) {
        there.carry_out(ConfirmReservation{id}, "", world_.clock.now());
      } else {
        CancelReservation cancel;
        cancel.reservation = id;
        there.carry_out(cancel, "", world_.clock.now());
      }
    });
  });
}

void SagaCrowd::add_administrator() {
  for (const auto& name : names_) {
    const auto until = sample_now + times(hour, 4);
    if (happens(15)) {
      world_.clock.at(some_time(sample_now, until), [this, name] { world_.cancel_offering(name); });
    }
    if (happens(50)) {
      world_.clock.at(some_time(sample_now, until), [this, name] { change_offering(name); });
    }
  }
}

void SagaCrowd::change_offering(const OfferingId& offering) {
  auto& there = world_.offering(offering);
  auto definition = *there.state().definition;
  definition.hold_time = times(minute, static_cast<std::int64_t>(1 + below(10)));
  if (auto* klass = std::get_if<ClassTerms>(&definition.terms); klass && klass->price.minor > 0) {
    klass->price.minor += 100;
  }
  const ChangeOffering change{
      std::make_shared<const OfferingDefinition>(std::move(definition)), {}};
  there.carry_out(change, "", world_.clock.now());
}

}  // namespace cavea::engine::testing
