#include "tests/api/event_stream.hpp"

#include "tests/api/world.hpp"

#include <doctest/doctest.h>

#include <string_view>

namespace cavea::test {
namespace {

/// Takes the next line, without its end, off `text`.
std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  const auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

}  // namespace

EventStream::EventStream(const std::string& performance, const std::string& last_event_id)
    : EventStream(Request{
        "/v1/performances/" + performance + "/seats/stream",
        last_event_id.empty() ? "" : "Last-Event-ID: " + last_event_id + "\r\n"}) {}

EventStream EventStream::of_inbox(const std::string& token) {
  return EventStream(Request{
      "/v1/me/notifications?limit=20",
      "Accept: text/event-stream\r\nAuthorization: Bearer " + token + "\r\n"});
}

EventStream::EventStream(const Request& request) : connection_(world().url()) {
  connection_.send(
      "GET " + request.target + " HTTP/1.1\r\nHost: node\r\n" + request.fields + "\r\n");
  head_ = connection_.read_until("\r\n\r\n");
  REQUIRE(head_.starts_with("HTTP/1.1 200 "));
  CHECK(head_.find("Content-Type: text/event-stream\r\n") != std::string::npos);
}

Event EventStream::next() {
  while (true) {
    const auto block = connection_.read_until("\n\n");
    Event event;
    std::string data;
    std::string_view rest = block;
    while (!rest.empty()) {
      const auto line = take_line(rest);
      const auto value = [&](std::string_view field) { return line.substr(field.size()); };
      if (line.starts_with("event: ")) event.name = value("event: ");
      if (line.starts_with("id: ")) event.id = value("id: ");
      if (line.starts_with("data: ")) data += value("data: ");
    }
    if (event.name.empty()) continue;
    event.data = nlohmann::json::parse(data);
    return event;
  }
}

bool EventStream::is_over() {
  const auto rest = connection_.read_to_end();
  return rest.find("event:") == std::string::npos;
}

}  // namespace cavea::test
