#include "app/settings.hpp"

#include "app/settings_file.hpp"
#include "tests/support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace cavea::app {
namespace {

/// `cavea serve` with these flags, this environment and this file.
struct Given {
  std::vector<std::string> flags;
  std::map<std::string, std::string> environment;
  std::string file;
};

struct Outcome {
  ServeSettings settings;
  std::vector<EffectiveSetting> effective;
  std::string error;

  [[nodiscard]] std::string origin_of(const std::string& name) const {
    const auto found = std::find_if(effective.begin(), effective.end(), [&](const auto& setting) {
      return setting.name == name;
    });
    return found == effective.end() ? "" : found->origin;
  }
};

Outcome settle(Given given) {
  const test::TempDir folder;
  if (!given.file.empty()) {
    given.flags.push_back("--config");
    given.flags.push_back(folder.write("cavea.toml", given.file).string());
  }
  Outcome outcome;
  CLI::App command;
  declare_serve_options(command, outcome.settings);
  std::reverse(given.flags.begin(), given.flags.end());
  try {
    command.parse(given.flags);
  } catch (const CLI::ParseError& error) {
    outcome.error = error.what();
    return outcome;
  }
  auto settled = complete_settings(
      command, outcome.settings, [&](const std::string& name) -> std::optional<std::string> {
        const auto found = given.environment.find(name);
        if (found == given.environment.end()) return std::nullopt;
        return found->second;
      });
  if (settled) {
    outcome.effective = std::move(settled).value();
  } else {
    outcome.error = settled.error().text;
  }
  return outcome;
}

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE(
    "A flag wins over the environment, the environment over the file, the file over defaults") {
  const auto all = settle(
      {.flags = {"--port", "1001"},
       .environment = {{"CAVEA_PORT", "1002"}, {"CAVEA_WORKERS", "3"}},
       .file = "port = 1003\nworkers = 4\nshards = 8\n"});
  REQUIRE(all.error == "");
  CHECK(all.settings.port == 1001);
  CHECK(all.settings.workers == 3);
  CHECK(all.settings.shards == 8);
  CHECK(all.settings.address == "127.0.0.1");
  CHECK(all.origin_of("port") == "flag --port");
  CHECK(all.origin_of("workers") == "CAVEA_WORKERS");
  CHECK(says(all.origin_of("shards"), "cavea.toml:3"));
  CHECK(all.origin_of("address") == "default");
}

TEST_CASE("A list comes from repeated flags, a variable with commas, or an array in the file") {
  const std::vector<std::string> both{"https://a.example", "https://b.example"};
  CHECK(
      settle({.flags = {"--cors-origin", both[0], "--cors-origin", both[1]},
              .environment = {},
              .file = ""})
          .settings.cors_origins
      == both);
  CHECK(
      settle({.flags = {},
              .environment = {{"CAVEA_CORS_ORIGIN", both[0] + "," + both[1]}},
              .file = ""})
          .settings.cors_origins
      == both);
  CHECK(
      settle({.flags = {},
              .environment = {},
              .file = "cors-origin = [\"https://a.example\", \"https://b.example\"]\n"})
          .settings.cors_origins
      == both);
}

TEST_CASE("An unknown key of the file is an error with its line") {
  const auto outcome =
      settle({.flags = {}, .environment = {}, .file = "# a comment\nport = 80\nprot = 81\n"});
  CHECK(says(outcome.error, "cavea.toml:3"));
  CHECK(says(outcome.error, "'prot'"));
  CHECK(says(outcome.error, "port"));
}

TEST_CASE("Intervals of reconciliation that make no sense are errors that name the option") {
  for (const auto* wrong :
       {"reconcile-every-minutes = 20000",
        "reconcile-every-minutes = -5",
        "reconcile-days = 0",
        "reconcile-days = soon",
        "reconcile-rest-seconds = 100000"}) {
    const auto outcome =
        settle({.flags = {}, .environment = {}, .file = std::string(wrong) + "\n"});
    INFO(outcome.error);
    CHECK(says(outcome.error, "cavea.toml:1"));
    CHECK(says(outcome.error, "reconcile-"));
  }
  const auto off =
      settle({.flags = {"--reconcile-every-minutes", "0"}, .environment = {}, .file = ""});
  REQUIRE(off.error == "");
  CHECK(off.settings.reconcile_every_minutes == 0);
  CHECK(off.settings.reconcile_days == 35);
  CHECK(off.settings.reconcile_rest_seconds == 120);
}

TEST_CASE("Sections, doubled keys and a missing file are errors") {
  CHECK(says(
      settle({.flags = {}, .environment = {}, .file = "[serve]\nport = 80\n"}).error, "sections"));
  CHECK(says(
      settle({.flags = {}, .environment = {}, .file = "port = 1\nshards = 2\nport = 3\n"}).error,
      "twice"));
  CHECK(says(
      settle({.flags = {"--config", "/nowhere/x.toml"}, .environment = {}, .file = ""}).error,
      "/nowhere/x.toml"));
  CHECK(says(
      settle({.flags = {"--config", "/"}, .environment = {}, .file = ""}).error,
      "--config /: is a folder"));
}

TEST_CASE("A wrong value is named with its option, wherever it was given") {
  const auto flag = settle({.flags = {"--port", "seventy"}, .environment = {}, .file = ""});
  CHECK(says(flag.error, "--port"));
  CHECK(says(flag.error, "seventy"));
  const auto variable = settle({.flags = {}, .environment = {{"CAVEA_PORT", "70000"}}, .file = ""});
  CHECK(says(variable.error, "CAVEA_PORT"));
  CHECK(says(variable.error, "70000"));
  const auto file = settle({.flags = {}, .environment = {}, .file = "\nlog-level = \"loud\"\n"});
  CHECK(says(file.error, "cavea.toml:2"));
  CHECK(says(file.error, "log-level"));
  CHECK(says(file.error, "loud"));
}

TEST_CASE("A wrong value is an error also where another place overrules it") {
  const auto file = settle(
      {.flags = {}, .environment = {{"CAVEA_PORT", "7"}}, .file = "workers = 2\nport = 80x\n"});
  CHECK(says(file.error, "cavea.toml:2: port = 80x"));
  const auto variable =
      settle({.flags = {"--port", "7"}, .environment = {{"CAVEA_PORT", "80x"}}, .file = ""});
  CHECK(says(variable.error, "CAVEA_PORT=80x"));
  const auto right =
      settle({.flags = {"--port", "7"}, .environment = {{"CAVEA_PORT", "8"}}, .file = "port = 9"});
  REQUIRE(right.error == "");
  CHECK(right.settings.port == 7);
}

TEST_CASE("A key that comes twice is an error, also on lines that follow each other") {
  for (const auto* file :
       {"\nport = 1\nport = 2\n",
        "\ncors-origin = \"https://a.example\"\ncors-origin = \"https://b.example\"\n"}) {
    const auto outcome = settle({.flags = {}, .environment = {}, .file = file});
    INFO(outcome.error);
    CHECK(says(outcome.error, "cavea.toml:3: "));
    CHECK(says(outcome.error, "is set twice"));
  }
}

TEST_CASE("A quote that is not closed is an error with its line") {
  for (const auto* line :
       {"data = \"un terminated", "data = 'x\"", "data = \"x\\\"", "cors-origin = [\"*\", \"*]"}) {
    const auto outcome =
        settle({.flags = {}, .environment = {}, .file = "port = 1\n" + std::string(line) + "\n"});
    INFO(line);
    CHECK(says(outcome.error, "cavea.toml:2: a quote is opened and not closed"));
  }
  const auto closed =
      settle({.flags = {}, .environment = {}, .file = "data = \"it's\" # the baker's \"shop\n"});
  REQUIRE(closed.error == "");
  CHECK(closed.settings.data == "it's");
}

TEST_CASE("Only origins as browsers send them are taken for trusted") {
  for (const auto* wrong :
       {"nonsense",
        "http//no",
        "https://",
        "https://shop.example/",
        "https://shop.example/page",
        "https://Shop.example",
        "https://me@shop.example",
        "https://shop.example:0",
        "https://shop.example:443",
        "https://shop.example?x",
        "null"}) {
    const auto outcome = settle({.flags = {"--cors-origin", wrong}, .environment = {}, .file = ""});
    INFO(wrong);
    CHECK(says(outcome.error, "--cors-origin"));
    CHECK(says(outcome.error, "'" + std::string(wrong) + "' must be an origin"));
  }
  for (const auto* right :
       {"*", "https://shop.example", "http://localhost:3000", "http://[::1]:8088"}) {
    INFO(right);
    CHECK(settle({.flags = {"--cors-origin", right}, .environment = {}, .file = ""}).error == "");
  }
}

TEST_CASE("The printed configuration can be read back and means the same") {
  const auto first = settle(
      {.flags = {"--data", "/srv/with space", "--cors-origin", "https://a.example"},
       .environment = {{"CAVEA_PORT", "9000"}},
       .file = "log-format = \"json\"\n"});
  REQUIRE(first.error == "");
  const auto text = print_settings(first.effective);
  CHECK(says(text, "# CAVEA_PORT"));
  const auto second = settle({.flags = {}, .environment = {}, .file = text});
  REQUIRE(second.error == "");
  CHECK(second.settings.data == "/srv/with space");
  CHECK(second.settings.port == 9000);
  CHECK(second.settings.log_format == "json");
  CHECK(second.settings.cors_origins == first.settings.cors_origins);
  CHECK(second.settings.token_key_file == "");
}

}  // namespace
}  // namespace cavea::app
