#include "http/status.hpp"
#include "tests/http/test_server.hpp"

#include <doctest/doctest.h>
#include <zlib.h>

#include <string>
#include <utility>

namespace cavea::http {
namespace {

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

constexpr std::string_view close_line = "Connection: close\r\n";

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1))
    ++count;
  return count;
}

std::string ungzipped(std::string_view compressed) {
  z_stream z{};
  REQUIRE(inflateInit2(&z, 15 + 16) == Z_OK);
  std::string text(200'000, '\0');
  std::string input(compressed);
  z.next_in = reinterpret_cast<Bytef*>(input.data());
  z.avail_in = static_cast<uInt>(input.size());
  z.next_out = reinterpret_cast<Bytef*>(text.data());
  z.avail_out = static_cast<uInt>(text.size());
  CHECK(inflate(&z, Z_FINISH) == Z_STREAM_END);
  text.resize(z.total_out);
  inflateEnd(&z);
  return text;
}

engine::Answer done(std::uint64_t version) {
  return engine::Done{{version}, false};
}

TEST_CASE("A connection serves one request after the other") {
  const TestServer server;
  test::RawConnection connection(server.url());
  for (int i = 0; i < 3; ++i) {
    connection.send(request("GET", "/plain"));
    const auto answer = read_answer(connection);
    CHECK(answer.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(answer.ends_with("\r\n\r\nplain"));
    CHECK_FALSE(contains(answer, "Connection"));
    CHECK(contains(answer, "Date: "));
  }
  connection.send(request("GET", "/plain", close_line));
  CHECK(contains(connection.read_to_end(), "Connection: close\r\n"));
}

TEST_CASE("Pipelined requests are answered in order") {
  TestServer server;
  server.bus.on_query = [](const engine::Query&) { return done(7); };
  const auto answers = server.exchange(
      request("GET", "/plain") + request("GET", "/ask")
      + request_with_body("POST", "/echo", "hello") + request("GET", "/items/1")
      + request("GET", "/plain", close_line));
  CHECK(count_of(answers, "HTTP/1.1 200 OK") == 5);
  CHECK(answers.find("plain") < answers.find("done 7"));
  CHECK(answers.find("done 7") < answers.find("hello"));
  CHECK(answers.find("hello") < answers.find("item 1"));
}

TEST_CASE("A request may come byte by byte") {
  const TestServer server;
  test::RawConnection connection(server.url());
  for (const char c : request_with_body("POST", "/echo", "hello", close_line)) {
    connection.send(std::string_view(&c, 1));
  }
  CHECK(connection.read_to_end().ends_with("hello"));
}

TEST_CASE("Large answers and bodies pass whole") {
  const TestServer server;
  const auto large = server.exchange(request("GET", "/large", close_line));
  CHECK(contains(large, "Content-Length: 100000\r\n"));
  CHECK(large.ends_with("\r\n\r\n" + std::string(100'000, 'x')));
  const std::string body(60'000, 'b');
  CHECK(server.exchange(request_with_body("POST", "/echo", body, close_line)).ends_with(body));
}

TEST_CASE("HEAD tells what GET would answer, without the body") {
  const TestServer server;
  const auto answer = server.exchange(request("HEAD", "/plain", close_line));
  CHECK(contains(answer, "Content-Length: 5\r\n"));
  CHECK(answer.ends_with("\r\n\r\n"));
}

TEST_CASE("OPTIONS and refused methods say what an address takes") {
  const TestServer server;
  const auto options = server.exchange(request("OPTIONS", "/plain", close_line));
  CHECK(options.starts_with("HTTP/1.1 204 No Content\r\n"));
  CHECK(contains(options, "Allow: GET, HEAD, OPTIONS\r\n"));
  CHECK_FALSE(contains(options, "Content-Length"));
  CHECK(server.exchange(request("OPTIONS", "*", close_line)).starts_with("HTTP/1.1 204"));

  const auto refused = server.exchange(request_with_body("PUT", "/plain", "x", close_line));
  CHECK(refused.starts_with("HTTP/1.1 405 "));
  CHECK(contains(refused, "Allow: GET, HEAD, OPTIONS\r\n"));
  CHECK(contains(refused, "\"type\":\"/problems/method_not_allowed\""));
  CHECK(contains(server.exchange(request("BREW", "/plain", close_line)), "HTTP/1.1 405 "));
}

TEST_CASE("What is not there is a problem document with the request's id") {
  const TestServer server;
  const auto answer = server.exchange(
      request("GET", "/nothing", "X-Request-Id: order-66\r\nConnection: close\r\n"));
  CHECK(answer.starts_with("HTTP/1.1 404 Not Found\r\n"));
  CHECK(contains(answer, "Content-Type: application/problem+json\r\n"));
  CHECK(contains(answer, "X-Request-Id: order-66\r\n"));
  CHECK(contains(answer, "\"type\":\"/problems/route_not_found\""));
  CHECK(contains(answer, "\"instance\":\"order-66\""));
  // An id that could do harm in a log is not taken over.
  const auto strange =
      server.exchange(request("GET", "/plain", "X-Request-Id: a\tb\"\r\nConnection: close\r\n"));
  CHECK(contains(strange, "X-Request-Id: "));
  CHECK_FALSE(contains(strange, "a\tb"));
}

TEST_CASE("Paths and query strings are decoded") {
  const TestServer server;
  CHECK(server.exchange(request("GET", "/items/a%2Fb?color=dark+red%21&x", close_line))
            .ends_with("item a/b color dark red!"));
  for (const auto* target : {"/items/%zz", "/items/%0a", "/items/a?color=%1", "/items/%"}) {
    CAPTURE(target);
    CHECK(server.exchange(request("GET", target, close_line)).starts_with("HTTP/1.1 400 "));
  }
  CHECK(server.exchange(request("GET", "http://test/plain", close_line)).ends_with("plain"));
}

TEST_CASE("Pages of other origins may read, and trusted ones may do everything") {
  const TestServer server;
  const auto with_origin = [&](const char* method, const char* origin, const char* more) {
    return server.exchange(request(
        method, "/echo", "Origin: " + std::string(origin) + "\r\nConnection: close\r\n" + more));
  };
  const auto length = "Content-Length: 0\r\n";
  CHECK(contains(
      with_origin("POST", "https://shop.example", length),
      "Access-Control-Allow-Origin: https://shop.example\r\n"));
  CHECK_FALSE(
      contains(with_origin("POST", "https://else.example", length), "Access-Control-Allow"));
  const auto read = server.exchange(
      request("GET", "/plain", "Origin: https://else.example\r\nConnection: close\r\n"));
  CHECK(contains(read, "Access-Control-Allow-Origin: *\r\n"));

  const auto ask = "Access-Control-Request-Method: POST\r\n";
  CHECK(contains(
      with_origin("OPTIONS", "https://shop.example", ask),
      "Access-Control-Allow-Methods: POST, OPTIONS\r\n"));
  CHECK(contains(
      with_origin("OPTIONS", "https://else.example", ask),
      "Access-Control-Allow-Methods: GET, HEAD, OPTIONS\r\n"));
}

TEST_CASE("Large answers are compressed when asked for") {
  const TestServer server;
  const auto zipped = server.exchange(
      request("GET", "/large", "Accept-Encoding: br, gzip\r\nConnection: close\r\n"));
  CHECK(contains(zipped, "Content-Encoding: gzip\r\n"));
  CHECK(contains(zipped, "Vary: Accept-Encoding\r\n"));
  CHECK(zipped.size() < 2'000);
  CHECK(ungzipped(zipped.substr(zipped.find("\r\n\r\n") + 4)) == std::string(100'000, 'x'));

  for (const auto* accepted : {"identity", "gzip;q=0", "gzip; q=0.0", "br"}) {
    CAPTURE(accepted);
    const auto fields = "Accept-Encoding: " + std::string(accepted) + "\r\nConnection: close\r\n";
    CHECK_FALSE(contains(server.exchange(request("GET", "/large", fields)), "Content-Encoding"));
  }
  const auto small =
      server.exchange(request("GET", "/plain", "Accept-Encoding: gzip\r\nConnection: close\r\n"));
  CHECK_FALSE(contains(small, "Content-Encoding"));
}

TEST_CASE("Tokens and roles guard routes") {
  const TestServer server;
  const auto ask = [&](const char* method, const char* path, const std::string& token) {
    const auto fields = token.empty() ? std::string() : "Authorization: Bearer " + token + "\r\n";
    return server.exchange(request(method, path, fields + std::string(close_line)));
  };
  const auto user = TestServer::token_of("alice", Role::user);
  const auto admin = TestServer::token_of("boss", Role::admin);
  CHECK(ask("GET", "/mine", user).ends_with("mine"));
  CHECK(ask("GET", "/mine", admin).ends_with("mine"));
  CHECK(ask("POST", "/admin", admin).ends_with("admin"));
  const auto missing = ask("GET", "/mine", "");
  CHECK(missing.starts_with("HTTP/1.1 401 "));
  CHECK(contains(missing, "WWW-Authenticate: Bearer\r\n"));
  CHECK(ask("GET", "/mine", "x.y.z").starts_with("HTTP/1.1 401 "));
  CHECK(ask("POST", "/admin", user).starts_with("HTTP/1.1 403 "));
  CHECK(contains(ask("POST", "/admin", user), "/problems/forbidden"));
}

TEST_CASE("A header field that may come once is refused when it comes twice") {
  const TestServer server;
  const std::pair<const char*, const char*> doubled[] = {
      {"Authorization: Bearer a\r\n", "authorization: Bearer b\r\n"},
      {"Content-Type: application/json\r\n", "Content-Type: application/json\r\n"},
      {"Idempotency-Key: one\r\n", "IDEMPOTENCY-KEY: two\r\n"},
      {"If-Match: \"1\"\r\n", "If-Match: \"2\"\r\n"}};
  for (const auto& [first, second] : doubled) {
    const auto between = "X-Other: x\r\n" + std::string(close_line);
    const auto once = server.exchange(request("GET", "/plain", first + between));
    CHECK(once.starts_with("HTTP/1.1 200 "));
    const auto twice = server.exchange(request("GET", "/plain", first + between + second));
    INFO(twice);
    CHECK(twice.starts_with("HTTP/1.1 400 "));
    CHECK(contains(twice, "/problems/invalid_request"));
    CHECK(contains(twice, "must not come twice"));
    CHECK(contains(twice, std::string(first).substr(0, std::string(first).find(':'))));
  }
}

TEST_CASE("A handler asks the bus and answers when the bus did") {
  TestServer server;
  server.bus.on_query = [](const engine::Query&) { return done(1); };
  test::RawConnection connection(server.url());
  connection.send(request_with_body("POST", "/change", "{}"));
  server.bus.answer_next(done(8));
  CHECK(read_answer(connection).ends_with("done 8"));
  CHECK(server.bus.commands().size() == 1);
}

TEST_CASE("An answer for a client that went away is dropped, and nobody else gets it") {
  TestServer server([](HttpConfig& config) {
    config.io_threads = 1;
    config.limits.answer_time = std::chrono::milliseconds(50);
  });
  {
    test::RawConnection gone(server.url());
    gone.send(request("GET", "/ask"));
    server.bus.wait_for_kept(1);
    // It got its answer without the bus; the ticket is given up.
    CHECK(read_answer(gone).ends_with("refused not_ready"));
  }
  test::RawConnection connection(server.url());
  connection.send(request("GET", "/plain"));
  CHECK(read_answer(connection).ends_with("plain"));
  server.bus.answer_next(done(1));
  connection.send(request("GET", "/ask"));
  server.bus.wait_for_kept(1);
  server.bus.answer_next(done(2));
  CHECK(read_answer(connection).ends_with("done 2"));
  CHECK(server.server->totals().answers_unclaimed == 1);
}

TEST_CASE("A command without an answer in time has an unknown outcome") {
  TestServer server(
      [](HttpConfig& config) { config.limits.answer_time = std::chrono::milliseconds(20); });
  const auto answer = server.exchange(request_with_body("POST", "/tell", "{}", close_line));
  CHECK(answer.ends_with("refused outcome_unknown"));
  CHECK(server.server->totals().answer_timeouts == 1);
}

TEST_CASE("A handler that throws is a 500, and the connection lives on") {
  const TestServer server;
  test::RawConnection connection(server.url());
  connection.send(request("GET", "/throw"));
  CHECK(read_answer(connection).starts_with("HTTP/1.1 500 "));
  connection.send(request("GET", "/plain"));
  CHECK(read_answer(connection).ends_with("plain"));
}

TEST_CASE("Operational routes tell how the node is") {
  TestServer server;
  CHECK(server.exchange(request("GET", "/livez", close_line)).ends_with("alive\n"));
  CHECK(server.exchange(request("GET", "/readyz", close_line)).starts_with("HTTP/1.1 503 "));
  server.readiness.set(Readiness::State::ready);
  CHECK(server.exchange(request("GET", "/readyz", close_line)).starts_with("HTTP/1.1 200 "));
  CHECK(server.exchange(request("GET", "/metrics", close_line)).ends_with("cavea_up 1\n"));
}

TEST_CASE("Requests are counted by route and status") {
  const TestServer server;
  static_cast<void>(
      server.exchange(request("GET", "/plain") + request("GET", "/plain", close_line)));
  static_cast<void>(server.exchange(request("GET", "/items/7", close_line)));
  static_cast<void>(server.exchange(request("GET", "/nothing", close_line)));
  const auto totals = server.server->totals();
  const auto requests_of = [&](std::string_view pattern, unsigned status) {
    std::uint64_t count = 0;
    for (const auto& route : totals.routes) {
      if (route.pattern == pattern) count += route.by_status[status_index(status)];
    }
    return count;
  };
  CHECK(requests_of("/plain", 200) == 2);
  CHECK(requests_of("/items/{id}", 200) == 1);
  CHECK(requests_of("unmatched", 404) == 1);
  CHECK(totals.connections_total == 3);
}

}  // namespace
}  // namespace cavea::http
