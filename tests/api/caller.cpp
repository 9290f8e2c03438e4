#include "tests/api/caller.hpp"

#include "tests/api/world.hpp"

#include <doctest/doctest.h>
#include <zlib.h>

#include <atomic>
#include <cstdlib>
#include <vector>

namespace cavea::test {
namespace {

bool is_json(const HttpResponse& response) {
  return response.header("content-type").find("json") != std::string::npos;
}

/// What holds for every answer, whatever it says.
void check_manners(const Answer& answer) {
  REQUIRE_MESSAGE(answer.status != 0, answer.error);
  CHECK_FALSE(answer.header("x-request-id").empty());
  CHECK_FALSE(answer.header("date").empty());
  if (answer.status >= 400 && !answer.body.empty()) {
    CHECK(answer.header("content-type") == "application/problem+json");
    REQUIRE(answer.json.is_object());
    CHECK(answer.json.at("status") == answer.status);
    CHECK(answer.json.at("instance") == answer.header("x-request-id"));
    CHECK(answer.json.at("type").get<std::string>().starts_with("/problems/"));
    CHECK_FALSE(answer.json.at("title").get<std::string>().empty());
  }
  if (answer.status == 429 || answer.status == 503)
    CHECK_FALSE(answer.header("retry-after").empty());
}

/// Where an answer, or a request that succeeded, is not as `/openapi.json` promises.
std::vector<std::string> promise_faults(
    std::string_view method,
    std::string_view path,
    const std::optional<std::string>& body,
    const Answer& answer) {
  // Nothing is promised about what is not there, and every address takes these.
  if (answer.status == 405 || method == "OPTIONS" || method == "HEAD") return {};
  if (answer.status == 404 && answer.json.at("type") == "/problems/route_not_found") return {};

  const bool is_plain = answer.header("content-encoding").empty();
  const auto& contract = world().contract();
  auto faults = contract.faults(
      {.method = std::string(method),
       .path = std::string(path),
       .status = answer.status,
       .content_type = answer.header("content-type"),
       .body = is_plain ? answer.body : unzipped(answer.body)});
  const bool succeeded = answer.status < 300;
  if (succeeded && body && !body->empty()) {
    const auto of_request = contract.request_faults(std::string(method), std::string(path), *body);
    faults.insert(faults.end(), of_request.begin(), of_request.end());
  }
  return faults;
}

}  // namespace

Caller::Caller(const std::string& token) : client_(world().url()) {
  client_.use_token(token);
}

Answer Caller::send(
    std::string_view method,
    std::string_view path,
    const std::optional<std::string>& body,
    const Headers& headers) {
  Answer answer;
  static_cast<HttpResponse&>(answer) = client_.send(method, path, body, headers);
  const auto story = std::string(method) + " " + std::string(path) + " " + body.value_or("")
                     + "\n-> " + std::to_string(answer.status) + " " + answer.body.substr(0, 2000);
  INFO(story);
  // To follow a test that fails later, because of an answer that is allowed in itself.
  if (std::getenv("API_TRACE") != nullptr) MESSAGE(story);
  if (is_json(answer) && !answer.body.empty()) {
    const bool is_plain = answer.header("content-encoding").empty();
    answer.json = Json::parse(is_plain ? answer.body : unzipped(answer.body), nullptr, false);
    REQUIRE_FALSE(answer.json.is_discarded());
  }
  check_manners(answer);
  for (const auto& fault : promise_faults(method, path, body, answer)) FAIL_CHECK(fault);
  return answer;
}

Answer Caller::reserve(const Json& item) {
  return post("/v1/reservations", {{"items", Json::array({item})}}, {fresh_key()});
}

std::string fresh_key() {
  static std::atomic<int> last{0};
  return "Idempotency-Key: \"key-" + std::to_string(++last) + "\"";
}

std::string if_match(const Answer& answer) {
  return "If-Match: " + answer.header("etag");
}

void check_problem(const Answer& answer, int status, std::string_view name) {
  INFO("the answer was " << answer.body);
  CHECK(answer.status == status);
  REQUIRE(answer.json.is_object());
  CHECK(answer.json.at("type") == "/problems/" + std::string(name));
}

std::string unzipped(const std::string& body) {
  z_stream stream{};
  // 32: gzip or zlib framing, whichever it is.
  REQUIRE(inflateInit2(&stream, 15 + 32) == Z_OK);
  std::string copy = body;
  std::string text(16 * 1024 * 1024, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(copy.data());
  stream.avail_in = static_cast<uInt>(copy.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  const int result = inflate(&stream, Z_FINISH);
  text.resize(stream.total_out);
  inflateEnd(&stream);
  REQUIRE(result == Z_STREAM_END);
  return text;
}

bool has_fault_at(const Answer& answer, std::string_view place) {
  if (!answer.json.contains("errors")) return false;
  for (const auto& error : answer.json.at("errors")) {
    for (const auto* member : {"pointer", "parameter", "header"}) {
      if (error.value(member, "") == place) return true;
    }
  }
  return false;
}

}  // namespace cavea::test
