#include "tests/support/http_client.hpp"
#include "tests/support/node_process.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace cavea::test {
namespace {

using Json = nlohmann::json;

const std::string cavea_binary = CAVEA_BINARY;

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::vector<std::string> demo_files() {
  std::vector<std::string> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(CAVEA_SOURCE_DIR) / "demo")) {
    const auto extension = entry.path().extension();
    if (extension == ".json" || extension == ".csv") files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// A node with an administrator at its command line.
class Office {
 public:
  Office() : node_(cavea_binary, data_.path()), token_(node_.token("admin", "office")) {}

  Finished command(
      const std::string& name, std::vector<std::string> arguments, bool with_token = true) {
    arguments.insert(arguments.begin(), {cavea_binary, name, "--url", node_.url()});
    Process::Environment environment;
    if (with_token) environment["CAVEA_TOKEN"] = token_;
    return run(std::move(arguments), environment);
  }

  Finished import_files(std::vector<std::string> arguments) {
    return command("import", std::move(arguments));
  }

  Json get(const std::string& path) {
    return Json::parse(HttpClient(node_.url()).get(path).body, nullptr, false);
  }

  [[nodiscard]] const std::string& url() const { return node_.url(); }

  [[nodiscard]] const std::string& token() const { return token_; }

  [[nodiscard]] const TempDir& folder() const { return files_; }

 private:
  TempDir data_;
  TempDir files_;
  NodeProcess node_;
  std::string token_;
};

constexpr const char* studio =
    R"({"venues": [{"id": "studio", "name": "Studio", "time_zone": "Europe/Berlin"}],
 "classes": [{"id": "flow", "title": "Flow", "venue": "studio", "currency": "EUR", "capacity": %,
              "price": 1400, "starts_at": "2035-05-01T18:00", "duration_minutes": 60}]})";

std::string studio_with_capacity(const std::string& capacity) {
  std::string text = studio;
  return text.replace(text.find('%'), 1, capacity);
}

TEST_CASE("The demo data are imported, and a second import changes nothing") {
  Office office;
  const auto first = office.import_files(demo_files());
  INFO(first.output, first.error_output);
  CHECK(first.status.code == 0);
  CHECK(says(first.output, "70 created, 0 changed, 0 unchanged, 0 kept, 0 refused"));
  const auto second = office.import_files(demo_files());
  INFO(second.output, second.error_output);
  CHECK(second.status.code == 0);
  CHECK(says(second.output, "0 created, 0 changed, 70 unchanged"));

  const auto theatre = office.get("/v1/venues/lyric-theatre");
  CHECK(theatre["seat_map"]["sections"].size() == 4);
  const auto plays = office.get("/v1/performances?limit=200");
  REQUIRE(plays["items"].size() == 12);
  CHECK(plays["items"][0]["status"] == "on_sale");
  CHECK(plays["items"][0]["places"]["free"] >= 1200);
}

TEST_CASE("A file with faults writes nothing at all") {
  Office office;
  auto text = studio_with_capacity("12");
  text.replace(text.find("1400"), 4, "-1");
  const auto file = office.folder().write("bad.json", text).string();
  const auto refused = office.import_files({file});
  CHECK(refused.status.code == 65);
  CHECK(says(refused.error_output, "bad.json:3: /classes/0/price: "));
  CHECK(says(refused.error_output, "nothing was written"));
  CHECK(office.get("/v1/venues")["items"].empty());
}

TEST_CASE("What differs is changed, or kept when that is asked for, and a dry run only says so") {
  Office office;
  const auto first = office.folder().write("a.json", studio_with_capacity("12")).string();
  const auto other = office.folder().write("b.json", studio_with_capacity("15")).string();
  CHECK(says(office.import_files({first}).output, "2 created"));
  CHECK(says(office.import_files({other, "--keep"}).output, "1 kept"));
  CHECK(says(office.import_files({other, "--dry-run"}).output, "dry run: 0 created, 1 changed"));
  CHECK(office.get("/v1/classes/flow")["capacity"] == 12);
  CHECK(says(office.import_files({other}).output, "1 changed"));
  CHECK(office.get("/v1/classes/flow")["capacity"] == 15);
}

TEST_CASE("A change that the sale forbids is refused with its place in the file") {
  Office office;
  const auto first = office.folder().write("a.json", studio_with_capacity("2")).string();
  const auto other = office.folder().write("b.json", studio_with_capacity("1")).string();
  REQUIRE(office.import_files({first}).status.code == 0);
  HttpClient client(office.url());
  client.use_token(office.token());
  REQUIRE(
      client
          .post(
              "/v1/reservations",
              R"({"items": [{"offering": "flow", "quantity": 2}]})",
              {"Idempotency-Key: \"k\""})
          .status
      == 201);
  const auto refused = office.import_files({other});
  CHECK(refused.status.code == 1);
  CHECK(says(refused.error_output, "b.json:2: class flow refused"));
  CHECK(says(refused.output, "1 refused"));
}

TEST_CASE("An export imports elsewhere as the same catalogue") {
  Office office;
  REQUIRE(office.import_files(demo_files()).status.code == 0);
  const auto file = (office.folder() / "export.json").string();
  REQUIRE(office.command("export", {"-o", file}, false).status.code == 0);
  CHECK(says(office.import_files({file}).output, "0 created, 0 changed, 70 unchanged"));

  Office elsewhere;
  const auto loaded = elsewhere.import_files({file});
  INFO(loaded.output, loaded.error_output);
  CHECK(says(loaded.output, "70 created"));
  const auto again = elsewhere.command("export", {}, false);
  CHECK(again.status.code == 0);
  CHECK(again.output == read_file(file));
}

TEST_CASE("Reservations are exported as lines of JSON, to administrators only") {
  Office office;
  const auto file = office.folder().write("a.json", studio_with_capacity("5")).string();
  REQUIRE(office.import_files({file}).status.code == 0);
  HttpClient client(office.url());
  client.use_token(office.token());
  for (const auto* key : {"Idempotency-Key: \"1\"", "Idempotency-Key: \"2\""}) {
    const auto made = client.post(
        "/v1/reservations", R"({"items": [{"offering": "flow", "quantity": 1}]})", {key});
    REQUIRE(made.status == 201);
  }
  const auto lines = office.command("export", {"--reservations"});
  CHECK(lines.status.code == 0);
  CHECK(std::count(lines.output.begin(), lines.output.end(), '\n') == 2);
  CHECK(Json::parse(lines.output.substr(0, lines.output.find('\n')))["status"] == "held");
  CHECK(office.command("export", {"--reservations"}, false).status.code == 77);
}

TEST_CASE("Clients say clearly that there is no node, no token, or a wrong one") {
  Office office;
  const auto file = office.folder().write("a.json", studio_with_capacity("5")).string();
  const auto nobody =
      run({cavea_binary, "import", file, "--url", "http://127.0.0.1:1", "--token", "x"});
  CHECK(nobody.status.code == 69);
  CHECK(says(nobody.error_output, "http://127.0.0.1:1"));
  CHECK(office.command("import", {file}, false).status.code == 2);
  const auto wrong = run({cavea_binary, "import", file, "--url", office.url(), "--token", "x"});
  CHECK(wrong.status.code == 77);
  CHECK(office.command("import", {"nothing.json"}).status.code == 2);
}

}  // namespace
}  // namespace cavea::test
