#include "tests/engine/payment_matrix.hpp"

#include "tests/engine/saga_account.hpp"
#include "tests/engine/saga_words.hpp"
#include "tests/engine/sample_offerings.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

namespace cavea::engine::testing {

namespace {

constexpr Duration one_second{1'000};
constexpr Duration cell_minute{60'000};
constexpr Duration cell_hold_time{10 * 60'000};
constexpr std::int64_t cell_price = 1'500;
constexpr std::size_t matrix_events_max = 20'000;

Duration seconds(std::int64_t count) {
  return {count * one_second.ms};
}

Duration minutes(std::int64_t count) {
  return {count * cell_minute.ms};
}

/// Does to messages what the cell says, and nothing by chance.
class CellWeather final : public SagaWeather {
 public:
  explicit CellWeather(const PayCell& cell) : cell_(cell) {}

  /// The provider and the node do not hear each other.
  Timestamp down_from{INT64_MAX};
  Timestamp down_until{INT64_MAX};
  const SagaProvider* provider = nullptr;

  Duration delay(SagaMessage message, Timestamp /*now*/) override {
    switch (message) {
      case SagaMessage::to_offering:
      case SagaMessage::from_offering:
      case SagaMessage::told:
        return {5};
      case SagaMessage::to_provider:
        return {20};
      case SagaMessage::from_provider:
        return cell_.echo == PayEcho::notice_first ? seconds(3) : Duration{20};
      case SagaMessage::notice:
        if (cell_.echo == PayEcho::notice_late) return minutes(300);
        return cell_.echo == PayEcho::notice_first ? Duration{10} : Duration{100};
      case SagaMessage::timer:
        return {1};
    }
    return {1};
  }

  bool is_lost(SagaMessage message, Timestamp now) override {
    const bool is_of_provider = message == SagaMessage::to_provider
                                || message == SagaMessage::from_provider
                                || message == SagaMessage::notice;
    if (is_of_provider && now >= down_from && now < down_until) return true;
    if (message != SagaMessage::from_provider) return false;
    if (cell_.outcome == PayOutcome::times_out_after_charging && has_captured()) {
      if (lost_captures_++ < 3) return true;
    }
    return cell_.echo == PayEcho::answer_lost && answers_++ % 2 == 0;
  }

  bool comes_twice(SagaMessage message, Timestamp /*now*/) override {
    return message == SagaMessage::notice && cell_.echo == PayEcho::notice_twice
           && notices_++ % 2 == 0;
  }

 private:
  [[nodiscard]] bool has_captured() const {
    for (const auto& [id, intent] : provider->intents()) {
      if (intent.captures > 0) return true;
    }
    return false;
  }

  const PayCell& cell_;
  unsigned lost_captures_ = 0;
  unsigned answers_ = 0;
  unsigned notices_ = 0;
};

/// One place, one customer who wants it, and perhaps another one.
class CellPlay {
 public:
  explicit CellPlay(const PayCell& cell)
      : cell_(cell), weather_(cell), world_(weather_, sample_now) {
    weather_.provider = &world_.provider;
    world_.crash_point = cell.crash;
    auto definition = sample_definition();
    definition.terms = ClassTerms{.capacity = 1, .price = {cell_price}};
    definition.starts_at = sample_now + minutes(24 * 60);
    definition.ends_at = definition.starts_at + minutes(60);
    definition.sale_closes_at = definition.starts_at;
    definition.cancellation_cutoff = minutes(30);
    definition.hold_time = cell_hold_time;
    const RefundPolicy whole = {{minutes(60), 100}};
    world_.add_offering(
        "room", std::make_shared<const OfferingDefinition>(std::move(definition)), whole);
  }

  PayResult run() {
    reserve();
    world_.clock.run(matrix_events_max);
    REQUIRE(saga_.has_value());
    for (const auto& [id, offering] : world_.offerings()) offering.check();
    return {check_end(), world_.input_count()};
  }

 private:
  /// Again after a moment, when the node is down.
  void reserve() {
    saga_ = world_.begin("ada", {{room(), Quantity{1}, {}}});
    if (!saga_) return again([this] { reserve(); });
    begin_payment();
    plan();
  }

  void begin_payment() {
    const auto decision = world_.tell(*saga_, StartPayment{});
    const bool is_begun = decision && !std::holds_alternative<Refusal>(*decision);
    if (!is_begun) again([this] { begin_payment(); });
  }

  template <class Action>
  void again(Action action) {
    world_.clock.after(one_second, action);
  }

  /// Where the deadline will be: the claim is answered within the second.
  void plan() {
    const auto deadline = sample_now + cell_hold_time;
    auto pays_at = deadline - minutes(5);
    if (cell_.time != PayTime::before_deadline) {
      weather_.down_from = deadline - seconds(5);
      weather_.down_until = deadline + seconds(45);
      pays_at = deadline + seconds(30);
    }
    if (cell_.time == PayTime::places_free || cell_.time == PayTime::places_taken) {
      weather_.down_until = deadline + minutes(5);
      pays_at = deadline + minutes(4);
    }
    if (cell_.outcome == PayOutcome::provider_down) {
      weather_.down_from = std::min(weather_.down_from, pays_at - one_second);
      weather_.down_until = deadline + minutes(30);
    }
    if (cell_.time == PayTime::places_taken) {
      world_.clock.at(deadline + minutes(3), [this] { take_place(); });
    }
    pay_at(pays_at);
  }

  void pay_at(Timestamp at) {
    if (cell_.outcome == PayOutcome::declined_then_succeeds) {
      world_.clock.at(at - seconds(10), [this] { pay(true); });
    }
    world_.clock.at(at, [this] { pay(cell_.outcome == PayOutcome::declined); });
    if (cell_.outcome == PayOutcome::cancelled) {
      world_.clock.at(at + Duration{50}, [this] { cancel(); });
    }
  }

  void pay(bool is_declined) {
    const auto& secret = world_.slot(*saga_).saga.payment.client_secret;
    REQUIRE(!secret.empty());
    CHECK(world_.provider.confirm(secret, is_declined) == !is_declined);
  }

  /// Whoever is told to wait, or that it has ended when it has not, tries again.
  void cancel() {
    const auto decision = world_.tell(*saga_, CancelPlaces{});
    if (decision && std::holds_alternative<Saga>(*decision)) return;
    const auto& saga = world_.slot(*saga_).saga;
    if (saga.goal == SagaGoal::release && is_finished(saga)) return;
    world_.clock.after(seconds(20), [this] { cancel(); });
  }

  void take_place() {
    auto& offering = world_.offering(room());
    const ReservationId id{1, 4'711};
    const auto now = world_.clock.now();
    const HoldPlaces hold{id, "bob", PersonKey::of("bob"), Quantity{1}, {}};
    REQUIRE(std::holds_alternative<LegView>(offering.carry_out(hold, "", now)));
    offering.carry_out(ConfirmReservation{id}, "", now);
  }

  static OfferingId room() { return OfferingId::from("room").value(); }

  /// By what provider and offering say, not by what the saga thinks.
  PayEnd check_end() {
    const auto& slot = world_.slot(*saga_);
    INFO(every_word_of(slot.saga));
    const auto account = check_at_rest(world_, *saga_);
    std::int64_t captured = 0;
    std::int64_t refunded = 0;
    unsigned charges = 0;
    unsigned refunds = 0;
    bool was_authorised = false;
    for (const auto* intent : world_.provider.intents_of(slot.saga.id)) {
      charges += intent->captures;
      refunds += intent->refunds;
      captured += intent->payment.captured.minor;
      if (intent->captures > 0) refunded += intent->payment.refunded.value().minor;
      was_authorised |= intent->captures > 0 || intent->payment.refunded.value().minor > 0;
    }
    const auto& counts = world_.offering(room()).state().places.counts();
    const auto sold_to_others = cell_.time == PayTime::places_taken ? 1U : 0U;
    const auto tickets = static_cast<std::int64_t>(counts.sold - sold_to_others) * cell_price;
    const bool has_place = status_of(slot.saga) == SagaStatus::confirmed;
    CHECK(counts.held == 0);
    CHECK(tickets == (has_place ? cell_price : 0));
    CHECK(captured == tickets + refunded);
    CHECK(charges <= 1);
    CHECK(refunds <= 1);
    if (has_place) return account == SagaEnd::rescued ? PayEnd::rescued : PayEnd::confirmed;
    return was_authorised ? PayEnd::refunded : PayEnd::unpaid;
  }

  const PayCell& cell_;
  CellWeather weather_;
  SagaWorld world_;
  std::optional<std::size_t> saga_;
};

}  // namespace

std::string_view name_of(PayOutcome outcome) {
  switch (outcome) {
    case PayOutcome::succeeds:
      return "succeeds";
    case PayOutcome::declined_then_succeeds:
      return "declined, then succeeds";
    case PayOutcome::declined:
      return "declined";
    case PayOutcome::times_out_after_charging:
      return "times out after charging";
    case PayOutcome::provider_down:
      return "provider down";
    case PayOutcome::cancelled:
      return "cancelled";
  }
  return "";
}

std::string_view name_of(PayTime time) {
  switch (time) {
    case PayTime::before_deadline:
      return "before the deadline";
    case PayTime::pinned:
      return "in the pinned time";
    case PayTime::places_free:
      return "after the places went, free again";
    case PayTime::places_taken:
      return "after the places went to another";
  }
  return "";
}

std::string_view name_of(PayEcho echo) {
  switch (echo) {
    case PayEcho::none:
      return "no duplicate";
    case PayEcho::notice_twice:
      return "notices twice";
    case PayEcho::notice_first:
      return "notices before answers";
    case PayEcho::answer_lost:
      return "answers lost and asked again";
    case PayEcho::notice_late:
      return "notices after the end";
  }
  return "";
}

std::string_view name_of(PayEnd end) {
  switch (end) {
    case PayEnd::confirmed:
      return "confirmed";
    case PayEnd::rescued:
      return "rescued";
    case PayEnd::refunded:
      return "refunded";
    case PayEnd::unpaid:
      return "unpaid";
  }
  return "";
}

std::string PayCell::words() const {
  std::string text;
  text.append(name_of(outcome)).append(", ").append(name_of(time)).append(", ");
  text.append(name_of(echo));
  if (crash.input == 0) return text;
  text.append(", crash ").append(crash.is_after ? "after" : "before").append(" input ");
  return text + std::to_string(crash.input);
}

PayEnd expected_end(PayOutcome outcome, PayTime time) {
  if (outcome == PayOutcome::declined) return PayEnd::unpaid;
  if (outcome == PayOutcome::cancelled) return PayEnd::refunded;
  switch (time) {
    case PayTime::before_deadline:
    case PayTime::pinned:
      // Nobody can say in time that it was paid, so the places went, and are claimed again.
      return outcome == PayOutcome::provider_down ? PayEnd::rescued : PayEnd::confirmed;
    case PayTime::places_free:
      return PayEnd::rescued;
    case PayTime::places_taken:
      return PayEnd::refunded;
  }
  return PayEnd::unpaid;
}

PayResult play(const PayCell& cell) {
  return CellPlay(cell).run();
}

}  // namespace cavea::engine::testing
