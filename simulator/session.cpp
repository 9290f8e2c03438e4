#include "simulator/session.hpp"

#include <boost/beast/http/field.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/verb.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>

namespace cavea::simulator {

namespace {

namespace http = boost::beast::http;

ApiRequest::Method method_of(http::verb verb) {
  switch (verb) {
    case http::verb::get:
      return ApiRequest::Method::get;
    case http::verb::post:
      return ApiRequest::Method::post;
    case http::verb::delete_:
      return ApiRequest::Method::remove;
    case http::verb::options:
      return ApiRequest::Method::options;
    default:
      return ApiRequest::Method::other;
  }
}

std::string_view view(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

ApiRequest api_request_from(const HttpRequest& request) {
  const auto target = view(request.target());
  const auto mark = std::min(target.find('?'), target.size());
  return {
      .method = method_of(request.method()),
      .path = target.substr(0, mark),
      .query = target.substr(std::min(mark + 1, target.size())),
      .body = request.body(),
      .authorization = view(request[http::field::authorization]),
      .idempotency_key = view(request["Idempotency-Key"])};
}

std::string http_text_of(const ApiAnswer& answer, bool keeps_alive) {
  std::string text;
  text.reserve(answer.body.size() + 400);
  const auto reason = http::obsolete_reason(static_cast<http::status>(answer.status));
  fmt::format_to(
      std::back_inserter(text),
      "HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n"
      "Access-Control-Allow-Origin: *\r\n",
      answer.status,
      view(reason),
      answer.content_type,
      answer.body.size());
  if (answer.status == 204) {
    text +=
        "Access-Control-Allow-Methods: GET, POST, DELETE\r\n"
        "Access-Control-Allow-Headers: Authorization, Content-Type, Idempotency-Key\r\n";
  }
  if (!answer.request_id.empty()) {
    text.append("Request-Id: ").append(answer.request_id).append("\r\n");
  }
  if (answer.is_replayed) text += "Idempotent-Replayed: true\r\n";
  if (answer.should_retry) {
    text +=
        *answer.should_retry ? "Stripe-Should-Retry: true\r\n" : "Stripe-Should-Retry: false\r\n";
  }
  if (answer.retry_after > 0) {
    fmt::format_to(std::back_inserter(text), "Retry-After: {}\r\n", answer.retry_after);
  }
  if (!keeps_alive) text += "Connection: close\r\n";
  text += "\r\n";
  text += answer.body;
  return text;
}

std::int64_t ms_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

}  // namespace cavea::simulator
