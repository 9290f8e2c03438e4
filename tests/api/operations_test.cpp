#include "tests/api/world.hpp"
#include "tests/support/process.hpp"

#include <doctest/doctest.h>

#include <string>

namespace cavea::test {
namespace {

/// The sum of all samples of a metric whose labels contain `labels`.
double sum_of(const std::string& metrics, const std::string& name, const std::string& labels) {
  double sum = 0;
  std::size_t begin = 0;
  while (begin < metrics.size()) {
    const auto end = metrics.find('\n', begin);
    const auto line = metrics.substr(begin, end - begin);
    begin = end == std::string::npos ? metrics.size() : end + 1;
    const bool is_named = line.starts_with(name + "{") || line.starts_with(name + " ");
    if (!is_named || line.find(labels) == std::string::npos) continue;
    sum += std::stod(line.substr(line.rfind(' ')));
  }
  return sum;
}

TEST_CASE("a node says that it lives and that it is ready") {
  CHECK(anyone().get("/livez").body == "alive\n");
  CHECK(anyone().get("/readyz").body == "ready\n");
}

TEST_CASE("the metrics are what Prometheus reads and count what happens") {
  const auto yoga = make_class({{"capacity", 3}});
  const auto before = anyone().get("/metrics").body;
  REQUIRE(user("anna").reserve({{"offering", yoga}, {"quantity", 2}}).status == 201);
  check_problem(
      user("anna").reserve({{"offering", yoga}, {"quantity", 2}}), 409, "not_enough_places");
  const auto answer = anyone().get("/metrics");
  CHECK(answer.status == 200);
  CHECK(answer.header("content-type") == "text/plain; version=0.0.4; charset=utf-8");
  const auto& after = answer.body;
  INFO(after);
  const auto grew = [&](const std::string& name, const std::string& labels) {
    return sum_of(after, name, labels) - sum_of(before, name, labels);
  };
  CHECK(grew("cavea_http_requests_total", "code=\"201\"") == 1);
  CHECK(grew("cavea_http_requests_total", "code=\"409\"") == 1);
  CHECK(after.find("cavea_build_info{") != std::string::npos);

  const TempDir folder;
  const auto file = folder.write("metrics.txt", after);
  const auto found = run({"/usr/bin/env", "sh", "-c", "command -v promtool"});
  REQUIRE_MESSAGE(found.status.code == 0, "promtool is not on PATH; ./dev test fetches it");
  const auto checked =
      run({"/usr/bin/env", "sh", "-c", "promtool check metrics < " + file.string()});
  INFO(checked.output << checked.error_output);
  CHECK(checked.status.code == 0);
  CHECK(checked.error_output.empty());
}

TEST_CASE("the API explains itself to programs and to people") {
  const auto document = anyone().get("/openapi.json");
  CHECK(document.status == 200);
  CHECK(document.header("content-type") == "application/json");
  CHECK(document.json.at("openapi").get<std::string>().starts_with("3.1"));
  const auto version = document.json.at("info").at("version").get<std::string>();
  const auto said = run({CAVEA_BINARY, "version", "--json"});
  CHECK(said.output.find(version) != std::string::npos);

  const auto page = anyone().get("/docs");
  CHECK(page.status == 200);
  CHECK(page.header("content-type") == "text/html; charset=utf-8");
  CHECK(page.body.find("/openapi.json") != std::string::npos);
  // It is whole: nothing is loaded from elsewhere.
  CHECK(page.body.find("src=\"http") == std::string::npos);
  CHECK(page.body.find("href=\"http") == std::string::npos);
  CHECK(page.body.find("@import") == std::string::npos);
}

}  // namespace
}  // namespace cavea::test
