#include "http/changes_cursor.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

namespace cavea::http {

namespace {

engine::ChangesPosition position_of(std::vector<std::uint64_t> read) {
  engine::ChangesPosition position;
  position.data = 0xdecade01;
  position.read = std::move(read);
  return position;
}

}  // namespace

TEST_CASE("a cursor of the event feed leads to the position it was made of") {
  auto position = position_of({0, 1, 127, 128, 1'000'000'007, INT64_MAX});
  CHECK(decode_changes_cursor(encode_changes_cursor(position)) == position);
  position.part = 7;
  position.within = {5, 4'095};
  CHECK(decode_changes_cursor(encode_changes_cursor(position)) == position);
  CHECK(decode_changes_cursor(encode_changes_cursor({})) == engine::ChangesPosition{});
}

TEST_CASE("a cursor of the event feed is still written as it was") {
  auto position = position_of({1'024, 7});
  position.within = {1, 3};
  CHECK(encode_changes_cursor(position) == "YwHeyt4AAoAIBwEDUxH1WA");
}

TEST_CASE("a cursor is refused when it was cut, altered, or is none of this feed") {
  const auto text = encode_changes_cursor(position_of({1'000, 20'000, 5, 1}));
  for (std::size_t size = 0; size < text.size(); ++size) {
    CAPTURE(size);
    CHECK_FALSE(decode_changes_cursor(text.substr(0, size)).has_value());
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto altered = text;
    altered[i] = altered[i] == 'A' ? 'B' : 'A';
    CAPTURE(i);
    // The last character may carry bits that nobody reads.
    if (i + 1 < text.size()) CHECK_FALSE(decode_changes_cursor(altered).has_value());
  }
  CHECK_FALSE(decode_changes_cursor(text + "AAAA").has_value());
  CHECK_FALSE(decode_changes_cursor("not a cursor").has_value());
  CHECK_FALSE(decode_changes_cursor(std::string(100'000, 'A')).has_value());
}

TEST_CASE("random bytes are no cursor, and do no harm") {
  std::mt19937_64 random(17);
  const std::string alphabet = "ABCDEFGHabcdefgh0123-_";
  for (int round = 0; round < 20'000; ++round) {
    std::string text = "Y";
    for (auto size = random() % 60; size > 0; --size) text += alphabet[random() % alphabet.size()];
    CHECK_FALSE(decode_changes_cursor(text).has_value());
  }
}

TEST_CASE("a cursor of the largest part fits into a header") {
  const std::vector<std::uint64_t> read(engine::ChangesPosition::shards_per_part, 100'000'000);
  const auto text = encode_changes_cursor(position_of(read));
  CHECK(text.size() < 3'000);
  CHECK(decode_changes_cursor(text)->read == read);
}

}  // namespace cavea::http
