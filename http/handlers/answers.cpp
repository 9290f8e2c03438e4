#include "http/handlers/answers.hpp"

#include "http/etag.hpp"
#include "http/json/offering_codec.hpp"
#include "http/json/reservation_codec.hpp"
#include "http/json/venue_codec.hpp"

namespace cavea::http {

namespace {

constexpr unsigned created = 201;

}  // namespace

void reply_offering(Exchange& exchange, unsigned status, const engine::OfferingView& view) {
  auto response = exchange.make_response(status);
  response.add_header("ETag", make_etag(view.revision.value));
  if (status == created) {
    const bool is_seated = kind_of(*view.definition) == engine::OfferingKind::performance;
    std::string location(is_seated ? "/v1/performances/" : "/v1/classes/");
    response.add_header("Location", location.append(view.id.view()));
  }
  mark_replayed(response, view.replayed);
  json::append_offering(response.body, view, exchange.request().received_at);
  exchange.reply(std::move(response));
}

void reply_venue(Exchange& exchange, unsigned status, const engine::VenueView& view) {
  auto response = exchange.make_response(status);
  response.add_header("ETag", make_etag(view.venue.revision.value));
  if (status == created) response.add_header("Location", "/v1/venues/" + view.venue.id.str());
  mark_replayed(response, view.replayed);
  json::append_venue(response.body, view.venue);
  exchange.reply(std::move(response));
}

void reply_reservation(Exchange& exchange, unsigned status, const engine::ReservationView& view) {
  auto response = exchange.make_response(status);
  if (status == created) {
    char id[engine::ReservationId::text_length];
    view.reservation.id.write(id);
    response.header_lines += "Location: /v1/reservations/";
    response.header_lines.append(id, sizeof id) += "\r\n";
  }
  mark_replayed(response, view.replayed);
  // With it goes the secret that the customer pays with.
  if (view.saga) response.add_header("Cache-Control", "no-store");
  json::append_reservation(response.body, view, viewer_in(exchange));
  exchange.reply(std::move(response));
}

json::Viewer viewer_in(const Exchange& exchange) {
  const auto* principal = exchange.request().principal;
  if (principal == nullptr) return {};
  return {.user = principal->user, .is_admin = principal->is_admin()};
}

void reply_done(Exchange& exchange, engine::Answer& answer) {
  const auto* done = answer_as<engine::Done>(exchange, answer);
  if (done == nullptr) return;
  auto response = exchange.make_response(204);
  response.content_type = {};
  mark_replayed(response, done->replayed);
  exchange.reply(std::move(response));
}

}  // namespace cavea::http
