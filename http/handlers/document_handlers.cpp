#include "http/handlers/document_handlers.hpp"

#include "http/openapi.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace cavea::http {

namespace {

void reply_document(Exchange& exchange, std::string_view type, std::string_view text) {
  auto response = exchange.make_response(200);
  response.content_type = type;
  response.body = text;
  response.add_header("Cache-Control", "max-age=300");
  exchange.reply(std::move(response));
}

void get_docs(Exchange& exchange) {
  reply_document(exchange, content_type::html, docs_page());
}

}  // namespace

void add_document_routes(std::vector<Route>& routes, const HandlerContext& context) {
  const auto document = std::make_shared<const std::string>(openapi_document(context.version));
  const auto add = [&](std::string pattern, Handler handler) {
    routes.push_back(
        {.method = Method::get,
         .pattern = std::move(pattern),
         .access = Access::anyone,
         .handler = std::move(handler)});
  };
  add("/openapi.json",
      [document](Exchange& exchange) { reply_document(exchange, content_type::json, *document); });
  add("/docs", get_docs);
}

}  // namespace cavea::http
