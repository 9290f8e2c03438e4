#include "http/seat_feed.hpp"

#include "tests/http/test_server.hpp"
#include "tests/support/sample_catalogue.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

namespace cavea::http {
namespace {

using engine::PlaceState;

const auto offering = *engine::OfferingId::from("hamlet");

engine::DefinitionRef sample_definition() {
  static const auto definition =
      std::make_shared<const engine::OfferingDefinition>(tests::sample_performance(2, 3));
  return definition;
}

engine::FeedItem snapshot(std::uint64_t version, std::vector<PlaceState> states = {}) {
  states.resize(6);
  return std::make_shared<const engine::SeatsView>(
      engine::SeatsView{offering, {version}, sample_definition(), std::move(states)});
}

engine::FeedItem delta(std::uint64_t version, std::uint32_t place, PlaceState state) {
  return std::make_shared<const engine::SeatDelta>(
      engine::SeatDelta{offering, {version - 1}, {version}, false, {{{place}, state}}});
}

/// Writes down what it is told; pulls at once unless it is slow.
class Viewer final : public FeedViewer {
 public:
  explicit Viewer(SeatFeeds& feeds) : feeds_(feeds) {}

  void on_feed_news() override {
    if (!is_slow) pull();
  }

  void on_feed_refused(const engine::Refusal& refusal) override {
    seen.append("refused ").append(engine::name_of(refusal.reason));
  }

  void pull() {
    const auto news = feeds_.pull(*this, seen);
    if (news.snapshot != nullptr) seen.append(*news.snapshot);
    has_ended = news.has_ended;
  }

  /// What came since the last time.
  std::string take() { return std::exchange(seen, {}); }

  bool is_slow = false;
  bool has_ended = false;
  std::string seen;

 private:
  SeatFeeds& feeds_;
};

class NoSink final : public engine::AnswerSink {
 public:
  void deliver(std::vector<engine::Delivery>) noexcept override {}

