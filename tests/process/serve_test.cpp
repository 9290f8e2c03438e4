#include "persistence/format_mark.hpp"
#include "persistence/rocks_store.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/node_process.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <filesystem>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <signal.h>

namespace cavea::test {
namespace {

using namespace std::chrono_literals;

const std::string cavea_program = CAVEA_BINARY;

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("A node serves, and ends with 0 within 5 s when it is asked to") {
  const TempDir data;
  NodeProcess node(cavea_program, data.path());
  HttpClient client(node.url());
  CHECK(client.get("/livez").status == 200);
  CHECK(client.get("/readyz").status == 200);
  CHECK(client.get("/v1/venues").status == 200);

  const auto begin = std::chrono::steady_clock::now();
  CHECK(node.stop() == ExitStatus{.code = 0, .signal = 0});
  CHECK(std::chrono::steady_clock::now() - begin < 5s);
  CHECK(has(node.process().error_output(), "event=stopped"));
}

TEST_CASE("What a node acknowledged is there after a clean end and after SIGKILL") {
  const TempDir data;
  const std::string venue = R"({"id": "hall", "name": "Hall", "time_zone": "Europe/Paris"})";
  {
    NodeProcess node(cavea_program, data.path());
    HttpClient client(node.url());
    client.use_token(node.token("admin", "box-office"));
    CHECK(client.post("/v1/venues", venue).status == 201);
    CHECK(node.stop().code == 0);
  }
  for (int round = 0; round < 2; ++round) {
    NodeProcess node(cavea_program, data.path());
    CHECK(HttpClient(node.url()).get("/v1/venues/hall").status == 200);
    node.kill();
  }
}

TEST_CASE("A port in use is said clearly, before any data is touched") {
  const TempDir data;
  NodeProcess node(cavea_program, data / "first");
  const auto second =
      run({cavea_program, "serve", "--data", (data / "second").string(), "--port", node.port()});
  CHECK(second.status.code == 71);
  CHECK(has(second.error_output, node.port()));
  CHECK(!std::filesystem::exists(data / "second/store"));
}

TEST_CASE("A second process on the same data is refused and the first goes on") {
  const TempDir data;
  NodeProcess node(cavea_program, data.path());
  const auto second = run({cavea_program, "serve", "--data", data.path().string(), "--port", "0"});
  CHECK(second.status.code == 75);
  CHECK(has(second.error_output, data.path().string()));
  CHECK(HttpClient(node.url()).get("/readyz").status == 200);
  const auto check = run({cavea_program, "check", "--data", data.path().string()});
  CHECK(check.status.code == 75);
}

TEST_CASE("Too little free space is refused with what is there and what is needed") {
  const TempDir data;
  const auto refused = run(
      {cavea_program,
       "serve",
       "--data",
       data.path().string(),
       "--port",
       "0",
       "--free-space-mib",
       "900000000"});
  CHECK(refused.status.code == 73);
  CHECK(has(refused.error_output, data.path().string()));
}

TEST_CASE("The number of shards is fixed with the data, and asking for another one is an error") {
  const TempDir data;
  CHECK(NodeProcess(cavea_program, data.path(), {"--shards", "3"}).stop().code == 0);
  CHECK(NodeProcess(cavea_program, data.path()).stop().code == 0);
  const auto other =
      run({cavea_program, "serve", "--data", data.path().string(), "--port", "0", "--shards", "8"});
  CHECK(other.status.code == 2);
  CHECK(has(other.error_output, "3"));
}

TEST_CASE("Mistakes of command line, environment and file end with 2 and name the option") {
  const TempDir folder;
  const auto failed = [&](std::vector<std::string> arguments, Process::Environment environment) {
    arguments.insert(arguments.begin(), {cavea_program, "serve"});
    const auto finished = run(std::move(arguments), environment);
    CHECK(finished.status.code == 2);
    return finished.error_output;
  };
  CHECK(has(failed({"--port", "nine"}, {}), "--port"));
  CHECK(has(failed({"--colour", "red"}, {}), "--colour"));
  CHECK(has(failed({}, {{"CAVEA_LOG_LEVEL", "loud"}}), "CAVEA_LOG_LEVEL"));
  const auto file = folder.write("bad.toml", "port = 1\nports = 2\n").string();
  CHECK(has(failed({"--config", file}, {}), "bad.toml:2"));
  CHECK(has(failed({"--address", "example.org"}, {}), "--address example.org"));
  CHECK(run({cavea_program}).status.code == 2);
  CHECK(run({cavea_program, "serve", "--help"}).status.code == 0);
}

TEST_CASE("The effective configuration is printed with the origin of each value") {
  const auto printed =
      run({cavea_program, "serve", "--print-config", "--port", "0"}, {{"CAVEA_WORKERS", "7"}});
  CHECK(printed.status.code == 0);
  CHECK(has(printed.output, "# flag --port"));
  CHECK(has(printed.output, "# CAVEA_WORKERS"));
  CHECK(has(printed.output, "# default"));
}

TEST_CASE("Metrics name what happened and pass promtool's checks") {
  const TempDir data;
  NodeProcess node(cavea_program, data.path());
  HttpClient client(node.url());
  client.use_token(node.token("admin", "box-office"));
  REQUIRE(
      client.post("/v1/venues", R"({"id": "hall", "name": "Hall", "time_zone": "UTC"})").status
      == 201);
  REQUIRE(
      client
          .post(
              "/v1/classes",
              R"({"id": "c", "title": "C", "venue": "hall", "starts_at": "2036-01-01T10:00",
                  "currency": "EUR", "capacity": 1, "price": 0})")
          .status
      == 201);
  const std::string claim = R"({"items": [{"offering": "c", "quantity": 1}]})";
  CHECK(client.post("/v1/reservations", claim, {"Idempotency-Key: \"a\""}).status == 201);
  CHECK(client.post("/v1/reservations", claim, {"Idempotency-Key: \"b\""}).status == 409);

