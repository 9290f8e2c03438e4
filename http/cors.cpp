#include "http/cors.hpp"

#include "http/text.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace cavea::http {

namespace {

/// An origin is a scheme, a host and a port: anything else is not repeated to the client.
bool is_well_formed(std::string_view origin) {
  for (const char c : origin) {
    if (c <= ' ' || c == 0x7F || c == ',' || c == ';') return false;
  }
  return !origin.empty();
}

/// A port that belongs to the scheme anyway is left out by browsers.
bool is_usual_port(const boost::urls::url_view& url) {
  return (url.scheme() == "https" && url.port() == "443")
         || (url.scheme() == "http" && url.port() == "80");
}

}  // namespace

std::optional<std::string> fault_of_origin(const std::string& text) {
  constexpr auto wanted =
      "'{}' must be an origin as browsers send it, as https://shop.example or "
      "http://localhost:3000, or *";
  if (text == "*") return std::nullopt;
  const auto url = boost::urls::parse_absolute_uri(text);
  if (!url || !is_well_formed(text)) return fmt::format(wanted, text);
  const bool is_origin = url->has_authority() && !url->encoded_host().empty()
                         && !url->has_userinfo() && url->encoded_path().empty()
                         && !url->has_query();
  const bool is_lower =
      std::all_of(text.begin(), text.end(), [](char c) { return to_lower(c) == c; });
  const bool has_odd_port = url->has_port() && (url->port_number() == 0 || is_usual_port(*url));
  if (!is_origin || !is_lower || has_odd_port) return fmt::format(wanted, text);
  return std::nullopt;
}

bool Cors::is_trusted(std::string_view origin) const {
  for (const auto& trusted : origins_) {
    if (trusted == "*" || trusted == origin) return is_well_formed(origin);
  }
  return false;
}

void Cors::add_to_answer(std::string_view origin, bool is_read, std::string& header_lines) const {
  header_lines.append("Vary: Origin\r\n");
  if (is_trusted(origin)) {
    header_lines.append("Access-Control-Allow-Origin: ").append(origin).append("\r\n");
  } else if (is_read) {
    header_lines.append("Access-Control-Allow-Origin: *\r\n");
  } else {
    return;
  }
  header_lines.append(
      "Access-Control-Expose-Headers: ETag, Idempotency-Replayed, Location, Retry-After, "
      "X-Request-Id\r\n");
}

void Cors::add_to_preflight(
    std::string_view origin, std::string_view allow, std::string& header_lines) const {
  const bool trusted = is_trusted(origin);
  header_lines.append("Vary: Origin\r\nAccess-Control-Allow-Origin: ")
      .append(trusted ? origin : "*")
      .append("\r\nAccess-Control-Allow-Methods: ")
      .append(trusted ? allow : "GET, HEAD, OPTIONS")
      .append(
          "\r\nAccess-Control-Allow-Headers: Authorization, Content-Type, Idempotency-Key, "
          "If-Match, "
          "If-None-Match, Last-Event-ID, X-Request-Id, traceparent\r\n"
          "Access-Control-Max-Age: 600\r\n");
}

}  // namespace cavea::http
