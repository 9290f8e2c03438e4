#include "http/limits.hpp"

#include "tests/api/world.hpp"
#include "tests/support/raw_connection.hpp"

#include <doctest/doctest.h>

#include <sstream>
#include <string>

namespace cavea::test {
namespace {

/// What the node says to these bytes, up to the end of the connection.
std::string answer_to(const std::string& bytes) {
  RawConnection connection(world().url());
  connection.send(bytes);
  return connection.read_to_end();
}

void check_refused(const std::string& answer, const std::string& status, const char* name) {
  INFO(answer);
  CHECK(answer.starts_with("HTTP/1.1 " + status + " "));
  CHECK(answer.find("Connection: close\r\n") != std::string::npos);
  CHECK(answer.find("application/problem+json") != std::string::npos);
  CHECK(answer.find(std::string("/problems/") + name) != std::string::npos);
  const auto body = Json::parse(answer.substr(answer.find("\r\n\r\n") + 4), nullptr, false);
  CHECK(body.is_object());
}

TEST_CASE("a header that is too large is refused") {
  const std::string start = "GET /v1/venues HTTP/1.1\r\nHost: node\r\n";
  const std::string filler(http::limits::header_bytes, 'x');
  check_refused(answer_to(start + "X-Filler: " + filler + "\r\n\r\n"), "431", "header_too_large");
  std::string many = start;
  for (std::size_t i = 0; i <= http::limits::header_fields; ++i) many += "X-Field: y\r\n";
  check_refused(answer_to(many + "\r\n"), "431", "header_too_large");
  check_refused(
      answer_to("GET /v1/venues?q=" + filler + " HTTP/1.1\r\nHost: node\r\n\r\n"),
      "431",
      "header_too_large");
}

TEST_CASE("a body that is too large is refused, whatever it says of itself") {
  const auto head = [](const std::string& path, const std::string& role) {
    return "POST " + path + " HTTP/1.1\r\nHost: node\r\nContent-Type: application/json\r\n"
           + "Idempotency-Key: large\r\nAuthorization: Bearer " + world().token(role, "large")
           + "\r\n";
  };
  const std::string large(http::limits::body_bytes_default + 1, ' ');
  const auto sized = "Content-Length: " + std::to_string(large.size()) + "\r\n\r\n" + large;
  check_refused(answer_to(head("/v1/reservations", "user") + sized), "413", "body_too_large");
  check_refused(
      answer_to(
          head("/v1/reservations", "user") + "Transfer-Encoding: chunked\r\n\r\n10001\r\n" + large
          + "\r\n0\r\n\r\n"),
      "413",
      "body_too_large");
  // A seat map may be larger, but not by a user who may not send one at all.
  const auto huge = std::string("Content-Length: 100000000\r\n\r\n");
  check_refused(answer_to(head("/v1/venues", "admin") + huge), "413", "body_too_large");
  const auto user_venue = answer_to(head("/v1/venues", "user") + huge);
  CHECK(user_venue.starts_with("HTTP/1.1 403 "));
}

TEST_CASE("what is no HTTP request is refused") {
  check_refused(answer_to("HELO node\r\n\r\n"), "400", "invalid_request");
  check_refused(answer_to("GET /v1/venues HTTP/1.1\r\n\r\n"), "400", "invalid_request");
  check_refused(
      answer_to("GET /v1/venues HTTP/1.1\r\nHost: node\r\nX-Folded: a\r\n b\r\n\r\n"),
      "400",
      "invalid_request");
  check_refused(
      answer_to("POST /v1/reservations HTTP/1.1\r\nHost: node\r\nContent-Length: 5\r\n"
                "Content-Length: 6\r\n\r\nhello!"),
      "400",
      "invalid_request");
}

TEST_CASE("a body of another type is refused and the connection goes on") {
  RawConnection connection(world().url());
  connection.send(
      "POST /v1/reservations HTTP/1.1\r\nHost: node\r\nContent-Type: text/plain\r\n"
      "Idempotency-Key: typed\r\nContent-Length: 2\r\nAuthorization: Bearer "
      + world().token("user", "typist") + "\r\n\r\n{}");
  CHECK(connection.read_until("\r\n\r\n").starts_with("HTTP/1.1 415 "));
  CHECK(connection.read_until("}").find("/problems/unsupported_media_type") != std::string::npos);
  connection.send("GET /livez HTTP/1.1\r\nHost: node\r\n\r\n");
  CHECK(connection.read_until("alive\n").starts_with("HTTP/1.1 200 "));
}

TEST_CASE("requests that come together are answered in order on one connection") {
  RawConnection connection(world().url());
  connection.send(
      "GET /livez HTTP/1.1\r\nHost: node\r\n\r\nGET /v1/nothing HTTP/1.1\r\nHost: node\r\n\r\n"
      "GET /readyz HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n");
  const auto answers = connection.read_to_end();
  INFO(answers);
  const auto first = answers.find("alive\n");
  const auto second = answers.find("/problems/route_not_found");
  const auto third = answers.find("ready\n");
  CHECK(first < second);
  CHECK(second < third);
  CHECK(third != std::string::npos);
}

TEST_CASE("an address is not forgotten while a body arrives, however large it is") {
  for (const std::size_t length : {100, 3'000, 9'000, 40'000}) {
    for (const bool is_chunked : {false, true}) {
      INFO(length << " bytes" << (is_chunked ? ", in chunks" : ""));
      auto venue = house();
      venue["address"] = std::string(length / 4, 'a');
      auto body = venue.dump();
      body.append(body.size() < length ? length - body.size() : 0, ' ');
      const auto id = unique("slow");
      auto head = "PUT /v1/venues/" + id + " HTTP/1.1\r\nHost: node\r\nConnection: close\r\n"
                  + "X-Request-Id: of-" + id + "\r\nContent-Type: application/json\r\n"
                  + "Authorization: Bearer " + world().token("admin", "patient") + "\r\n";
      head += is_chunked ? "Transfer-Encoding: chunked\r\n\r\n"
                         : "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
      std::ostringstream size;
      size << std::hex << body.size();
      const auto wrapped = is_chunked ? size.str() + "\r\n" + body + "\r\n0\r\n\r\n" : body;

      RawConnection connection(world().url());
      connection.send(head + wrapped.substr(0, 50));
      // An answer to somebody else: by now the node has read what came so far.
      CHECK(anyone().get("/livez").status == 200);
      connection.send(wrapped.substr(50));
      const auto answer = connection.read_to_end();
      INFO(answer.substr(0, 1'000));
      CHECK(answer.starts_with("HTTP/1.1 201 "));
      CHECK(answer.find("X-Request-Id: of-" + id + "\r\n") != std::string::npos);
      CHECK(answer.find("Location: /v1/venues/" + id + "\r\n") != std::string::npos);
    }
  }
}

TEST_CASE("a client that waits to be asked for its body is asked") {
  RawConnection connection(world().url());
  const auto body = Json{{"items", {{{"offering", make_class()}, {"quantity", 1}}}}}.dump();
  connection.send(
      "POST /v1/reservations HTTP/1.1\r\nHost: node\r\nExpect: 100-continue\r\n"
      "Idempotency-Key: waits\r\nConnection: close\r\nContent-Type: application/json\r\n"
      "Authorization: Bearer "
      + world().token("user", "patient") + "\r\nContent-Length: " + std::to_string(body.size())
      + "\r\n\r\n");
  CHECK(connection.read_until("\r\n\r\n").starts_with("HTTP/1.1 100 "));
  connection.send(body);
  CHECK(connection.read_to_end().starts_with("HTTP/1.1 201 "));
}

}  // namespace
}  // namespace cavea::test
