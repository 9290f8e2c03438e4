#include "http/handlers/calendar_handlers.hpp"
#include "http/handlers/change_handlers.hpp"
#include "http/handlers/check_in_handlers.hpp"
#include "http/handlers/document_handlers.hpp"
#include "http/handlers/handler_context.hpp"
#include "http/handlers/notification_handlers.hpp"
#include "http/handlers/offering_handlers.hpp"
#include "http/handlers/payment_handlers.hpp"
#include "http/handlers/place_exchange_handlers.hpp"
#include "http/handlers/reconciliation_handlers.hpp"
#include "http/handlers/reservation_handlers.hpp"
#include "http/handlers/seat_handlers.hpp"
#include "http/handlers/ticket_handlers.hpp"
#include "http/handlers/venue_handlers.hpp"
#include "http/handlers/waiting_handlers.hpp"
#include "http/handlers/webhook_handlers.hpp"

namespace cavea::http {

std::vector<Route> api_routes(HandlerContext& context) {
  std::vector<Route> routes;
  add_venue_routes(routes);
  add_offering_routes(routes);
  add_seat_routes(routes);
  add_reservation_routes(routes);
  add_ticket_routes(routes, context);
  add_calendar_routes(routes, context);
  add_check_in_routes(routes, context);
  add_payment_routes(routes, context);
  add_place_exchange_routes(routes);
  add_reconciliation_routes(routes);
  add_waiting_routes(routes);
  add_notification_routes(routes, context);
  add_change_routes(routes);
  add_webhook_routes(routes, context);
  add_document_routes(routes, context);
  return routes;
}

}  // namespace cavea::http
