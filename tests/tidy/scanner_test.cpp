#include "tests/tidy/function_scan.hpp"
#include "tests/tidy/include_rules.hpp"
#include "tests/tidy/text_rules.hpp"

#include <doctest/doctest.h>

#include <string>

namespace cavea::tidy {
namespace {

/// "name first-last" of each function, one a line.
std::string scan(std::string_view text) {
  std::string result;
  for (const auto& function : functions_in(text)) {
    result += function.name + " " + std::to_string(function.first_line) + "-"
              + std::to_string(function.last_line) + "\n";
  }
  return result;
}

std::string include_scan(std::string path, std::string text) {
  std::string result;
  for (const auto& fault : include_faults({.path = std::move(path), .text = std::move(text)})) {
    result += std::to_string(fault.line) + ": " + fault.what + "\n";
  }
  return result;
}

TEST_CASE("comments and literals are blanked and lines stay where they were") {
  CHECK(without_comments_and_literals("a // {\nb") == "a     \nb");
  CHECK(without_comments_and_literals("a /* {\n} */ b") == "a     \n     b");
  CHECK(without_comments_and_literals(R"(f("{\"", '{', '\'');)") == R"(f("   ", ' ', '  ');)");
  CHECK(without_comments_and_literals("1'000 + '{'") == "1'000 + ' '");
  CHECK(without_comments_and_literals("x = R\"-(\"})-\";y") == "x =         \";y");
}

TEST_CASE("functions are found with the lines of their heads and closing braces") {
  CHECK(
      scan("int one() { return 1; }\n\nint two(\n  int a) {\n  return a;\n}\n")
      == "int one 1-1\nint two 3-6\n");
}

TEST_CASE("namespaces and classes are no functions, what is in them is") {
  CHECK(
      scan("namespace a::b {\nclass C final : public D<int> {\n public:\n  int f() const {\n  }\n "
           "int g_{0};\n};\n}\n")
      == "int f 4-5\n");
  CHECK(scan("extern \"C\" {\nint f(void) {\n}\n}\n") == "int f 2-3\n");
  CHECK(scan("struct alignas(64) A {\n void f() {}\n};\n") == "void f 2-2\n");
}

TEST_CASE("templates and constraints do not hide a function or a class") {
  CHECK(scan("template <class T>\nvoid f(T t) {\n}\n") == "template <class T>\nvoid f 1-3\n");
  CHECK(
      scan("template <class T>\n  requires(sizeof(T) > 1)\nstruct A {\n  void f() {}\n};\n")
      == "void f 4-4\n");
}

TEST_CASE("member initializers and default arguments belong to the head") {
  CHECK(
      scan("A::A(int a)\n    : a_{a}, b_{1},\n      c_(2) {\n  x();\n}\nint g() {}\n")
      == "A::A 1-5\nint g 6-6\n");
  CHECK(scan("A::A() : a_{} {}\nvoid f(O o = {}, int b = 1) {\n}\n") == "A::A 1-1\nvoid f 2-3\n");
}

TEST_CASE("blocks, lambdas and local classes count to the function around them") {
  CHECK(
      scan("void f() {\n  if (a) {\n    auto l = [] { return B{}; };\n  }\n  struct L {\n    void "
           "m() {}\n  };\n}\nint g() {}\n")
      == "void f 1-8\nint g 9-9\n");
}

TEST_CASE("tables and enumerations are no functions") {
  CHECK(
      scan("constexpr int t[] = {\n 1,\n {2},\n};\nenum class E { a, b };\nint f() {}\n")
      == "int f 6-6\n");
}

TEST_CASE("macros that start a block read like functions, directives do not matter") {
  CHECK(
      scan("#define OPEN(a) { \\\n  {\nTEST_CASE(\"{\") {\n  CHECK(1);\n}\n") == "TEST_CASE 3-5\n");
}

TEST_CASE("a room may include what the table gives it and nothing else") {
  CHECK(include_scan(
            "engine/a.cpp", "#include \"engine/a.hpp\"\n#include <vector>\n#include <cstdint>\n")
            .empty());
  CHECK(
      include_scan("engine/a.cpp", "#include <fmt/format.h>\n")
      == "1: engine may not use fmt (<fmt/format.h>)\n");
  CHECK(
      include_scan("engine/a.cpp", "\n#include <unistd.h>\n")
      == "2: engine may not use POSIX (<unistd.h>)\n");
  CHECK(
      include_scan("http/a.cpp", "#include \"actors/bus.hpp\"\n")
      == "1: http may not include actors/bus.hpp\n");
  CHECK(include_scan("http/a.cpp", "#include <boost/beast.hpp>\n").empty());
  CHECK(
      include_scan("app/a.cpp", "#  include <boost/beast.hpp>\n")
      == "1: app may not use Beast (<boost/beast.hpp>)\n");
  CHECK(
      include_scan("app/a.cpp", "#include <caf/all.hpp>\n")
      == "1: app may not use CAF (<caf/all.hpp>)\n");
  CHECK(include_scan("cluster/a.c", "#include <raft.h>\n#include <stdlib.h>\n").empty());
  CHECK(
      include_scan("cluster/a.c", "#include <uv.h>\n")
      == "1: cluster may not use an unknown library (<uv.h>)\n");
  CHECK(
      include_scan("engine/a.cpp", "#include \"a.hpp\"\n")
      == "1: \"a.hpp\" is not written from the root of the repository\n");
  CHECK(include_scan("tests/engine/a_test.cpp", "#include <caf/all.hpp>\n").empty());
}

TEST_CASE("a function of seventy lines passes, one of seventy-one does not") {
  const auto function = [](int lines) {
    return "int f() {\n" + std::string(lines - 2, '\n') + "}\n";
  };
  CHECK(length_faults({.path = "engine/a.cpp", .text = function(70)}).empty());
  CHECK(length_faults({.path = "engine/a.cpp", .text = function(71)}).size() == 1);
}

TEST_CASE("a file of four hundred lines passes, one of four hundred and one does not") {
  CHECK(length_faults({.path = "engine/a.cpp", .text = std::string(400, '\n')}).empty());
  CHECK(length_faults({.path = "engine/a.cpp", .text = std::string(401, '\n')}).size() == 1);
}

TEST_CASE("a header starts with its guard, after comments at most") {
  CHECK(header_faults({.path = "engine/a.hpp", .text = "// What it is.\n#pragma once\n"}).empty());
  CHECK(
      header_faults({.path = "engine/a.hpp", .text = "#include <a>\n#pragma once\n"}).size() == 1);
  CHECK(header_faults({.path = "engine/a.cpp", .text = "#include <a>\n"}).empty());
}

TEST_CASE("a semicolon in a test name is found") {
  // In two parts, or the rule would find its own sample.
  const auto head = std::string("TEST_") + "CASE(";
  CHECK(test_name_faults({.path = "tests/a_test.cpp", .text = head + "\"a, b\") {}"}).empty());
  CHECK(test_name_faults({.path = "tests/a_test.cpp", .text = head + "\"a; b\") {}"}).size() == 1);
}

}  // namespace
}  // namespace cavea::tidy
