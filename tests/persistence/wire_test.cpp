#include "persistence/wire.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <vector>

namespace cavea::persistence {

TEST_CASE("Numbers come back as they were written") {
  const std::vector<std::uint64_t> numbers{
      0, 1, 127, 128, 16'383, 16'384, UINT32_MAX, std::uint64_t{1} << 63, UINT64_MAX};
  for (const auto number : numbers) {
    CAPTURE(number);
    std::string bytes;
    Encoder out(bytes);
    out.varint(number);
    out.svarint(static_cast<std::int64_t>(number));
    out.fixed64(number);
    out.delta(number, 12'345);
    Decoder in(bytes);
    CHECK(in.varint() == number);
    CHECK(in.svarint() == static_cast<std::int64_t>(number));
    CHECK(in.fixed64() == number);
    CHECK(in.delta(12'345) == number);
    CHECK(in.finished());
  }
}

TEST_CASE("Small numbers of either sign take one byte") {
  for (std::int64_t number = -64; number <= 63; ++number) {
    std::string bytes;
    Encoder(bytes).svarint(number);
    CHECK(bytes.size() == 1);
  }
}

TEST_CASE("A number that is longer than it must be is no number") {
  for (const auto& bytes :
       {std::string("\x80\x00", 2),
        std::string(10, '\xff'),
        std::string(9, '\xff') + '\x02',
        std::string("\x80")}) {
    Decoder in(bytes);
    CHECK(in.varint() == 0);
    CHECK_FALSE(in.ok());
  }
}

TEST_CASE("A decoder that has failed gives nothing any more") {
  Decoder in(
      "\x05"
      "abc");
  CHECK(in.text().empty());
  CHECK_FALSE(in.ok());
  CHECK(in.u8() == 0);
  CHECK(in.varint() == 0);
  CHECK(in.fixed64() == 0);
  CHECK(in.left() == 0);
  CHECK_FALSE(in.finished());
}

TEST_CASE("A list cannot claim more elements than its bytes could hold") {
  std::string bytes;
  Encoder out(bytes);
  out.varint(1'000'000'000);
  out.bytes("abc");
  Decoder in(bytes);
  CHECK(in.count() == 0);
  CHECK_FALSE(in.ok());
}

}  // namespace cavea::persistence
