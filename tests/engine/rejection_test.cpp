#include "engine/rejection.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <set>
#include <string>

namespace cavea::engine::testing {

TEST_CASE("the list of rejections is the enum in the header, in its order") {
  std::ifstream header(CAVEA_SOURCE_DIR "/engine/rejection.hpp");
  std::string line;
  bool is_inside = false;
  std::size_t at = 0;
  while (std::getline(header, line)) {
    if (line.find("enum class Rejection") != std::string::npos) is_inside = true;
    if (line == "};") is_inside = false;
    const auto equals = line.find(" = ");
    if (!is_inside || !line.starts_with("  ") || equals == std::string::npos) continue;
    INFO(line);
    REQUIRE(at < all_rejections().size());
    CHECK(name_of(all_rejections()[at]) == line.substr(2, equals - 2));
    CHECK(static_cast<int>(all_rejections()[at]) == std::stoi(line.substr(equals + 3)));
    ++at;
  }
  CHECK(at == all_rejections().size());
}

TEST_CASE("every rejection has a sentence of its own") {
  std::set<std::string_view> sentences;
  for (const auto rejection : all_rejections()) {
    const auto sentence = sentence_of(rejection);
    INFO(sentence);
    CHECK(sentence.ends_with('.'));
    CHECK(sentences.insert(sentence).second);
  }
}

TEST_CASE("only what passes by itself is worth retrying") {
  CHECK(is_worth_retrying(Rejection::overloaded));
  CHECK(is_worth_retrying(Rejection::idempotency_key_running));
  CHECK_FALSE(is_worth_retrying(Rejection::sold_out));
  CHECK_FALSE(is_worth_retrying(Rejection::idempotency_key_reused));
}

}  // namespace cavea::engine::testing
