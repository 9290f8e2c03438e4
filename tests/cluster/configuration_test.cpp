#include "cluster/types.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

namespace cavea::cluster {
namespace {

const Configuration members{
    {{{1}, ServerRole::voter},
     {{22}, ServerRole::standby},
     {{0x123456789ABCDEF0}, ServerRole::spare}}};

}  // namespace

TEST_CASE("a configuration survives its encoding") {
  CHECK(Configuration::decode(members.encode()) == members);
}

TEST_CASE("the encoding of a configuration is the one of cowsql raft") {
  const Configuration one{{{{7}, ServerRole::voter}}};
  const std::string expected(
      "\x01"
      "\x01\0\0\0\0\0\0\0"
      "\x07\0\0\0\0\0\0\0"
      "7\0"
      "\x01"
      "\0\0\0\0",
      24);
  CHECK(one.encode() == expected);
}

TEST_CASE("a damaged configuration is refused, never read past its end") {
  const auto whole = members.encode();
  // The padding is not part of the content.
  for (std::size_t size = 0; size + 8 < whole.size(); ++size) {
    INFO("size ", size);
    const std::string part = whole.substr(0, size);
    CHECK_FALSE(Configuration::decode(part).has_value());
  }
  CHECK_FALSE(Configuration::decode("").has_value());
  auto other_version = whole;
  other_version[0] = 2;
  CHECK_FALSE(Configuration::decode(other_version).has_value());
  auto many = whole;
  many[8] = '\x7F';
  CHECK_FALSE(Configuration::decode(many).has_value());
  CHECK_FALSE(Configuration::decode(Configuration{}.encode()).has_value());
  const Configuration twice{{{{3}, ServerRole::voter}, {{3}, ServerRole::spare}}};
  CHECK_FALSE(Configuration::decode(twice.encode()).has_value());
}

TEST_CASE("random bytes are refused or give a configuration that survives its encoding") {
  std::mt19937_64 random(42);
  MESSAGE("seed 42");
  for (int i = 0; i < 20'000; ++i) {
    auto bytes = members.encode();
    for (int change = 0; change < 3; ++change) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    const auto decoded = Configuration::decode(bytes);
    if (decoded) CHECK(Configuration::decode(decoded->encode()) == decoded);
  }
}

TEST_CASE("a configuration knows who votes") {
  CHECK(members.voter_count() == 1);
  CHECK(members.has_sole_voter({1}));
  CHECK_FALSE(members.has_sole_voter({22}));
  CHECK(members.find({22})->role == ServerRole::standby);
  CHECK(members.find({5}) == nullptr);
}

}  // namespace cavea::cluster
