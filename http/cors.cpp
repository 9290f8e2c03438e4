#include "http/cors.hpp"

namespace cavea::http {

namespace {

/// An origin is a scheme, a host and a port: anything else is not repeated to the client.
bool is_well_formed(std::string_view origin) {
  for (const char c : origin) {
    if (c <= ' ' || c == 0x7F || c == ',' || c == ';') return false;
  }
  return !origin.empty();
}

}  // namespace

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
