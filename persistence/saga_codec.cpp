#include "persistence/saga_codec.hpp"

#include "persistence/definition_codec.hpp"
#include "persistence/record_reader.hpp"

#include <utility>

namespace cavea::persistence {

namespace {

/// The first byte of a claim. Never change or reuse a number.
enum class ClaimTag : std::uint8_t {
  named_seats = 1,
  quantity = 2,
  best_available = 3,
  same_places = 4
};

void tag(Encoder& out, ClaimTag value) {
  out.u8(static_cast<std::uint8_t>(value));
}

void encode_claim(Encoder& out, const engine::NamedSeats& claim) {
  tag(out, ClaimTag::named_seats);
  out.texts(claim.seats);
}

void encode_claim(Encoder& out, const engine::Quantity& claim) {
  tag(out, ClaimTag::quantity);
  out.varint(claim.count);
}

void encode_claim(Encoder& out, const engine::BestAvailable& claim) {
  tag(out, ClaimTag::best_available);
  out.varint(claim.party_size);
  out.texts(claim.zones);
  out.texts(claim.sections);
  out.u8(claim.accessible ? 1 : 0);
}

void encode_claim(Encoder& out, const engine::SamePlaces& claim) {
  tag(out, ClaimTag::same_places);
  encode_lines(out, claim.lines);
}

engine::Claim decode_claim_asked(Decoder& in) {
  switch (decode_enum(in, ClaimTag::named_seats, ClaimTag::same_places)) {
    case ClaimTag::named_seats:
      return engine::NamedSeats{in.texts()};
    case ClaimTag::quantity:
      return engine::Quantity{in.varint32()};
    case ClaimTag::best_available: {
      engine::BestAvailable claim;
      claim.party_size = in.varint32();
      claim.zones = in.texts();
      claim.sections = in.texts();
      claim.accessible = in.boolean();
      return claim;
    }
    case ClaimTag::same_places:
      return engine::SamePlaces{decode_lines(in)};
  }
  return engine::Quantity{};
}

void encode_give_back(Encoder& out, const engine::GiveBack& asked) {
  out.texts(asked.seats);
  out.varint(asked.quantity);
  out.svarint(asked.asked_at.ms);
  out.u8(static_cast<std::uint8_t>(asked.cause));
  out.varint(asked.number);
}

engine::GiveBack decode_give_back(Decoder& in) {
  engine::GiveBack asked;
  asked.seats = in.texts();
  asked.quantity = in.varint32();
  asked.asked_at.ms = in.svarint();
  asked.cause = decode_cause(in);
  asked.number = in.varint();
  return asked;
}

void encode_leg(Encoder& out, const engine::SagaLeg& leg) {
  out.text(leg.offering.view());
  std::visit([&](const auto& claim) { encode_claim(out, claim); }, leg.claim);
  encode_id(out, leg.reservation);
  out.u8(static_cast<std::uint8_t>(leg.state));
  encode_lines(out, leg.lines);
  out.varint(leg.version.value);
  out.u8(leg.refusal ? static_cast<std::uint8_t>(*leg.refusal) : 0);
  out.svarint(leg.starts_at.ms);
  out.svarint(leg.cancellation_cutoff.ms);
  encode_refund_policy(out, leg.refund_policy);
  if (!leg.giving_back) {
    out.u8(0);
    return;
  }
  const auto& exchanged = leg.giving_back->exchanged;
  out.u8(exchanged.empty() ? 1 : 2);
  encode_give_back(out, *leg.giving_back);
  if (!exchanged.empty()) encode_places(out, exchanged);
}

std::optional<engine::Rejection> decode_refusal(Decoder& in) {
  const auto number = in.u8();
  if (number == 0) return std::nullopt;
  for (const auto known : engine::all_rejections()) {
    if (static_cast<std::uint8_t>(known) == number) return known;
  }
  in.fail();
  return std::nullopt;
}

engine::SagaLeg decode_leg(Decoder& in) {
  engine::SagaLeg leg;
  leg.offering = decode_name<engine::OfferingId>(in);
  leg.claim = decode_claim_asked(in);
  leg.reservation = decode_id(in);
  leg.state = decode_enum(in, engine::LegState::wanted, engine::LegState::refused);
  leg.lines = decode_lines(in);
  leg.version.value = in.varint();
  leg.refusal = decode_refusal(in);
  leg.starts_at.ms = in.svarint();
  leg.cancellation_cutoff.ms = in.svarint();
  leg.refund_policy = decode_refund_policy(in);
  constexpr std::uint8_t with_exchanged = 2;
  const auto gives_back = in.u8();
  if (gives_back > with_exchanged) in.fail();
  if (gives_back > 0) leg.giving_back = decode_give_back(in);
  if (gives_back == with_exchanged) leg.giving_back->exchanged = decode_places(in);
  return leg;
}

void encode_payment(Encoder& out, const engine::SagaPayment& payment) {
  out.u8(static_cast<std::uint8_t>(payment.state));
  out.text(payment.id.value);
  out.text(payment.client_secret);
  out.svarint(payment.amount.minor);
  out.svarint(payment.captured.minor);
  out.svarint(payment.refund_due.minor);
  out.svarint(payment.refund_asked.minor);
  out.svarint(payment.refunded.minor);
  out.varint(payment.attempt);
  out.varint(payment.refusals);
  out.u8(payment.is_unclear ? 1 : 0);
  out.text(payment.last_error);
}

engine::SagaPayment decode_payment(Decoder& in) {
  engine::SagaPayment payment;
  payment.state = decode_enum(in, engine::MoneyState::none, engine::MoneyState::closed);
  payment.id.value = in.text();
  payment.client_secret = in.text();
  payment.amount.minor = in.svarint();
  payment.captured.minor = in.svarint();
  payment.refund_due.minor = in.svarint();
  payment.refund_asked.minor = in.svarint();
  payment.refunded.minor = in.svarint();
  payment.attempt = in.varint32();
  payment.refusals = in.varint32();
  payment.is_unclear = in.boolean();
  payment.last_error = in.text();
  return payment;
}

/// Added to the goal when payments of exchanges, or an exchange, follow.
constexpr std::uint8_t with_exchanges = 0x10;

bool has_exchanges(const engine::Saga& saga) {
  return !saga.more_payments.empty() || saga.exchange.has_value();
}

void encode_exchange(Encoder& out, const engine::SagaExchange& exchange) {
  out.varint(exchange.gives.size());
  for (const auto& part : exchange.gives) {
    out.varint(part.leg);
    out.texts(part.seats);
    out.varint(part.quantity);
    encode_places(out, part.places);
  }
  out.svarint(exchange.asked_at.ms);
  out.svarint(exchange.lost.minor);
  out.svarint(exchange.takes->credit.minor);
  encode_saga(out, *exchange.takes);
}

void encode_exchanges(Encoder& out, const engine::Saga& saga) {
  out.varint(saga.more_payments.size());
  for (const auto& payment : saga.more_payments) encode_payment(out, payment);
  out.u8(saga.exchange ? 1 : 0);
  if (saga.exchange) encode_exchange(out, *saga.exchange);
}

/// `is_taken`: by an exchange, which has none of its own.
engine::Saga decode_saga(Decoder& in, engine::ReservationId id, bool is_taken);

engine::SagaExchange decode_exchange(Decoder& in, engine::ReservationId id, std::size_t legs) {
  engine::SagaExchange exchange{
      .gives = {}, .asked_at = {}, .lost = {}, .takes = engine::Boxed(engine::Saga{})};
  const auto count = in.count();
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    engine::ExchangedPart part;
    part.leg = in.varint32();
    if (part.leg >= legs) in.fail();
    part.seats = in.texts();
    part.quantity = in.varint32();
    part.places = decode_places(in);
    exchange.gives.push_back(std::move(part));
  }
  exchange.asked_at.ms = in.svarint();
  exchange.lost.minor = in.svarint();
  const auto credit = in.svarint();
  *exchange.takes = decode_saga(in, id, true);
  exchange.takes->credit.minor = credit;
  return exchange;
}

void decode_exchanges(Decoder& in, engine::Saga& saga) {
  const auto count = in.count();
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    saga.more_payments.push_back(decode_payment(in));
  }
  if (in.boolean()) saga.exchange = decode_exchange(in, saga.id, saga.legs.size());
}

}  // namespace

