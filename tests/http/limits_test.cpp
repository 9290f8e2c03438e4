#include "tests/http/test_server.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace cavea::http {
namespace {

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

constexpr std::string_view close_line = "Connection: close\r\n";

TEST_CASE("A header that is too long is refused and the connection closed") {
  const TestServer server;
  const auto field = "X: " + std::string(10'000, 'x') + "\r\n";
  const auto answer = server.exchange(request("GET", "/plain", field));
  CHECK(answer.starts_with("HTTP/1.1 431 "));
  CHECK(contains(answer, "/problems/header_too_large"));
  CHECK(contains(answer, "Connection: close\r\n"));
}

TEST_CASE("A body that is too long is refused before it is read") {
  const TestServer server;
  const auto answer = server.exchange(
      request("POST", "/echo", "Content-Length: 65537\r\nExpect: 100-continue\r\n"));
  CHECK(answer.starts_with("HTTP/1.1 413 "));
  CHECK(contains(answer, "/problems/body_too_large"));
  // The client sends it all the same, and still sees the answer.
  const auto sent = server.exchange(request_with_body("POST", "/echo", std::string(200'000, 'b')));
  CHECK(sent.starts_with("HTTP/1.1 413 "));
}

TEST_CASE("Who asks first whether to send a body is told to go on") {
  const TestServer server;
  test::RawConnection connection(server.url());
  connection.send(request("POST", "/echo", "Content-Length: 5\r\nExpect: 100-continue\r\n"));
  CHECK(connection.read_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  connection.send("hello");
  CHECK(read_answer(connection).ends_with("hello"));

  // Or is told at once that it is of no use.
  connection.send(request("POST", "/admin", "Content-Length: 5\r\nExpect: 100-continue\r\n"));
  CHECK(connection.read_to_end().starts_with("HTTP/1.1 401 "));
  CHECK(server.exchange(request("GET", "/plain", "Expect: a miracle\r\nConnection: close\r\n"))
            .starts_with("HTTP/1.1 417 "));
}

TEST_CASE("What is not HTTP is a bad request") {
  const TestServer server;
  CHECK(server.exchange("hello there\r\n\r\n").starts_with("HTTP/1.1 400 "));
  CHECK(server.exchange("GET / HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 400 "));
}

TEST_CASE("A client that sends too slowly is told so and closed") {
  const TestServer server(
      [](HttpConfig& config) { config.limits.read_time = std::chrono::milliseconds(50); });
  const auto header = server.exchange("GET /plain HTTP/1.1\r\nHost: te");
  CHECK(header.starts_with("HTTP/1.1 408 "));
  CHECK(contains(header, "/problems/request_timeout"));
  const auto body = server.exchange(request("POST", "/echo", "Content-Length: 5\r\n") + "he");
  CHECK(body.starts_with("HTTP/1.1 408 "));
  CHECK(server.server->totals().client_timeouts == 2);
}

TEST_CASE("An idle connection is closed without a word") {
  const TestServer server(
      [](HttpConfig& config) { config.limits.idle_time = std::chrono::milliseconds(50); });
  CHECK(server.exchange("").empty());
  CHECK(server.exchange(request("GET", "/plain")).ends_with("plain"));
}

TEST_CASE("A client that does not read is closed") {
  const TestServer server(
      [](HttpConfig& config) { config.limits.write_time = std::chrono::milliseconds(50); });
  test::RawConnection connection(server.url());
  std::string requests;
  for (int i = 0; i < 200; ++i) requests.append(request("GET", "/large"));
  connection.send(requests);
  // 20 MB do not fit into the buffers between us; nothing reads until the server has given up.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (server.server->totals().client_timeouts == 0
         && std::chrono::steady_clock::now() < deadline) {
    static_cast<void>(server.exchange(request("GET", "/plain", close_line)));
  }
  CHECK(server.server->totals().client_timeouts == 1);
  CHECK(connection.read_to_end().size() < 20'000'000);
}

TEST_CASE("Connections above the limit are turned away politely") {
  const TestServer server([](HttpConfig& config) { config.limits.connections = 3; });
  std::vector<std::unique_ptr<test::RawConnection>> open;
  for (int i = 0; i < 3; ++i) {
    open.push_back(std::make_unique<test::RawConnection>(server.url()));
    open.back()->send(request("GET", "/plain"));
    CHECK(read_answer(*open.back()).ends_with("plain"));
  }
  const auto refused = server.exchange("");
  CHECK(refused.starts_with("HTTP/1.1 429 "));
  CHECK(contains(refused, "/problems/too_many_connections"));
  CHECK(contains(refused, "Retry-After: 1\r\n"));
  CHECK(contains(refused, "Connection: close\r\n"));
  CHECK(server.server->totals().connections_refused == 1);
  open.front()->send(request("GET", "/plain"));
  CHECK(read_answer(*open.front()).ends_with("plain"));
}

TEST_CASE("A port in use is said with what to do") {
  const TestServer server;
  HttpConfig config;
  config.port = server.server->port();
  config.token_keys.push_back({TokenAlgorithm::hs256, std::string(32, 'k')});
  const auto second = Server::open({config, {}, nullptr});
  REQUIRE_FALSE(second.has_value());
  CHECK(contains(second.error().text, server.url() + " is in use"));

  config.address = "localhost";
  CHECK_FALSE(Server::open({config, {}, nullptr}).has_value());
  config.address = "127.0.0.1";
  config.port = 0;
  config.token_keys.clear();
  CHECK_FALSE(Server::open({config, {}, nullptr}).has_value());
}

TEST_CASE("A draining server answers what runs and then ends") {
  // One thread, so that whoever sees one connection closed knows that the other one drains too.
  TestServer server([](HttpConfig& config) { config.io_threads = 1; });
  test::RawConnection idle(server.url());
  idle.send(request("GET", "/plain"));
  CHECK(read_answer(idle).ends_with("plain"));
  test::RawConnection busy(server.url());
  busy.send(request("GET", "/ask"));
  server.bus.wait_for_kept(1);

  std::thread drain([&] { server.server->drain(); });
  CHECK(idle.read_to_end().empty());
  server.bus.answer_next(engine::Done{{3}, false});
  const auto answer = busy.read_to_end();
  CHECK(contains(answer, "Connection: close\r\n"));
  CHECK(answer.ends_with("done 3"));
  drain.join();
  CHECK_THROWS(test::RawConnection(server.url()));
}

TEST_CASE("A draining server does not wait for ever") {
  TestServer server(
      [](HttpConfig& config) { config.limits.drain_time = std::chrono::milliseconds(50); });
  test::RawConnection busy(server.url());
  busy.send(request("GET", "/ask"));
  server.bus.wait_for_kept(1);
  server.server->drain();
  CHECK(busy.read_to_end().empty());
  // It comes too late, and does no harm.
  server.bus.answer_next(engine::Done{{3}, false});
}

}  // namespace
}  // namespace cavea::http
