#include "persistence/outcome_codec.hpp"

namespace cavea::persistence {

namespace {

/// The low bits of the first byte are the kind.
constexpr std::uint8_t kind_mask = 0x0f;
constexpr std::uint8_t own_reservation_bit = 0x10;
constexpr std::uint8_t own_version_bit = 0x20;
constexpr std::uint8_t id_bit = 0x40;

bool is_kind(int kind) {
  using Kind = Outcome::Kind;
  const bool is_first = kind >= static_cast<int>(Kind::reservation)
                        && kind <= static_cast<int>(Kind::reservation_changed);
  return is_first || kind == static_cast<int>(Kind::waiting_joined)
         || kind == static_cast<int>(Kind::waiting_left);
}

}  // namespace

void encode_outcome(Encoder& out, const Outcome& outcome, const OutcomeContext& context) {
  const bool own_reservation = outcome.reservation != context.reservation;
  const bool own_version = outcome.version != context.version;
  const bool has_id = !outcome.id.empty();
  out.u8(static_cast<std::uint8_t>(
      static_cast<std::uint8_t>(outcome.kind) | (own_reservation ? own_reservation_bit : 0)
      | (own_version ? own_version_bit : 0) | (has_id ? id_bit : 0)));
  out.u8(static_cast<std::uint8_t>(outcome.status));
  if (own_reservation) {
    out.fixed64(outcome.reservation.high);
    out.fixed64(outcome.reservation.low);
  }
  if (own_version) out.varint(outcome.version.value);
  if (has_id) out.text(outcome.id);
}

Outcome decode_outcome(Decoder& in, const OutcomeContext& context) {
  Outcome outcome;
  const auto first = in.u8();
  const auto kind = first & kind_mask;
  if (!is_kind(kind) || (first & 0x80) != 0) in.fail();
  outcome.kind = static_cast<Outcome::Kind>(kind);
  const auto status = in.u8();
  if (status > static_cast<std::uint8_t>(engine::ReservationStatus::cancelled)) in.fail();
  outcome.status = static_cast<engine::ReservationStatus>(status);
  outcome.reservation = context.reservation;
  if ((first & own_reservation_bit) != 0) {
    outcome.reservation.high = in.fixed64();
    outcome.reservation.low = in.fixed64();
  }
  outcome.version = context.version;
  if ((first & own_version_bit) != 0) outcome.version.value = in.varint();
  if ((first & id_bit) != 0) outcome.id = in.text();
  return outcome;
}

}  // namespace cavea::persistence
