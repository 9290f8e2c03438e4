#include "http/handlers/offering_handlers.hpp"

#include "http/cursor.hpp"
#include "http/handlers/answers.hpp"
#include "http/handlers/list_input.hpp"
#include "http/handlers/offering_changes.hpp"
#include "http/handlers/request_input.hpp"
#include "http/json/offering_codec.hpp"

#include <string>
#include <utility>

namespace cavea::http {

namespace {

using engine::Answer;
using engine::OfferingKind;

void list_offerings(Exchange& exchange, OfferingKind kind) {
  const auto& request = exchange.request();
  ParameterReader parameters(request, {"from", "to", "q", "status", "venue", "limit", "cursor"});
  engine::ListOfferings list;
  list.kind = kind;
  list.now = request.received_at;
  list.limit = parameters.limit();
  list.from = parameters.time("from", false).value_or(list.from);
  list.to = parameters.time("to", true).value_or(list.to);
  list.text = parameters.words("q");
  list.state = parameters.parsed(
      "status",
      "must be one of upcoming, on_sale, sold_out, closed, ended, cancelled",
      json::state_named);
  list.venue = parameters.parsed("venue", "must be the id of a venue", engine::VenueId::from);
  list.after = parameters.cursor(decode_offering_cursor);
  if (!parameters.finish(exchange)) return;

  exchange.query(std::move(list), [](Exchange& asked, Answer&& answer) {
    const auto* page = answer_as<engine::OfferingPage>(asked, answer);
    if (page == nullptr) return;
    auto response = asked.make_response(200);
    const auto now = asked.request().received_at;
    append_page(
        response.body,
        page->offerings,
        page->next ? encode_cursor(list_mark_of(asked.request()), *page->next) : std::string(),
        [&](std::string& out, const auto& view) { json::append_offering(out, view, now); });
    asked.reply(std::move(response));
  });
}

void get_offering(Exchange& exchange, OfferingKind kind) {
  const auto id = offering_in_path(exchange);
  if (!id) return;
  exchange.query(engine::GetOffering{kind, *id}, [](Exchange& asked, Answer&& answer) {
    const auto* view = answer_as<engine::OfferingView>(asked, answer);
    if (view != nullptr) reply_offering(asked, 200, *view);
  });
}

/// The routes of one kind, below `base`.
void add_routes(std::vector<Route>& routes, const std::string& base, OfferingKind kind) {
  const auto with_kind = [kind](void (*handler)(Exchange&, OfferingKind)) -> Handler {
    return [kind, handler](Exchange& exchange) { handler(exchange, kind); };
  };
  const auto one = base + "/{id}";
  const auto admin = [&](Method method,
                         const std::string& pattern,
                         Handler handler,
                         std::size_t body_bytes_max = limits::body_bytes_default) {
    routes.push_back(
        {.method = method,
         .pattern = pattern,
         .access = Access::admin,
         .body_bytes_max = body_bytes_max,
         .handler = std::move(handler)});
  };
  const auto open = [&](const std::string& pattern, Handler handler) {
    routes.push_back(
        {.method = Method::get,
         .pattern = pattern,
         .access = Access::anyone,
         .handler = std::move(handler)});
  };
  open(base, with_kind(list_offerings));
  open(one, with_kind(get_offering));
  admin(Method::post, base, with_kind(create_offering));
  admin(Method::patch, one, with_kind(change_offering));
  admin(Method::delete_, one, with_kind(delete_offering));
  admin(Method::post, one + "/cancellation", with_kind(cancel_offering));
  admin(Method::get, one + "/progress", with_kind(show_progress));
  admin(Method::post, one + "/blocks", with_kind(block_places), limits::body_bytes_blocks);
  admin(Method::post, one + "/unblocks", with_kind(unblock_places), limits::body_bytes_blocks);
}

}  // namespace

void add_offering_routes(std::vector<Route>& routes) {
  add_routes(routes, "/v1/performances", OfferingKind::performance);
  add_routes(routes, "/v1/classes", OfferingKind::klass);
}

}  // namespace cavea::http
