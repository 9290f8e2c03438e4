#include "tests/api/world.hpp"
#include "tests/support/raw_connection.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cavea::test {
namespace {

constexpr int rounds_max = 200;
constexpr int clients = 24;

/// An answer as it came: head and body apart.
struct RawAnswer {
  std::string head;
  std::string body;

  [[nodiscard]] int status() const {
    return std::stoi(head.substr(std::string("HTTP/1.1 ").size()));
  }
};

RawAnswer read_answer(RawConnection& connection) {
  constexpr std::string_view length_field = "\r\nContent-Length: ";
  RawAnswer answer;
  answer.head = connection.read_until("\r\n\r\n") + "\r\n";
  const auto length = answer.head.find(length_field);
  REQUIRE(length != std::string::npos);
  answer.body = connection.read_bytes(std::stoul(answer.head.substr(length + length_field.size())));
  return answer;
}

/// Clients with a connection each, which all ask at once.
class Crowd {
 public:
  explicit Crowd(const NodeProcess& node) : token_(node.token("user", "crowd")) {
    for (int i = 0; i < clients; ++i) {
      connections_.push_back(std::make_unique<RawConnection>(node.url()));
    }
  }

  /// Sends the requests, one a client, and gives the answers in their order.
  std::vector<RawAnswer> ask(const std::vector<std::string>& requests) {
    for (std::size_t i = 0; i < requests.size(); ++i) connections_.at(i)->send(requests[i]);
    std::vector<RawAnswer> answers;
    for (std::size_t i = 0; i < requests.size(); ++i) {
      answers.push_back(read_answer(*connections_.at(i)));
    }
    return answers;
  }

  [[nodiscard]] std::string list_request() const {
    return "GET /v1/me/reservations?limit=200 HTTP/1.1\r\nHost: node\r\nAuthorization: Bearer "
           + token_ + "\r\n\r\n";
  }

  [[nodiscard]] std::string claim_request(const std::string& key) const {
    const std::string body = R"({"items":[{"offering":"rush","quantity":1}]})";
    return "POST /v1/reservations HTTP/1.1\r\nHost: node\r\nContent-Type: application/json\r\n"
           "Idempotency-Key: "
           + key + "\r\nAuthorization: Bearer " + token_
           + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }

 private:
  std::string token_;
  std::vector<std::unique_ptr<RawConnection>> connections_;
};

/// Whether the node turned the request away because it has enough to do; it must say so properly.
bool is_turned_away(const RawAnswer& answer) {
  if (answer.status() != 429) return false;
  INFO(answer.head << answer.body);
  CHECK(answer.head.find("\r\nRetry-After: 1\r\n") != std::string::npos);
  CHECK(Json::parse(answer.body).at("type") == "/problems/overloaded");
  return true;
}

void make_rush(HttpClient& admin) {
  const auto venue = Json{{"id", "hall"}, {"name", "Hall"}, {"time_zone", "Europe/London"}};
  REQUIRE(admin.post("/v1/venues", venue.dump()).status == 201);
  const auto body = class_in("hall", {{"id", "rush"}, {"capacity", 100'000}});
  REQUIRE(admin.post("/v1/classes", body.dump()).status == 201);
}

TEST_CASE("a shard with enough to do answers 429, and a repeated claim is carried out once") {
  const TempDir data;
  const NodeProcess node(CAVEA_BINARY, data.path(), {"--shard-work-max", "1", "--io-threads", "1"});
  HttpClient admin(node.url());
  admin.use_token(node.token("admin", "box-office"));
  make_rush(admin);

  Crowd crowd(node);
  std::size_t turned_away = 0;
  std::size_t sold = 0;
  // That two of a crowd meet in the shard is as good as certain, and in some round they do.
  for (int round = 0; round < rounds_max && turned_away == 0; ++round) {
    std::vector<std::string> open;
    for (int i = 0; i < clients; ++i) {
      open.push_back(crowd.claim_request(std::to_string(round) + "-" + std::to_string(i)));
    }
    while (!open.empty()) {
      const auto answers = crowd.ask(open);
      std::vector<std::string> again;
      for (std::size_t i = 0; i < answers.size(); ++i) {
        if (is_turned_away(answers[i])) {
          again.push_back(open[i]);
          ++turned_away;
          continue;
        }
        INFO(answers[i].body);
        CHECK(answers[i].status() == 201);
        CHECK(answers[i].head.find("Idempotency-Replayed") == std::string::npos);
        ++sold;
      }
      open = std::move(again);
    }
  }
  CHECK(turned_away > 0);
  const auto after = Json::parse(admin.get("/v1/classes/rush").body);
  CHECK(after.at("places").at("sold") == sold);
}

TEST_CASE("readers with enough to do answer 429, and the list is there when asked again") {
  const TempDir data;
  const NodeProcess node(CAVEA_BINARY, data.path(), {"--reads-max", "1", "--io-threads", "1"});
  Crowd crowd(node);
  std::size_t turned_away = 0;
  for (int round = 0; round < rounds_max && turned_away == 0; ++round) {
    std::vector<std::string> open(clients, crowd.list_request());
    while (!open.empty()) {
      const auto answers = crowd.ask(open);
      open.clear();
      for (const auto& answer : answers) {
        if (is_turned_away(answer)) {
          open.push_back(crowd.list_request());
          ++turned_away;
          continue;
        }
        INFO(answer.body);
        CHECK(answer.status() == 200);
        CHECK(Json::parse(answer.body).at("items").empty());
      }
    }
  }
  CHECK(turned_away > 0);
}

}  // namespace
}  // namespace cavea::test
