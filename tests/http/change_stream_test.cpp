#include "http/change_stream.hpp"

#include "http/changes_cursor.hpp"
#include "http/limits.hpp"
#include "tests/http/samples.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

namespace cavea::http {

namespace {

using namespace std::chrono_literals;

engine::ChangesPosition streamed_to(std::uint64_t index) {
  engine::ChangesPosition made;
  made.read = {index};
  return made;
}

engine::ChangePage page_of(std::uint64_t first, std::uint64_t last) {
  engine::ChangePage page;
  for (auto index = first; index <= last; ++index) {
    auto& event = page.events.emplace_back();
    event.index = index;
    event.type = engine::ChangeType::offering_deleted;
    event.subject = samples::offering_id("yoga-1");
    event.version = index;
    event.definition = samples::yoga().definition;
    event.event = engine::OfferingEvent(engine::OfferingDeleted{});
  }
  page.next = streamed_to(last);
  return page;
}

std::string taken(ChangeStream& stream) {
  std::string out;
  const bool has_something = stream.take(out);
  CHECK(has_something == !out.empty());
  return out;
}

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

const ChangeStream::TimePoint begin{1'000s};

}  // namespace

TEST_CASE("a stream writes a page, then asks for what follows it, one page at a time") {
  engine::ListChanges query;
  query.limit = 1'000;
  ChangeStream stream(query, page_of(1, 3));
  stream.begin(begin);
  auto text = taken(stream);
  CHECK(count(text, "data: {\"specversion\"") == 3);
  // Only the end of a page is a place to go on from.
  CHECK(count(text, "id: ") == 1);
  CHECK(
      text.find("id: " + encode_changes_cursor(streamed_to(3)) + "\ndata: ") != std::string::npos);
  CHECK(text.ends_with("\n\n"));
  CHECK(taken(stream).empty());

  const auto query_asked = stream.next_query(begin);
  REQUIRE(query_asked.has_value());
  const auto* next = &std::get<engine::ListChanges>(*query_asked);
  CHECK(next->after == streamed_to(3));
  CHECK(next->limit == limits::change_stream_events);
  CHECK(next->wait.ms == limits::change_wait_time.count());
  // While it is asked, a slow follower costs nothing more.
  CHECK_FALSE(stream.next_query(begin).has_value());
  stream.on_answer(page_of(4, 4), begin);
  CHECK(count(taken(stream), "data: ") == 1);
  CHECK(std::get<engine::ListChanges>(*stream.next_query(begin)).after == streamed_to(4));
}

TEST_CASE("what a stream begins with stands behind the head of the answer") {
  ChangeStream stream({}, page_of(1, 1));
  stream.begin(begin);
  std::string out = "HTTP/1.1 200 OK\r\n\r\n";
  CHECK(stream.take(out));
  CHECK(out.starts_with("HTTP/1.1 200 OK\r\n\r\nid: "));
  CHECK(taken(stream).empty());
}

TEST_CASE("a quiet stream shows life, and a filtered one moves on") {
  ChangeStream stream({}, page_of(1, 0));
  stream.begin(begin);
  // Where it begins is a place to come back to.
  CHECK(taken(stream) == "id: " + encode_changes_cursor(streamed_to(0)) + "\n\n");
  REQUIRE(stream.next_query(begin).has_value());
  engine::ChangePage same;
  same.next = streamed_to(0);
  stream.on_answer(same, begin);
  CHECK(taken(stream) == ":\n\n");
  REQUIRE(stream.next_query(begin).has_value());
  engine::ChangePage moved;
  moved.next = streamed_to(500);
  stream.on_answer(moved, begin);
  CHECK(taken(stream) == "id: " + encode_changes_cursor(streamed_to(500)) + "\n\n");
  CHECK(std::get<engine::ListChanges>(*stream.next_query(begin)).after == streamed_to(500));
}

TEST_CASE("a stream waits while the node has no time for it") {
  ChangeStream stream({}, page_of(1, 1));
  stream.begin(begin);
  taken(stream);
  REQUIRE(stream.next_query(begin).has_value());
  stream.on_answer(engine::Refusal(engine::Rejection::overloaded), begin);
  CHECK(taken(stream).empty());
  CHECK_FALSE(stream.has_ended());
  CHECK_FALSE(stream.next_query(begin).has_value());
  CHECK(
      std::get<engine::ListChanges>(*stream.next_query(begin + limits::change_retry_time)).after
      == streamed_to(1));
}

TEST_CASE("a stream that fell behind what is kept ends with where to go on") {
  ChangeStream stream({}, page_of(1, 1));
  stream.begin(begin);
  taken(stream);
  REQUIRE(stream.next_query(begin).has_value());
  stream.on_answer(engine::ChangesGone{streamed_to(90), samples::now}, begin);
  const auto text = taken(stream);
  CHECK(text.starts_with("event: gone\ndata: {\"type\":\"/problems/changes_not_kept\""));
  CHECK(
      text.find("\"next\":\"" + encode_changes_cursor(streamed_to(90)) + "\"")
      != std::string::npos);
  CHECK(stream.has_ended());
  CHECK_FALSE(stream.next_query(begin).has_value());
}

TEST_CASE("a stream ends when what it was refused does not pass, or after its time") {
  ChangeStream stream({}, page_of(1, 1));
  stream.begin(begin);
  taken(stream);
  CHECK_FALSE(stream.is_over(begin + limits::change_stream_time - 1ms));
  CHECK(stream.is_over(begin + limits::change_stream_time));
  REQUIRE(stream.next_query(begin).has_value());
  stream.on_answer(engine::Refusal(engine::Rejection::changes_cursor_unknown), begin);
  CHECK(taken(stream).starts_with("event: end\ndata: {\"type\":\"/problems/changes_cursor"));
  CHECK(stream.has_ended());
}

}  // namespace cavea::http
