#include "http/json/ticket_writer.hpp"

#include "http/json/reservation_parts.hpp"
#include "http/json/writer.hpp"

namespace cavea::http::json {

engine::DefinitionRef definition_of(const engine::ReservationView& view, std::size_t item) {
  if (!view.saga) return view.definition;
  return item < view.saga->definitions.size() ? view.saga->definitions[item] : nullptr;
}

void append_tickets(
    std::string& out, const engine::ReservationView& view, const tickets::TicketKey& key) {
  Writer writer(out);
  const auto reservation = view.reservation.id.str();
  writer.begin_object().key("reservation").text(reservation).key("tickets").begin_array();
  for (const auto& ticket : tickets::tickets_of(view)) {
    writer.begin_object().key("number").number(ticket.number).key("item").number(ticket.item);
    writer.key("offering").text(ticket.offering.view());
    const auto& card = card_of(definition_of(view, ticket.item));
    if (!card.members.empty()) writer.raw(card.members);
    if (!ticket.label.empty()) writer.key("seat").text(ticket.label);
    writer.key("token").text(key.sign(ticket));
    const auto image =
        "/v1/reservations/" + reservation + "/tickets/" + std::to_string(ticket.number) + ".svg";
    writer.key("image").text(image).end_object();
  }
  writer.end_array().end_object();
}

}  // namespace cavea::http::json