  const auto text = client.get("/metrics").body;
  CHECK(has(text, "cavea_claims_total{outcome=\"sold\"} 1\n"));
  CHECK(has(text, "cavea_claims_total{outcome=\"sold_out\"} 1\n"));
  CHECK(has(text, "cavea_places{state=\"sold\"} 1\n"));
  CHECK(has(text, "cavea_build_info{"));
  CHECK(has(text, "route=\"/v1/reservations\",code=\"201\"} 1\n"));
  CHECK(has(text, "cavea_raft_shards_leading 4\n"));
  CHECK(has(text, "cavea_journal_fsync_duration_seconds_bucket"));
  CHECK(!has(text, "box-office"));

  const auto file = data.write("metrics.txt", text).string();
  const auto lint = run({"/bin/sh", "-c", "promtool check metrics < " + file});
  INFO(lint.output, lint.error_output);
  CHECK(lint.status.code == 0);
}

TEST_CASE("Data of a later format is refused by serve and check") {
  const TempDir data;
  {
    auto store = persistence::RocksStore::open({.path = (data / "store").string()});
    REQUIRE(store.has_value());
    const auto fault = persistence::claim_store(
        *store.value(),
        {.version = persistence::format_version + 1, .shard_count = 16, .node = "later"});
    REQUIRE(!fault);
  }
  const auto serve = run({cavea_program, "serve", "--data", data.path().string(), "--port", "0"});
  CHECK(serve.status.code == 76);
  CHECK(has(serve.error_output, "newer"));
  CHECK(run({cavea_program, "check", "--data", data.path().string()}).status.code == 76);
}

TEST_CASE("A store whose log was removed or emptied is refused, not taken for a new one") {
  for (const bool is_emptied : {false, true}) {
    const TempDir data;
    NodeProcess(cavea_program, data.path()).kill();
    for (const auto& file : std::filesystem::directory_iterator(data / "store")) {
      if (file.path().extension() != ".log") continue;
      if (is_emptied) {
        std::filesystem::resize_file(file.path(), 0);
      } else {
        std::filesystem::remove(file.path());
      }
    }
    INFO((is_emptied ? "emptied" : "removed"));
    const auto refused =
        run({cavea_program, "serve", "--data", data.path().string(), "--port", "0"});
    CHECK(refused.status.code == 65);
    CHECK(has(refused.error_output, (data / "store").string() + " has no format mark"));
    CHECK(has(refused.error_output, "backup"));
    CHECK(run({cavea_program, "check", "--data", data.path().string()}).status.code == 1);
  }
}

TEST_CASE("A store that has lost its CURRENT file is refused, and nothing of it deleted") {
  const TempDir data;
  NodeProcess(cavea_program, data.path()).kill();
  std::filesystem::remove(data / "store/CURRENT");
  const auto files = [&] {
    std::set<std::string> names;
    for (const auto& file : std::filesystem::directory_iterator(data / "store")) {
      names.insert(file.path().filename());
    }
    return names;
  };
  const auto before = files();
  const auto refused = run({cavea_program, "serve", "--data", data.path().string(), "--port", "0"});
  CHECK(refused.status.code == 65);
  CHECK(has(refused.error_output, (data / "store").string()));
  CHECK(files() == before);
}

TEST_CASE("A first start that was ended before the store had its mark is done again") {
  const TempDir data;
  REQUIRE(persistence::RocksStore::open({.path = (data / "store").string()}).has_value());
  data.write("store.first-start", "\n");
  NodeProcess node(cavea_program, data.path());
  CHECK(!std::filesystem::exists(data / "store.first-start"));
  CHECK(node.stop().code == 0);
  CHECK(has(node.process().error_output(), "data_is=new"));
  NodeProcess second(cavea_program, data.path());
  CHECK(second.stop().code == 0);
  CHECK(has(second.process().error_output(), "data_is=kept"));
}

TEST_CASE("The check of a stopped node's data finds it sound and counts what is there") {
  const TempDir data;
  CHECK(NodeProcess(cavea_program, data.path()).stop().code == 0);
  const auto check = run({cavea_program, "check", "--data", data.path().string(), "--json"});
  CHECK(check.status.code == 0);
  CHECK(nlohmann::json::parse(check.output)["sound"] == true);
  CHECK(run({cavea_program, "check", "--data", (data / "nothing").string()}).status.code == 2);
}

TEST_CASE("The version names the cavea_program, its commit and its libraries") {
  const auto text = run({cavea_program, "version"});
  CHECK(text.status.code == 0);
  const auto json = nlohmann::json::parse(run({cavea_program, "version", "--json"}).output);
  CHECK(json["libraries"]["raft"].get<std::string>().starts_with("0.22"));
  CHECK(!json["libraries"]["rocksdb"].get<std::string>().empty());
}

}  // namespace
}  // namespace cavea::test
