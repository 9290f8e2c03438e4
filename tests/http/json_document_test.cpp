#include "http/json/document.hpp"
#include "http/json/writer.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

namespace cavea::http::json {

namespace {

BadInput fault_of(std::string_view text) {
  auto result = parse_document(text);
  REQUIRE_FALSE(result.has_value());
  return std::move(result).error();
}

/// Text of all kinds of characters, valid UTF-8.
std::string random_text(std::mt19937_64& random) {
  static const std::string pieces[] = {
      "a",
      "Z",
      "\"",
      "\\",
      "/",
      "\n",
      "\t",
      "\r",
      "\b",
      "\f",
      std::string(1, '\0'),
      "\x01",
      "\x1f",
      "\x7f",
      "é",
      "€",
      "😀",
      " ",
      "</script>"};
  std::string text;
  for (auto count = random() % 20; count > 0; --count) {
    text += pieces[random() % std::size(pieces)];
  }
  return text;
}

}  // namespace

TEST_CASE("a document is read whole") {
  const auto document = parse_document(R"( {"a": [1, -2.5, "x", null, true], "b": {"c": {}}} )");
  REQUIRE(document.has_value());
  CHECK(document->dump() == R"({"a":[1,-2.5,"x",null,true],"b":{"c":{}}})");
  CHECK(parse_document("17").value() == 17);
}

TEST_CASE("text that is not JSON is refused with its line and column") {
  CHECK(fault_of("").severity == Severity::malformed);
  CHECK(
      fault_of("{\n  \"a\": 1,\n  \"b\" 2\n}").detail
      == "line 3, column 7: \"2\" is not JSON here");
  CHECK(fault_of("[1, 2").detail == "line 1, column 6: the text ends too early");
  CHECK(fault_of("{\"a\": \"\xff\"}").detail.find("not valid UTF-8") != std::string::npos);
  CHECK(fault_of("{} {}").severity == Severity::malformed);
  CHECK(fault_of("[1e999]").detail.find("too large") != std::string::npos);
  CHECK(fault_of("{'a': 1}").severity == Severity::malformed);
  CHECK(fault_of("[NaN]").severity == Severity::malformed);
}

TEST_CASE("members that come twice are refused by name, all of them") {
  const auto fault = fault_of(R"({"a": 1, "b": [{"c": 1}, {"c": 1, "c": 2}], "a": 3})");
  CHECK(fault.severity == Severity::shape);
  REQUIRE(fault.faults.size() == 2);
  CHECK(fault.faults[0] == engine::Fault{"/b/1/c", "must not be given twice"});
  CHECK(fault.faults[1] == engine::Fault{"/a", "must not be given twice"});
}

TEST_CASE("what is reported of a document stays small however the document is made") {
  const std::string name(30'000, 'n');
  std::string text = "{\"" + name + "\": {";
  for (int i = 0; i < 10'000; ++i) text += "\"\":0,";
  text += "\"\":0}}";
  const auto fault = fault_of(text);
  CHECK(fault.severity == Severity::shape);
  REQUIRE(fault.faults.size() == 20);
  CHECK(fault.faults[0].field == "/" + std::string(255, 'n') + "...");

  Findings findings;
  const auto root = Path::root();
  for (int i = 0; i < 200; ++i) findings.meaning(root.member("a"), "must not be");
  findings.shape(root.member("b"), "must be a number");
  CHECK(findings.count() == 100);
  CHECK(findings.take().severity == Severity::shape);
}

TEST_CASE("a pointer is cut between characters") {
  std::string name;
  for (int i = 0; i < 200; ++i) name += "\u20ac";
  const auto root = Path::root();
  const auto at = root.member(name);
  CHECK(at.pointer() == "/" + name.substr(0, 255) + "...");
  const auto shorter = std::string_view(name).substr(3 * 115 + 90);
  CHECK(root.member(shorter).pointer() == "/" + std::string(shorter));
}

TEST_CASE("a document that is nested too deep is refused") {
  CHECK(parse_document(std::string(depth_max, '[') + std::string(depth_max, ']')).has_value());
  const auto fault = fault_of(std::string(100'000, '['));
  CHECK(fault.severity == Severity::malformed);
  CHECK(fault.detail.find("nested") != std::string::npos);
}

TEST_CASE("a pointer leads to the line where its value begins") {
  constexpr std::string_view text = R"({
  "title": "a { \" [",
  "prices": {"x": 1,
    "y/z": 2},
  "list": [1, {"a": 1},
    {"b":
      2}]
})";
  CHECK(line_of(text, "") == 1);
  CHECK(line_of(text, "/title") == 2);
  CHECK(line_of(text, "/prices") == 3);
  CHECK(line_of(text, "/prices/x") == 3);
  CHECK(line_of(text, "/prices/y~1z") == 4);
  CHECK(line_of(text, "/list/1/a") == 5);
  CHECK(line_of(text, "/list/2") == 6);
  CHECK(line_of(text, "/list/2/b") == 7);
  CHECK(line_of(text, "/list/2/missing") == 6);
  CHECK(line_of(text, "/missing") == 1);
}

TEST_CASE("what is escaped is read back as the same text by another parser") {
  const auto seed = std::random_device()();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  for (int i = 0; i < 2'000; ++i) {
    const auto text = random_text(random);
    std::string written;
    append_string(written, text);
    CAPTURE(written);
    CHECK(nlohmann::json::parse(written) == text);
    CHECK(parse_document(written).value() == text);
  }
}

TEST_CASE("a writer sets commas and nothing else") {
  std::string out;
  Writer writer(out);
  writer.begin_object().key("a").number(-1).key("b").begin_array();
  writer.text("x\n").boolean(true).null().begin_object().end_object().end_array();
  writer.foreign_key("c\"").raw("[]").end_object();
  CHECK(out == R"({"a":-1,"b":["x\n",true,null,{}],"c\"":[]})");
}

}  // namespace cavea::http::json
