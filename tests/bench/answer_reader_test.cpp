#include "bench/load/answer_reader.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace cavea::bench {
namespace {

using Step = AnswerReader::Step;

/// Feeds a text in pieces of at most `piece` bytes.
Step feed(AnswerReader& reader, std::string_view text, std::size_t piece) {
  reader.begin();
  auto step = Step::need_more;
  while (!text.empty() && step == Step::need_more) {
    const auto room = reader.room();
    const auto count = std::min({room.size(), text.size(), piece});
    std::copy_n(text.data(), count, room.data());
    text.remove_prefix(count);
    reader.received(count);
    step = reader.next();
  }
  return step;
}

TEST_CASE("An answer is the same in whatever pieces it comes") {
  const std::string body(5'000, 'b');
  const auto text =
      "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n"
      "X-Request-Id: 1\r\n\r\n"
      + body;
  AnswerReader reader;
  for (const std::size_t piece : {1, 2, 7, 100, 4'096, 10'000}) {
    CAPTURE(piece);
    REQUIRE(feed(reader, text, piece) == Step::complete);
    CHECK(reader.answer().status == 201);
    CHECK(reader.answer().body == body);
    CHECK(reader.answer().keep_alive);
    CHECK_FALSE(reader.answer().retry_after_seconds);
  }
}

TEST_CASE("Chunks, missing bodies and the end of a connection are understood") {
  AnswerReader reader;
  REQUIRE(
      feed(
          reader,
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
          5)
      == Step::complete);
  CHECK(reader.answer().body == "abcde");
  REQUIRE(
      feed(reader, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n", 100) == Step::complete);
  CHECK(reader.answer().body.empty());
  CHECK_FALSE(reader.answer().keep_alive);
}

TEST_CASE("Retry-After is read, a date counts as a second") {
  AnswerReader reader;
  const std::string head = "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\nRetry-After: ";
  REQUIRE(feed(reader, head + "7\r\n\r\n", 100) == Step::complete);
  CHECK(reader.answer().retry_after_seconds == 7U);
  REQUIRE(feed(reader, head + "Fri, 04 Dec 2026 19:30:00 GMT\r\n\r\n", 300) == Step::complete);
  CHECK(reader.answer().retry_after_seconds == 1U);
}

TEST_CASE("What is no answer is a fault") {
  AnswerReader reader;
  CHECK(feed(reader, "SSH-2.0-OpenSSH_9.2\r\n\r\n", 100) == Step::fault);
  CHECK(feed(reader, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab", 100) == Step::fault);
}

}  // namespace
}  // namespace cavea::bench
