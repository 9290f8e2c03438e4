#include "http/request_reader.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace cavea::http {
namespace {

using Step = RequestReader::Step;

/// Gives the reader `bytes` in pieces of `piece`, accepting bodies up to `body_max`, and writes
/// down what it says: one line a request, "! <problem>" for a fault.
std::string read_all(std::string_view bytes, std::size_t piece, std::size_t body_max = 100'000) {
  RequestReader reader(1024);
  std::string seen;
  for (;;) {
    switch (reader.next()) {
      case Step::need_more: {
        if (bytes.empty()) return seen + (reader.has_begun() ? "..." : "");
        const auto room = reader.room();
        REQUIRE_FALSE(room.empty());
        const auto count = std::min({piece, bytes.size(), room.size()});
        bytes.copy(room.data(), count);
        bytes.remove_prefix(count);
        reader.received(count);
        break;
      }
      case Step::head:
        reader.accept_body(body_max);
        break;
      case Step::complete: {
        const auto& head = reader.head();
        seen.append(head.method).append(" ").append(head.target);
        for (const auto& field : head.fields) {
          seen.append(" ").append(field.name).append("=").append(field.value);
        }
        const auto body = reader.body();
        seen.append(" [");
        seen.append(body.size() > 40 ? std::to_string(body.size()) + " bytes" : std::string(body));
        seen.append(head.keep_alive ? "]\n" : "] close\n");
        reader.take_off();
        break;
      }
      case Step::fault:
        return seen + "! " + std::string(name_of(reader.fault().problem));
    }
  }
}

const std::string get = "GET /a?b=c HTTP/1.1\r\nHost: x\r\nAccept:  text/html \r\n\r\n";
const std::string get_seen = "GET /a?b=c Host=x Accept=text/html []\n";

TEST_CASE("However a request is cut into pieces, it is read the same") {
  const std::string post = "POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello";
  const std::string chunked =
      "POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5;name=value\r\nhello\r\n6\r\n world\r\n0\r\nTrailer: t\r\n\r\n";
  const std::string all = get + post + chunked + "\r\n" + get;
  const std::string expected = get_seen + "POST /p Host=x Content-Length=5 [hello]\n"
                               + "POST /c Host=x Transfer-Encoding=chunked [hello world]\n"
                               + get_seen;
  for (std::size_t piece = 1; piece <= all.size(); ++piece) {
    CAPTURE(piece);
    REQUIRE(read_all(all, piece) == expected);
  }
}

TEST_CASE("Bodies longer than the buffer are read whole") {
  const std::string body(70'000, 'b');
  const auto sized = "POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\n" + body + get;
  const auto chunked = "POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n11170\r\n"
                       + body + "\r\n0\r\n\r\n" + get;
  for (const std::size_t piece : {1'000UL, 4'096UL, 100'000UL}) {
    CAPTURE(piece);
    CHECK(
        read_all(sized, piece) == "POST /p Host=x Content-Length=70000 [70000 bytes]\n" + get_seen);
    CHECK(
        read_all(chunked, piece)
        == "POST /p Host=x Transfer-Encoding=chunked [70000 bytes]\n" + get_seen);
    CHECK(read_all(sized, piece, 69'999) == "! body_too_large");
    CHECK(read_all(chunked, piece, 69'999) == "! body_too_large");
  }
}

TEST_CASE("A header is read up to the limit and not beyond") {
  const auto with_field = [](std::size_t size) {
    const std::string start = "GET / HTTP/1.1\r\nHost: x\r\nA: ";
    return start + std::string(size - start.size() - 4, 'a') + "\r\n\r\n";
  };
  CHECK(read_all(with_field(1024), 100).starts_with("GET / Host=x"));
  CHECK(read_all(with_field(1025), 100) == "! header_too_large");
  CHECK(read_all(with_field(5000), 10'000) == "! header_too_large");
  CHECK(read_all(std::string(5000, 'a'), 100) == "! header_too_large");

  std::string many = "GET / HTTP/1.1\r\nHost: x\r\n";
  for (int i = 0; i < 64; ++i) many.append("a: b\r\n");
  CHECK(read_all(many + "\r\n", 1000) == "! header_too_large");
}

TEST_CASE("What is no valid request is a fault") {
  const char* const broken[] = {
      "GET / HTTP/1.1\r\n\r\n",  // No Host.
      "GET / HTTP/2.0\r\nHost: x\r\n\r\n",
      "GET /\r\nHost: x\r\n\r\n",
      "GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n folded\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloXX\r\n0\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: identity\r\nContent-Length: 1\r\n\r\nx",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
      "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "\x16\x03\x01\r\n\r\n",
  };
  for (const std::string text : broken) {
    CAPTURE(text);
    CHECK(read_all(text, 1'000) == "! invalid_request");
    CHECK(read_all(text, 1) == "! invalid_request");
  }
}

TEST_CASE("Who keeps a connection is said by version and field") {
  CHECK(read_all("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 99)
            .ends_with("] close\n"));
  CHECK(read_all("GET / HTTP/1.0\r\n\r\n", 99).ends_with("] close\n"));
  CHECK(read_all("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 99).ends_with("]\n"));
  CHECK(read_all("GET / HTTP/1.1\r\nHost: x\r\n", 99) == "...");
  CHECK(read_all("\r\n\r\n", 99).empty());
}

TEST_CASE("An expectation is seen before the body comes") {
  RequestReader reader(1024);
  const std::string_view text =
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-Continue\r\n\r\n";
  text.copy(reader.room().data(), text.size());
  reader.received(text.size());
  REQUIRE(reader.next() == Step::head);
  CHECK(reader.head().expects_continue);
  CHECK_FALSE(reader.has_body_begun());
  reader.accept_body(100);
  CHECK(reader.next() == Step::need_more);
}

}  // namespace
}  // namespace cavea::http
