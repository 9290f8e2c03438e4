#include "tests/api/world.hpp"
#include "tests/support/raw_connection.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cavea::test {
namespace {

using namespace std::chrono_literals;

std::string position_now() {
  const auto page = administrator().get("/v1/changes?from=now");
  REQUIRE(page.status == 200);
  CHECK(page.json.at("items").empty());
  return page.json.at("next");
}

/// All events behind a cursor, page by page; `cursor` moves on.
std::vector<Json> changes_after(std::string& cursor, const std::string& options = {}) {
  std::vector<Json> events;
  while (true) {
    const auto page = administrator().get("/v1/changes?cursor=" + cursor + options);
    REQUIRE(page.status == 200);
    for (const auto& event : page.json.at("items")) events.push_back(event);
    cursor = page.json.at("next");
    if (!page.json.at("more").get<bool>()) return events;
  }
}

std::vector<std::string> types_of(const std::vector<Json>& events) {
  std::vector<std::string> types;
  for (const auto& event : events) {
    types.push_back(event.at("type").get<std::string>().substr(std::string("cavea.").size()));
  }
  return types;
}

Answer hold(const std::string& offering, const Json& seats) {
  auto answer = user("follower-s-friend").reserve({{"offering", offering}, {"seats", seats}});
  REQUIRE(answer.status == 201);
  return answer;
}

/// A follower of the event feed over Server-Sent Events.
class ChangeStream {
 public:
  ChangeStream(
      const std::string& url,
      const std::string& token,
      const std::string& parameters,
      const std::string& last_event_id = {})
      : connection_(url) {
    auto request = "GET /v1/changes" + parameters
                   + " HTTP/1.1\r\nHost: node\r\nAccept: text/event-stream\r\n"
                   + "Authorization: Bearer " + token + "\r\n";
    if (!last_event_id.empty()) request += "Last-Event-ID: " + last_event_id + "\r\n";
    connection_.send(request + "\r\n");
    head = connection_.read_until("\r\n\r\n");
  }

  /// The next event; its name is empty but for those that end a stream.
  Json next(std::string* name = nullptr) {
    while (true) {
      const auto block = connection_.read_until("\n\n");
      std::string data;
      for (std::size_t at = 0; at < block.size();) {
        const auto end = block.find('\n', at);
        const std::string_view line(block.data() + at, end - at);
        at = end + 1;
        if (line.starts_with("id: ")) last_id = line.substr(4);
        if (line.starts_with("data: ")) data = line.substr(6);
        if (line.starts_with("event: ") && name != nullptr) *name = line.substr(7);
      }
      if (!data.empty()) return Json::parse(data);
    }
  }

  std::string read_to_end() { return connection_.read_to_end(); }

  std::string head;
  std::string last_id;

 private:
  RawConnection connection_;
};

ChangeStream stream_of_world(const std::string& parameters, const std::string& last_id = {}) {
  return {world().url(), world().token("admin", "box-office"), parameters, last_id};
}

/// A node of its own with one shard that keeps changes for so many days.
class ForgetfulNode {
 public:
  explicit ForgetfulNode(std::string days) : days_(std::move(days)) { start(); }

  void start() {
    node_ = std::make_unique<NodeProcess>(
        CAVEA_BINARY,
        folder_.path(),
        std::vector<std::string>{
            "--log-level", "warning", "--shards", "1", "--changes-keep-days", days_});
    client_ = std::make_unique<HttpClient>(node_->url());
    client_->use_token(node_->token("admin", "box-office"));
  }

  void restart() {
    CHECK(node_->stop() == ExitStatus{.code = 0, .signal = 0});
    start();
  }

  void kill() {
    node_->kill();
    start();
  }

  void make_class(const std::string& id) {
    auto body = class_in("studio");
    body["id"] = id;
    const auto made = client_->post("/v1/classes", body.dump());
    REQUIRE_MESSAGE(made.status == 201, made.body);
  }

  void make_venue() {
    const Json venue = {{"id", "studio"}, {"name", "Studio"}, {"time_zone", "Europe/London"}};
    REQUIRE(client_->post("/v1/venues", venue.dump()).status == 201);
  }

  HttpResponse get(const std::string& path) { return client_->get(path); }

  Json page(const std::string& parameters) {
    const auto answer = get("/v1/changes" + parameters);
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
    return Json::parse(answer.body);
  }

  [[nodiscard]] const NodeProcess& node() const { return *node_; }