void encode_id(Encoder& out, engine::ReservationId id) {
  out.fixed64(id.high);
  out.fixed64(id.low);
}

engine::ReservationId decode_id(Decoder& in) {
  const auto high = in.fixed64();
  return {high, in.fixed64()};
}

void encode_saga(Encoder& out, const engine::Saga& saga) {
  out.text(saga.user);
  out.svarint(saga.created_at.ms);
  out.svarint(saga.changed_at.ms - saga.created_at.ms);
  out.varint(saga.version);
  out.u8(static_cast<std::uint8_t>(saga.goal) | (has_exchanges(saga) ? with_exchanges : 0));
  out.u8(static_cast<std::uint8_t>(saga.cause));
  out.u8(saga.was_confirmed ? 1 : 0);
  out.svarint(saga.hold_time.ms);
  out.svarint(saga.deadline.ms);
  out.svarint(saga.pinned_until.ms);
  out.varint(saga.extensions);
  out.u8(static_cast<std::uint8_t>(saga.rescue));
  encode_currency(out, saga.currency);
  out.varint(saga.legs.size());
  for (const auto& leg : saga.legs) encode_leg(out, leg);
  encode_payment(out, saga.payment);
  if (has_exchanges(saga)) encode_exchanges(out, saga);
}

namespace {

engine::Saga decode_saga(Decoder& in, engine::ReservationId id, bool is_taken) {
  engine::Saga saga;
  saga.id = id;
  saga.user = in.text();
  saga.created_at.ms = in.svarint();
  saga.changed_at.ms =
      static_cast<std::int64_t>(in.delta(static_cast<std::uint64_t>(saga.created_at.ms)));
  saga.version = in.varint();
  const auto goal = in.u8();
  saga.goal = static_cast<engine::SagaGoal>(goal & ~with_exchanges);
  const bool is_goal =
      saga.goal >= engine::SagaGoal::hold && saga.goal <= engine::SagaGoal::release;
  const bool has_exchanges = (goal & with_exchanges) != 0;
  if (!is_goal || (has_exchanges && is_taken)) in.fail();
  saga.cause = decode_cause(in);
  saga.was_confirmed = in.boolean();
  saga.hold_time.ms = in.svarint();
  saga.deadline.ms = in.svarint();
  saga.pinned_until.ms = in.svarint();
  saga.extensions = in.varint32();
  saga.rescue = decode_enum(in, engine::RescueState::none, engine::RescueState::failed);
  saga.currency = decode_currency(in);
  const auto count = in.count();
  for (std::size_t i = 0; i < count && in.ok(); ++i) saga.legs.push_back(decode_leg(in));
  saga.payment = decode_payment(in);
  if (has_exchanges && in.ok()) decode_exchanges(in, saga);
  return saga;
}

}  // namespace

engine::Saga decode_saga(Decoder& in, engine::ReservationId id) {
  return decode_saga(in, id, false);
}

void encode(std::string& out, const engine::Saga& saga) {
  Encoder to(out);
  to.u8(record_version);
  encode_saga(to, saga);
}

Read<engine::Saga> decode_saga_record(
    std::string_view key, std::string_view value, engine::ReservationId id) {
  RecordReader in("saga", key, value);
  return in.finish(decode_saga(*in, id));
}

}  // namespace cavea::persistence
