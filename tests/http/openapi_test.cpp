#include "http/openapi.hpp"

#include "http/exchange.hpp"
#include "http/handlers/handler_context.hpp"
#include "http/problem.hpp"
#include "tests/support/openapi_checker.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>

namespace cavea::http {

namespace {

using Json = nlohmann::json;

const test::OpenApiChecker& checker() {
  static const test::OpenApiChecker checker(openapi_document("1.2.3"));
  return checker;
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return result;
}

/// Calls `visit` with every schema that stands beside an example, and the example.
template <class Visit>
void each_example(const Json& value, Visit visit) {
  if (value.is_object() && value.contains("schema")) {
    if (value.contains("example")) visit(value["schema"], value["example"]);
    for (const auto& example : value.value("examples", Json::object())) {
      visit(value["schema"], checker().schema().resolve(example).at("value"));
    }
  }
  if (!value.is_structured()) return;
  for (const auto& member : value) each_example(member, visit);
}

/// Calls `visit` with every reference.
template <class Visit>
void each_reference(const Json& value, Visit visit) {
  if (!value.is_structured()) return;
  if (value.is_object() && value.contains("$ref")) visit(value["$ref"].get<std::string>());
  for (const auto& member : value) each_reference(member, visit);
}

}  // namespace

TEST_CASE("best available promises no more than its last resort keeps") {
  const auto& schemas = checker().document()["components"]["schemas"];
  const auto text = schemas["BestAvailable"]["description"].get<std::string>();
  CHECK(text.find("as few people alone as possible") != std::string::npos);
}

TEST_CASE("every route of the API is in the document, and the reverse") {
  HandlerContext context{.version = "1.2.3"};
  std::set<std::string> served;
  const auto& paths = checker().document()["paths"];
  for (const auto& route : api_routes(context)) {
    const auto method = lower(name_of(route.method));
    served.insert(method + " " + route.pattern);
    CAPTURE(route.pattern);
    REQUIRE(paths.contains(route.pattern));
    REQUIRE(paths[route.pattern].contains(method));
    const auto access = paths[route.pattern][method]["x-access"].get<std::string>();
    constexpr std::string_view names[] = {"anyone", "user", "admin", "door"};
    CHECK(access == names[static_cast<std::size_t>(route.access)]);
    CHECK(paths[route.pattern][method]["security"].empty() == (route.access == Access::anyone));
  }
  // These are the server's own.
  for (const auto* path : {"/livez", "/readyz", "/metrics"})
    served.insert("get " + std::string(path));
  for (const auto& [path, item] : paths.items()) {
    for (const auto& [method, operation] : item.items()) {
      if (method == "parameters") continue;
      CAPTURE(path);
      CHECK(served.contains(method + " " + path));
    }
  }
}

TEST_CASE("every problem is documented with its status, and no other") {
  const auto& table = checker().document()["x-problems"];
  std::set<std::string> names;
  for (const auto& problem : known_problems()) {
    const std::string name(problem.name);
    CAPTURE(name);
    names.insert(name);
    REQUIRE(table.contains(name));
    CHECK(table[name]["status"] == problem.status);
    CHECK_FALSE(table[name]["description"].get<std::string>().empty());
  }
  for (const auto& [name, entry] : table.items()) {
    CAPTURE(name);
    CHECK(names.contains(name));
  }
  const auto& types =
      checker().document()["components"]["schemas"]["Problem"]["properties"]["type"];
  CHECK(types["enum"].size() == names.size());
  for (const auto& type : types["enum"]) {
    CHECK(names.contains(type.get<std::string>().substr(std::string("/problems/").size())));
  }
}

TEST_CASE("answers that are problems name problems of that status") {
  const auto& table = checker().document()["x-problems"];
  for (const auto& [path, item] : checker().document()["paths"].items()) {
    for (const auto& [method, operation] : item.items()) {
      if (method == "parameters") continue;
      for (const auto& [status, response] : operation["responses"].items()) {
        if (!response.contains("content") || !response["content"].contains(content_type::problem)) {
          continue;
        }
        std::string rest = response["description"];
        while (!rest.empty()) {
          const auto end = std::min(rest.find(", "), rest.size());
          const auto name = rest.substr(0, end);
          CAPTURE(path);
          CAPTURE(name);
          REQUIRE(table.contains(name));
          CHECK(std::to_string(table[name]["status"].get<int>()) == status);
          rest.erase(0, end + 2);
        }
      }
    }
  }
}

TEST_CASE("every example fits its schema and every reference leads somewhere") {
  std::size_t count = 0;
  each_example(checker().document(), [&](const Json& schema, const Json& example) {
    ++count;
    CAPTURE(example.dump());
    const auto faults = checker().schema().faults(example, schema);
    for (const auto& fault : faults) FAIL_CHECK(fault);
  });
  CHECK(count > 40);
  each_reference(checker().document(), [&](const std::string& reference) {
    CAPTURE(reference);
    CHECK(checker().document().contains(Json::json_pointer(reference.substr(1))));
  });
}

TEST_CASE("every operation has an id of its own and a known tag") {
  std::set<std::string> ids;
  std::set<std::string> tags;
  for (const auto& tag : checker().document()["tags"]) tags.insert(tag["name"]);
  for (const auto& [path, item] : checker().document()["paths"].items()) {
    for (const auto& [method, operation] : item.items()) {
      if (method == "parameters") continue;
      CAPTURE(path);
      CHECK(ids.insert(operation["operationId"]).second);
      CHECK(tags.contains(operation["tags"][0]));
    }
  }
}

TEST_CASE("the document carries the program's version") {
  CHECK(checker().document()["openapi"] == "3.1.0");
  CHECK(checker().document()["info"]["version"] == "1.2.3");
}

TEST_CASE("the page for people loads nothing from elsewhere") {
  const auto page = docs_page();
  CHECK(page.starts_with("<!doctype html>"));
  CHECK(page.find("/openapi.json") != std::string_view::npos);
  CHECK(page.find("http://") == std::string_view::npos);
  CHECK(page.find("https://") == std::string_view::npos);
  CHECK(page.find("innerHTML") == std::string_view::npos);
  CHECK(page.find("name=\"viewport\"") != std::string_view::npos);
}

TEST_CASE("the schema validator finds what is wrong") {
  const Json document = Json::parse(R"({"a": {"type": "object", "required": ["n"],
      "properties": {"n": {"type": "integer", "minimum": 1}, "s": {"enum": ["x"]},
                     "l": {"type": "array", "items": {"$ref": "#/a/properties/n"}}},
      "additionalProperties": false}})");
  const test::JsonSchema schema(document);
  const auto count = [&](const char* text) {
    return schema.faults(Json::parse(text), document["a"]).size();
  };
  CHECK(count(R"({"n": 1, "s": "x", "l": [1, 2]})") == 0);
  CHECK(count(R"({"n": 0})") == 1);
  CHECK(count(R"({"n": 1.5})") == 1);
  CHECK(count(R"({"s": "y"})") == 2);
  CHECK(count(R"({"n": 1, "l": [0, "x"], "other": 1})") == 3);
  CHECK(count("[]") == 1);
  CHECK(schema.faults(1, Json::parse(R"({"multipleOf": 2})")).size() == 1);
}

}  // namespace cavea::http
