#include "outbound/mail/address.hpp"
#include "outbound/mail/header_text.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace cavea::outbound::mail {
namespace {

/// Line ends only where a header is folded.
bool is_one_header(const std::string& text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r' && text[i] != '\n') continue;
    if (text.compare(i, 3, "\r\n ") != 0) return false;
    i += 2;
  }
  return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x7f; });
}

TEST_CASE("free text becomes the value of one header, whatever is in it") {
  const struct {
    std::string text;
    std::string header;
  } rows[] = {
      {"", ""},
      {"The Lighthouse", "The Lighthouse"},
      {"a\r\nBcc: eve@evil.example", "a  Bcc: eve@evil.example"},
      {"a\nb\rc\td\x01", "a b c d "},
      {"=?UTF-8?B?ZXZpbA==?=", "=?UTF-8?B?PT9VVEYtOD9CP1pYWnBiQT09Pz0=?="},
      {"é", "=?UTF-8?B?w6k=?="},
      {"é\r\nBcc: eve@evil.example", "=?UTF-8?B?w6kgIEJjYzogZXZlQGV2aWwuZXhhbXBsZQ==?="},
  };

  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(header_text(row.text) == row.header);
    CHECK(is_one_header(header_text(row.text)));
  }
}

TEST_CASE("an encoded word has at most 75 characters and whole ones of UTF-8") {
  std::string text = "x";
  for (int i = 0; i < 60; ++i) text += "예약";
  const auto header = header_text(text);
  CHECK(is_one_header(header));
  std::size_t begin = 0;
  while (begin < header.size()) {
    const auto end = std::min(header.find("\r\n ", begin), header.size());
    const auto word = header.substr(begin, end - begin);
    CAPTURE(word);
    CHECK(word.size() <= 75);
    CHECK(word.starts_with("=?UTF-8?B?"));
    // Three bytes a character, and 45 of them are 15: only the first word has the "x".
    CHECK(word.ends_with("?="));
    begin = end + 3;
  }
  CHECK(is_one_header(header_text(std::string(500, 'x'))));
  // Bytes that are no UTF-8 do not go on for ever.
  CHECK(is_one_header(header_text(std::string(500, '\x80'))));
}

TEST_CASE("who a mail is from may have a name") {
  const struct {
    std::string text;
    std::string header;
  } rows[] = {
      {"box@studio.example", "<box@studio.example>"},
      {"  <box@studio.example>  ", "<box@studio.example>"},
      {"Sun Street <box@studio.example>", "Sun Street <box@studio.example>"},
      {"\"Sun, Street\" <box@studio.example>", "\"Sun, Street\" <box@studio.example>"},
      {"Café <box@studio.example>", "=?UTF-8?B?Q2Fmw6k=?= <box@studio.example>"},
  };

  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto box = read_mailbox(row.text);
    REQUIRE(box);
    CHECK(mailbox_text(*box) == row.header);
    CHECK(box->host() == "studio.example");
  }
  for (const auto* text :
       {"",
        "box",
        "box@studio",
        "Sun Street box@studio.example",
        "<box@studio.example",
        "Sun\r\nBcc: x@y.example <box@studio.example>",
        "<a@b.example> <box@studio.example>",
        "box@studio.example>",
        "box@studio.example\n"}) {
    CAPTURE(text);
    CHECK_FALSE(read_mailbox(text));
  }
}

TEST_CASE("the name of a mail is made of the notification's and its time") {
  engine::NotificationId id{.shard = {3}, .index = 47, .ordinal = 1, .of_reservation = 0};
  const auto name = message_id(id, {1'795'000'060'000}, "studio.example");
  CHECK(name == message_id(id, {1'795'000'060'000}, "studio.example"));
  CHECK(name.starts_with("<3-2f-1."));
  CHECK(name.ends_with("@studio.example>"));
  CHECK(name != message_id(id, {1'795'000'060'001}, "studio.example"));
  id.of_reservation = 5;
  CHECK(name != message_id(id, {1'795'000'060'000}, "studio.example"));
}

TEST_CASE("dates are those of RFC 5322") {
  CHECK(date_text({1'796'412'600'000}) == "Fri, 04 Dec 2026 19:30:00 +0000");
  CHECK(date_text({0}) == "Thu, 01 Jan 1970 00:00:00 +0000");
}

}  // namespace
}  // namespace cavea::outbound::mail