  void publish(const engine::OfferingId&, engine::FeedItem) noexcept override {}
};

struct Feeds {
  test::ScriptedBus bus;
  NoSink sink;
  Probe probe{{}};
  SeatFeeds feeds{bus, sink, probe, std::chrono::milliseconds(1000)};
  SeatFeeds::TimePoint now{};
};

const std::string snapshot_5 =
    "id: 5\nevent: snapshot\ndata: {\"version\":5,\"seat_map_revision\":1,"
    "\"states\":{\"stalls-A-2\":\"sold\"}}\n\n";
const std::string delta_6 =
    "id: 6\nevent: delta\ndata: {\"previous\":5,\"version\":6,"
    "\"states\":{\"stalls-A-1\":\"held\"}}\n\n";

TEST_CASE("A viewer gets a snapshot and then deltas, and viewers share one subscription") {
  Feeds test;
  Viewer first(test.feeds);
  Viewer second(test.feeds);
  test.feeds.join(first, offering, {});
  test.feeds.join(second, offering, {});
  CHECK(test.bus.subscriber_count() == 1);
  CHECK(first.take().empty());

  test.feeds.publish(offering, snapshot(5, {PlaceState::free, PlaceState::sold}));
  CHECK(first.take() == snapshot_5);
  CHECK(second.take() == snapshot_5);
  test.feeds.publish(offering, delta(6, 0, PlaceState::held));
  CHECK(first.take() == delta_6);
  CHECK(second.take() == delta_6);

  Viewer late(test.feeds);
  test.feeds.join(late, offering, {});
  CHECK(late.take() == "id: 6\nevent: snapshot\ndata: {\"version\":6,\"seat_map_revision\":1,"
                       "\"states\":{\"stalls-A-1\":\"held\",\"stalls-A-2\":\"sold\"}}\n\n");
  for (auto* viewer : {&first, &second, &late}) test.feeds.leave(*viewer, test.now);
}

TEST_CASE("A viewer that comes back goes on where it was, if the deltas are still there") {
  Feeds test;
  Viewer viewer(test.feeds);
  test.feeds.join(viewer, offering, {});
  test.feeds.publish(offering, snapshot(5));
  test.feeds.publish(offering, delta(6, 0, PlaceState::held));
  test.feeds.publish(offering, delta(7, 1, PlaceState::held));
  test.feeds.leave(viewer, test.now);

  struct Case {
    std::uint64_t last_seen;
    std::vector<std::string> events;
  };

  const Case cases[] = {
      {7, {}},
      {6, {"id: 7\nevent: delta"}},
      {5, {"id: 6\nevent: delta", "id: 7\nevent: delta"}},
      {4, {"id: 7\nevent: snapshot"}},
      {9, {"id: 7\nevent: snapshot"}},
  };
  for (const auto& [last_seen, events] : cases) {
    CAPTURE(last_seen);
    Viewer back(test.feeds);
    test.feeds.join(back, offering, {last_seen});
    const auto seen = back.take();
    std::size_t from = 0;
    for (const auto& event : events) {
      from = seen.find(event, from);
      CHECK(from != std::string::npos);
    }
    if (events.empty()) CHECK(seen.empty());
    test.feeds.leave(back, test.now);
  }
}

TEST_CASE("A slow viewer gets all deltas at once, or a snapshot when it is too far behind") {
  Feeds test;
  Viewer viewer(test.feeds);
  test.feeds.join(viewer, offering, {});
  test.feeds.publish(offering, snapshot(5));
  CHECK_FALSE(viewer.take().empty());
  viewer.is_slow = true;
  test.feeds.publish(offering, delta(6, 0, PlaceState::held));
  test.feeds.publish(offering, delta(7, 0, PlaceState::free));
  viewer.pull();
  const auto both = viewer.take();
  CHECK(both.find("id: 6\nevent: delta") != std::string::npos);
  CHECK(both.find("id: 7\nevent: delta") != std::string::npos);

  for (std::uint64_t i = 0; i <= limits::feed_deltas; ++i) {
    test.feeds.publish(offering, delta(8 + i, 0, i % 2 == 0 ? PlaceState::held : PlaceState::free));
  }
  viewer.pull();
  CHECK(viewer.take().starts_with("id: 1032\nevent: snapshot"));
  test.feeds.leave(viewer, test.now);
}

TEST_CASE("When the map changes viewers are told and get a new snapshot") {
  Feeds test;
  Viewer viewer(test.feeds);
  test.feeds.join(viewer, offering, {});
  test.feeds.publish(offering, snapshot(5));
  static_cast<void>(viewer.take());
  test.feeds.publish(
      offering,
      std::make_shared<const engine::SeatDelta>(engine::SeatDelta{offering, {5}, {6}, true, {}}));
  CHECK(test.bus.unsubscription_count() == 1);
  CHECK(test.bus.subscriber_count() == 1);
  test.feeds.publish(offering, delta(7, 0, PlaceState::held));
  CHECK(viewer.take().empty());
  test.feeds.publish(offering, snapshot(7));
  CHECK(viewer.take().starts_with(
      "id: 7\nevent: map\ndata: {\"version\":7}\n\nid: 7\nevent: snapshot"));
  test.feeds.leave(viewer, test.now);
}

TEST_CASE("A gap in the deltas is healed by a new snapshot") {
  Feeds test;
  Viewer viewer(test.feeds);
  test.feeds.join(viewer, offering, {});
  test.feeds.publish(offering, snapshot(5));
  static_cast<void>(viewer.take());
  test.feeds.publish(offering, delta(8, 0, PlaceState::held));
  CHECK(viewer.take().empty());
  test.feeds.publish(offering, snapshot(8, {PlaceState::held}));
  CHECK(viewer.take().starts_with("id: 8\nevent: snapshot"));
  test.feeds.leave(viewer, test.now);
}

TEST_CASE("A feed that is lost is subscribed again, one that is gone ends") {
  Feeds test;
  Viewer viewer(test.feeds);
  test.feeds.join(viewer, offering, {});
  test.feeds.publish(offering, snapshot(5));
  static_cast<void>(viewer.take());
  test.feeds.publish(offering, engine::Refusal(engine::Rejection::not_ready));
  CHECK(test.bus.subscriber_count() == 1);
  test.feeds.tick(test.now);
  CHECK(test.bus.subscriber_count() == 2);  // The bus forgot the first one itself.
  test.feeds.publish(offering, snapshot(5));
  CHECK(viewer.take().empty());

  test.feeds.publish(offering, engine::Refusal(engine::Rejection::offering_not_found));
  CHECK(viewer.take() == "event: end\ndata: {\"reason\":\"offering_not_found\"}\n\n");
  CHECK(viewer.has_ended);
  test.feeds.leave(viewer, test.now);
}

TEST_CASE("A feed that is not there refuses its viewers") {
  Feeds test;
  Viewer viewer(test.feeds);
  test.feeds.join(viewer, offering, {});
  test.feeds.publish(offering, engine::Refusal(engine::Rejection::offering_not_found));
  CHECK(viewer.take() == "refused offering_not_found");
  test.feeds.tick(test.now);
  CHECK(test.feeds.feed_count() == 0);
}

TEST_CASE("A feed without viewers stays for those who come back, and then goes") {
  Feeds test;
  Viewer viewer(test.feeds);
  test.feeds.join(viewer, offering, {});
  test.feeds.publish(offering, snapshot(5));
  test.feeds.leave(viewer, test.now);
  test.feeds.tick(test.now + std::chrono::milliseconds(999));
  CHECK(test.feeds.feed_count() == 1);
  test.feeds.tick(test.now + std::chrono::milliseconds(1000));
  CHECK(test.feeds.feed_count() == 0);
  CHECK(test.bus.subscriber_count() == 0);
}

// ---- Over a socket ------------------------------------------------------------------------------

TEST_CASE("A stream is resumed by Last-Event-ID and closed with a hint when the server drains") {
  TestServer server([](HttpConfig& config) { config.io_threads = 1; });
  test::RawConnection connection(server.url());
  connection.send(request("GET", "/feeds/hamlet"));
  server.bus.wait_for_subscribers(1);
  server.bus.publish(offering, snapshot(5, {PlaceState::free, PlaceState::sold}));
  const auto head = connection.read_until("\r\n\r\n");
  CHECK(head.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(head.find("Content-Type: text/event-stream\r\n") != std::string::npos);
  CHECK(connection.read_until("\n\n") == "retry: 2000\n\n");
  CHECK(connection.read_until("\n\n") == snapshot_5);
  server.bus.publish(offering, delta(6, 0, PlaceState::held));
  CHECK(connection.read_until("\n\n") == delta_6);

  test::RawConnection resumed(server.url());
  resumed.send(request("GET", "/feeds/hamlet", "Last-Event-ID: 5\r\n"));
  static_cast<void>(resumed.read_until("retry: 2000\n\n"));
  CHECK(resumed.read_until("\n\n") == delta_6);
  CHECK(server.server->totals().streams == 2);

  server.server->drain();
  CHECK(connection.read_to_end() == "retry: 2000\n\n");
  CHECK(resumed.read_to_end() == "retry: 2000\n\n");
  CHECK(server.bus.subscriber_count() == 0);
}

TEST_CASE("A stream of nothing is answered as a refusal and the connection lives on") {
  TestServer server;
  test::RawConnection connection(server.url());
  connection.send(request("GET", "/feeds/hamlet"));
  server.bus.wait_for_subscribers(1);
  server.bus.publish(offering, engine::Refusal(engine::Rejection::offering_not_found));
  CHECK(read_answer(connection).ends_with("refused offering_not_found"));
  connection.send(request("GET", "/plain"));
  CHECK(read_answer(connection).ends_with("plain"));
}

TEST_CASE("A quiet stream gets comments, and HEAD gets only the head") {
  TestServer server([](HttpConfig& config) {
    config.io_threads = 1;
    config.limits.feed_comment_time = std::chrono::milliseconds(20);
  });
  test::RawConnection connection(server.url());
  connection.send(request("GET", "/feeds/hamlet"));
  server.bus.wait_for_subscribers(1);
  server.bus.publish(offering, snapshot(5));
  CHECK(connection.read_until(":\n\n:\n\n").find("event: snapshot") != std::string::npos);

  const auto head = server.exchange(request("HEAD", "/feeds/hamlet"));
  CHECK(head.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(head.ends_with("\r\n\r\n"));
}

}  // namespace
}  // namespace cavea::http
