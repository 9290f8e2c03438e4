#include "http/json/reservation_codec.hpp"
#include "http/json/reservation_parts.hpp"
#include "http/json/saga_writer.hpp"
#include "http/json/time_writer.hpp"
#include "http/json/writer.hpp"

namespace cavea::http::json {

namespace {

using engine::Reservation;
using engine::ReservationStatus;

std::string_view status_name(ReservationStatus status) {
  switch (status) {
    case ReservationStatus::held:
      return "held";
    case ReservationStatus::confirmed:
      return "confirmed";
    case ReservationStatus::expired:
      return "expired";
    case ReservationStatus::cancelled:
      return "cancelled";
  }
  return "cancelled";
}

std::string_view line_status(const Reservation& reservation, const engine::ReservationLine& line) {
  if (line.given_back) return "given_back";
  switch (reservation.status) {
    case ReservationStatus::held:
      return "held";
    case ReservationStatus::confirmed:
      return "sold";
    case ReservationStatus::expired:
      return "given_back";
    case ReservationStatus::cancelled:
      return "given_back";
  }
  return "given_back";
}

bool has_ended(const Reservation& reservation) {
  return reservation.status == ReservationStatus::expired
         || reservation.status == ReservationStatus::cancelled;
}

void write_places(
    Writer& writer, const Reservation& reservation, const engine::PerformanceTerms* performance) {
  writer.key("places").begin_array();
  for (const auto& line : reservation.lines) {
    write_place(writer, line, performance, line_status(reservation, line));
  }
  writer.end_array();
}

std::size_t live_count(const Reservation& reservation) {
  if (has_ended(reservation)) return 0;
  std::size_t count = 0;
  for (const auto& line : reservation.lines) count += line.given_back ? 0 : 1;
  return count;
}

/// When the hold ends or did end; a reservation that was paid for has no deadline any more.
bool shows_deadline(const Reservation& reservation) {
  return reservation.held_until.ms != 0
         && (reservation.status == ReservationStatus::held
             || reservation.status == ReservationStatus::expired);
}

void write_item(Writer& writer, const engine::ReservationView& view, const OfferingCard& card) {
  const auto& reservation = view.reservation;
  writer.key("items").begin_array().begin_object();
  writer.key("offering").text(reservation.offering.view());
  if (!card.members.empty()) writer.raw(card.members);
  writer.key("quantity").number(live_count(reservation));
  write_places(writer, reservation, view.definition ? view.definition->performance() : nullptr);
  writer.end_object().end_array();
}

}  // namespace

void append_reservation(
    std::string& out, const engine::ReservationView& view, const Viewer& viewer) {
  if (view.saga) return append_saga(out, *view.saga, viewer);
  const auto& reservation = view.reservation;
  const auto& card = card_of(view.definition);
  out.reserve(out.size() + 448 + card.members.size() + reservation.lines.size() * 80);

  Writer writer(out);
  char id[engine::ReservationId::text_length];
  reservation.id.write(id);
  writer.begin_object().key("id").text({id, sizeof id});
  writer.key("status").text(status_name(reservation.status)).key("user").text(reservation.user);
  write_time(writer, "created_at", reservation.created_at, card.zone);
  write_time(writer, "changed_at", reservation.changed_at, card.zone);
  if (shows_deadline(reservation)) {
    write_time(writer, "held_until", reservation.held_until, card.zone);
  } else {
    writer.key("held_until").null();
  }
  const auto total = has_ended(reservation) ? 0 : reservation.total().minor;
  writer.key("total").begin_object().key("amount").number(total);
  writer.key("currency").text(reservation.currency.view()).end_object();
  write_item(writer, view, card);
  writer.key("version").number(reservation.version.value).end_object();
}

}  // namespace cavea::http::json
