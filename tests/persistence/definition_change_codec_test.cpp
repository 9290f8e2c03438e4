#include "persistence/definition_change_codec.hpp"

#include "fixtures.hpp"
#include "golden.hpp"

#include <doctest/doctest.h>

#include <string>

namespace cavea::persistence {

TEST_CASE("When a definition changed is read as it was written, and nothing shorter is it") {
  const auto value = encode_definition_change(test::new_year);
  test::expect_golden("definition-change", value);
  CHECK(decode_definition_change(value).value() == test::new_year);
  for (std::size_t size = 0; size < value.size(); ++size) {
    CHECK_FALSE(decode_definition_change(std::string_view(value).substr(0, size)).has_value());
  }
  CHECK_FALSE(decode_definition_change(value + '\0').has_value());
  CHECK(record_keys::definition_change(test::offering_id("hamlet")) == "hamlet");
}

}  // namespace cavea::persistence