 private:
  std::string days_;
  TempDir folder_;
  std::unique_ptr<NodeProcess> node_;
  std::unique_ptr<HttpClient> client_;
};

TEST_CASE("what happens to a performance can be followed by cursor, in order and whole") {
  auto cursor = position_now();
  const auto play = make_performance({{"prices", {{"premium", 9500}, {"standard", 6500}}}});
  const auto path = "/v1/performances/" + play;
  const auto made = hold(play, {"stalls-A-3", "stalls-C-1"});
  auto admin = administrator();
  REQUIRE(admin.post(made.header("location") + "/confirmation").status == 200);
  REQUIRE(
      admin.post(path + "/blocks", {{"seats", {"stalls-D-8"}}, {"reason", "dust"}}).status == 200);
  REQUIRE(admin.post(path + "/unblocks", {{"seats", {"stalls-D-8"}}}).status == 200);
  REQUIRE(
      admin.post(made.header("location") + "/cancellation", {{"seats", {"stalls-C-1"}}}).status
      == 200);
  REQUIRE(admin.remove(made.header("location")).status == 200);
  REQUIRE(admin.patch(path, {{"title", "Dark"}}, {"If-Match: \"1\""}).status == 200);
  REQUIRE(admin.remove(path, {"If-Match: \"2\""}).status == 204);

  const auto events = changes_after(cursor, "&limit=2&offerings=" + play);
  CHECK(
      types_of(events)
      == std::vector<std::string>{
          "offering.created",
          "reservation.held",
          "reservation.confirmed",
          "places.blocked",
          "places.unblocked",
          "reservation.places_given_back",
          "reservation.cancelled",
          "offering.changed",
          "offering.deleted"});
  std::uint64_t version = 0;
  for (const auto& event : events) {
    CHECK(event.at("source") == path);
    CHECK(event.at("subject") == play);
    CHECK(event.at("data").at("version") == ++version);
    if (event.at("data").contains("reservation")) {
      CHECK(event.at("data").at("reservation") == made.json.at("id"));
      CHECK(event.at("data").at("user") == "follower-s-friend");
    }
  }
  const auto& held = events[1].at("data");
  CHECK(
      held.at("places")
      == Json{
          {{"seat", "stalls-A-3"}, {"zone", "premium"}, {"price", 9500}},
          {{"seat", "stalls-C-1"}, {"zone", "standard"}, {"price", 6500}}});
  CHECK(held.at("total") == Json{{"amount", 16'000}, {"currency", "GBP"}});
  CHECK(held.at("held_until") == made.json.at("held_until"));
  CHECK(held.at("counts").at("held") == 2);
  CHECK(events[3].at("data").at("seats") == Json{"stalls-D-8"});
  CHECK(events[5].at("data").at("seats") == Json{"stalls-C-1"});
  CHECK(events[5].at("data").at("cause") == "administrator");
  CHECK(events[7].at("data").at("offering").at("title") == "Dark");
  CHECK(changes_after(cursor, "&offerings=" + play).empty());
}

TEST_CASE("venues are followed too, and types can be chosen") {
  // With the first class comes a venue.
  REQUIRE_FALSE(make_class().empty());
  auto cursor = position_now();
  const auto venue = make_venue();
  auto admin = administrator();
  auto larger = house();
  larger["name"] = "Larger House";
  REQUIRE(admin.put("/v1/venues/" + venue, larger, {"If-Match: \"1\""}).status == 200);
  REQUIRE(admin.remove("/v1/venues/" + venue, {"If-Match: \"2\""}).status == 204);
  REQUIRE_FALSE(make_class().empty());
  const auto events = changes_after(cursor, "&types=cavea.venue.*");
  CHECK(
      types_of(events)
      == std::vector<std::string>{"venue.created", "venue.changed", "venue.deleted"});
  CHECK(events[0].at("source") == "/v1/venues/" + venue);
  CHECK(events[0].at("data").at("venue").at("seat_count") == 32);
  CHECK(events[1].at("data").at("venue").at("name") == "Larger House");
}

TEST_CASE("only administrators follow what happens") {
  check_problem(anyone().get("/v1/changes"), 401, "unauthenticated");
  check_problem(user("curious").get("/v1/changes"), 403, "forbidden");
  check_problem(
      user("curious").get("/v1/changes", {"Accept: text/event-stream"}), 403, "forbidden");
  const auto bad = administrator().get("/v1/changes?cursor=nonsense");
  check_problem(bad, 400, "invalid_request");
  CHECK(has_fault_at(bad, "cursor"));
}

TEST_CASE("a stream gives what happens as it happens, and goes on where it was left") {
  const auto yoga = make_class();
  auto stream = stream_of_world("?from=now&offerings=" + yoga);
  REQUIRE_MESSAGE(stream.head.starts_with("HTTP/1.1 200 "), stream.head);
  CHECK(stream.head.find("Content-Type: text/event-stream\r\n") != std::string::npos);
  std::vector<std::string> reservations;
  const auto book = [&] {
    auto made = user("viewer").reserve({{"offering", yoga}, {"quantity", 1}});
    REQUIRE(made.status == 201);
    reservations.push_back(made.json.at("id"));
  };
  book();
  auto event = stream.next();
  CHECK(event.at("type") == "cavea.reservation.sold");
  CHECK(event.at("data").at("reservation") == reservations[0]);
  CHECK(event.at("data").at("places") == Json{{{"price", 0}}});
  const auto left_at = stream.last_id;
  CHECK_FALSE(left_at.empty());
  for (int i = 0; i < 3; ++i) book();
  for (int i = 1; i <= 3; ++i) CHECK(stream.next().at("data").at("reservation") == reservations[i]);

  auto again = stream_of_world("?from=now&offerings=" + yoga, left_at);
  for (int i = 1; i <= 3; ++i) CHECK(again.next().at("data").at("reservation") == reservations[i]);
  // A cursor of a stream is one of pages, too.
  auto cursor = left_at;
  CHECK(changes_after(cursor, "&offerings=" + yoga).size() == 3);
  const auto metrics = anyone().get("/metrics").body;
  CHECK(metrics.find("cavea_changes_followers 2") != std::string::npos);
  CHECK(metrics.find("cavea_changes_kept_entries ") != std::string::npos);
}

TEST_CASE("a slow follower of a stream costs no memory and misses nothing") {
  const auto yoga = make_class({{"capacity", 5'000}});
  auto stream = stream_of_world("?from=now&offerings=" + yoga);
  // It does not read while more happens than sockets and one page hold.
  auto booker = user("busy");
  for (int i = 0; i < 3'000; ++i) {
    REQUIRE(booker.reserve({{"offering", yoga}, {"quantity", 1}}).status == 201);
  }
  for (std::uint64_t version = 2; version <= 3'001; ++version) {
    REQUIRE(stream.next().at("data").at("version") == version);
  }
}

TEST_CASE("a cursor survives restarts and kills, and is refused by another node") {
  ForgetfulNode forgetful("0.1");
  auto cursor = forgetful.page("?from=now").at("next").get<std::string>();
  forgetful.make_venue();
  forgetful.make_class("one");
  forgetful.restart();
  auto page = forgetful.page("?limit=1&cursor=" + cursor);
  REQUIRE(page.at("items").size() == 1);
  CHECK(page.at("items")[0].at("type") == "cavea.venue.created");
  CHECK(page.at("more") == true);
  forgetful.kill();
  page = forgetful.page("?cursor=" + page.at("next").get<std::string>());
  REQUIRE(page.at("items").size() == 1);
  CHECK(page.at("items")[0].at("subject") == "one");

  const auto refused = administrator().get("/v1/changes?cursor=" + cursor);
  check_problem(refused, 400, "changes_cursor_unknown");
  CHECK(has_fault_at(refused, "cursor"));
}

TEST_CASE("who comes too late is answered 410 with where to go on, also on a stream") {
  ForgetfulNode forgetful("0.000023");
  forgetful.make_venue();
  const auto cursor = forgetful.page("?from=now").at("next").get<std::string>();
  forgetful.make_class("one");
  const auto token = forgetful.node().token("admin", "box-office");

  HttpResponse answer;
  const auto until = std::chrono::steady_clock::now() + 20s;
  do {
    REQUIRE(std::chrono::steady_clock::now() < until);
    answer = forgetful.get("/v1/changes?cursor=" + cursor);
  } while (answer.status == 200);
  REQUIRE(answer.status == 410);
  const auto gone = Json::parse(answer.body);
  CHECK(gone.at("type") == "/problems/changes_not_kept");
  ChangeStream late(forgetful.node().url(), token, "", cursor);
  CHECK(late.head.starts_with("HTTP/1.1 410 "));

  forgetful.make_class("two");
  const auto page = forgetful.page("?cursor=" + gone.at("next").get<std::string>());
  REQUIRE(page.at("items").size() == 1);
  CHECK(page.at("items")[0].at("subject") == "two");
  // A restart brings nothing back.
  forgetful.restart();
  CHECK(forgetful.get("/v1/changes?cursor=" + cursor).status == 410);
}

}  // namespace
}  // namespace cavea::test
