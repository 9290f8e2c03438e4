#include "app/csv.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace cavea::app {
namespace {

using Fields = std::vector<std::string>;

std::vector<CsvRow> rows_of(std::string_view text) {
  const auto read = read_csv(text);
  REQUIRE(read.has_value());
  return read.value();
}

TEST_CASE("Fields are parted by commas, records by line breaks of either kind") {
  const auto rows = rows_of("a,b,c\r\n1,,3\n4,5,6");
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].fields == Fields{"a", "b", "c"});
  CHECK(rows[1].fields == Fields{"1", "", "3"});
  CHECK(rows[2].fields == Fields{"4", "5", "6"});
  CHECK(rows[0].line == 1);
  CHECK(rows[1].line == 2);
  CHECK(rows[2].line == 3);
}

TEST_CASE("Quoted fields hold commas, doubled quotes and line breaks") {
  const auto rows = rows_of("\"a,b\",\"say \"\"hi\"\"\"\n\"two\nlines\",x\nlast,y\n");
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].fields == Fields{"a,b", "say \"hi\""});
  CHECK(rows[1].fields == Fields{"two\nlines", "x"});
  CHECK(rows[1].line == 2);
  CHECK(rows[2].line == 4);
}

TEST_CASE("A byte order mark and empty lines are skipped, lines are still counted") {
  const auto rows = rows_of("\xEF\xBB\xBFtitle\n\n\nx\n");
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].fields == Fields{"title"});
  CHECK(rows[1].line == 4);
}

TEST_CASE("A stray quote and a missing closing quote are errors with their line") {
  const auto stray = read_csv("a,b\nx,y\"z\n");
  REQUIRE(!stray.has_value());
  CHECK(stray.error().line == 2);
  const auto open = read_csv("a\nb\n\"c\nd\n");
  REQUIRE(!open.has_value());
  CHECK(open.error().line == 3);
}

TEST_CASE("An empty text has no records") {
  CHECK(rows_of("").empty());
}

}  // namespace
}  // namespace cavea::app
