#include "tests/api/world.hpp"

#include <doctest/doctest.h>

#include <string>

namespace cavea::test {
namespace {

TEST_CASE("an unknown address and a method that it does not take are said to be so") {
  check_problem(anyone().get("/v1/nothing"), 404, "route_not_found");
  check_problem(anyone().get("/v1/performances/"), 404, "route_not_found");
  check_problem(anyone().get("/"), 404, "route_not_found");
  const auto refused = administrator().put("/v1/performances", Json::object());
  check_problem(refused, 405, "method_not_allowed");
  CHECK(refused.header("allow") == "GET, HEAD, POST, OPTIONS");
  check_problem(anyone().send("BREW", "/v1/performances", std::nullopt), 405, "method_not_allowed");
}

TEST_CASE("every address of the document answers OPTIONS with the methods of the document") {
  const auto& paths = world().contract().document().at("paths");
  for (const auto& [pattern, item] : paths.items()) {
    auto path = pattern;
    if (const auto brace = path.find("{id}"); brace != std::string::npos) {
      path.replace(brace, 4, "some-id");
    }
    INFO(path);
    const auto answer = anyone().send("OPTIONS", path, std::nullopt);
    CHECK(answer.status == 204);
    const auto allow = answer.header("allow");
    for (const auto* method : {"get", "post", "put", "patch", "delete"}) {
      std::string name(method);
      for (auto& c : name) c = static_cast<char>(c - 'a' + 'A');
      INFO(name << " in " << allow);
      CHECK((allow.find(name) != std::string::npos) == item.contains(method));
    }
  }
}

TEST_CASE("HEAD answers as GET does, without the body") {
  const auto play = make_performance();
  for (const auto& path :
       {"/v1/performances/" + play,
        "/v1/performances/" + play + "/seats",
        std::string("/v1/venues"),
        std::string("/openapi.json"),
        std::string("/v1/performances/no-such")}) {
    INFO(path);
    const auto get = anyone().get(path);
    const auto head = anyone().send("HEAD", path, std::nullopt);
    CHECK(head.status == get.status);
    CHECK(head.body.empty());
    CHECK(head.header("etag") == get.header("etag"));
    CHECK(head.header("content-type") == get.header("content-type"));
    // A problem names its request, whose id has always the same length.
    CHECK(head.header("content-length") == get.header("content-length"));
  }
}

TEST_CASE("pages from everywhere may read and only trusted ones may write") {
  const std::string origin = "Origin: https://somewhere.example";
  const auto read = anyone().get("/v1/venues", {origin});
  CHECK(read.header("access-control-allow-origin") == "*");
  CHECK(read.header("access-control-expose-headers").find("ETag") != std::string::npos);
  CHECK(anyone().get("/v1/venues").header("access-control-allow-origin").empty());

  const auto preflight = [&](const std::string& from, const std::string& method) {
    return anyone().send(
        "OPTIONS",
        "/v1/reservations",
        std::nullopt,
        {from, "Access-Control-Request-Method: " + method});
  };
  const auto stranger = preflight(origin, "POST");
  CHECK(stranger.status == 204);
  CHECK(stranger.header("access-control-allow-methods") == "GET, HEAD, OPTIONS");
  const auto trusted = preflight(std::string("Origin: ") + trusted_origin, "POST");
  CHECK(trusted.header("access-control-allow-origin") == trusted_origin);
  CHECK(trusted.header("access-control-allow-methods").find("POST") != std::string::npos);
  const auto headers = trusted.header("access-control-allow-headers");
  CHECK(headers.find("Idempotency-Key") != std::string::npos);
  CHECK(headers.find("Authorization") != std::string::npos);
  const auto written = user("anna").post(
      "/v1/reservations",
      {{"items", {{{"offering", make_class()}, {"quantity", 1}}}}},
      {fresh_key(), std::string("Origin: ") + trusted_origin});
  CHECK(written.status == 201);
  CHECK(written.header("access-control-allow-origin") == trusted_origin);
}

TEST_CASE("large answers are compressed for those who ask") {
  const auto path = "/v1/performances/" + make_performance() + "/seats";
  const auto plain = anyone().get(path);
  CHECK(plain.header("content-encoding").empty());
  CHECK(plain.header("vary").find("Accept-Encoding") != std::string::npos);
  const auto zipped = anyone().get(path, {"Accept-Encoding: br, gzip;q=0.8"});
  CHECK(zipped.header("content-encoding") == "gzip");
  CHECK(zipped.body.size() < plain.body.size() / 2);
  CHECK(unzipped(zipped.body) == plain.body);
  CHECK(anyone().get(path, {"Accept-Encoding: gzip;q=0"}).header("content-encoding").empty());
  const auto small = anyone().get(path + "?map=false", {"Accept-Encoding: gzip"});
  CHECK(small.header("content-encoding").empty());
}

TEST_CASE("a request keeps the id that it came with") {
  const auto named = anyone().get("/v1/venues", {"X-Request-Id: till-7"});
  CHECK(named.header("x-request-id") == "till-7");
  const auto odd = anyone().get("/v1/venues", {"X-Request-Id: <script>"});
  CHECK(odd.header("x-request-id") != "<script>");
  const auto trace = "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  CHECK(anyone().get("/v1/venues", {trace}).status == 200);
}

TEST_CASE("a body that is no JSON is refused") {
  auto anna = user("anna");
  const auto send = [&](const std::string& body) {
    return anna.send("POST", "/v1/reservations", body, {fresh_key()});
  };
  check_problem(send("{\"items\": ["), 400, "malformed_json");
  check_problem(send(""), 400, "malformed_json");
  check_problem(send("{} {}"), 400, "malformed_json");
  check_problem(send("{\"items\": \"\xFF\"}"), 400, "malformed_json");
  const auto twice = send("{\"items\": [], \"items\": []}");
  check_problem(twice, 400, "invalid_request");
  CHECK(has_fault_at(twice, "/items"));
  check_problem(send(std::string(5'000, '[')), 400, "malformed_json");
}

}  // namespace
}  // namespace cavea::test
