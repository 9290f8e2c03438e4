#include "tests/support/http_client.hpp"
#include "tests/support/node_process.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

namespace cavea::test {
namespace {

using namespace std::chrono_literals;

const std::string program = CAVEA_BINARY;

/// A few hundred KiB of log do not fit below it; a test that never gets there would be wrong.
constexpr int writes_max = 400;

std::string venue(const std::string& id) {
  return R"({"id": ")" + id + R"(", "name": "Hall", "time_zone": "UTC", "address": ")"
         + std::string(8'000, 'x') + "\"}";
}

TEST_CASE("A failed write ends the node at once, and what it acknowledged is there afterwards") {
  const TempDir data;
  std::vector<std::string> acknowledged;
  {
    // No file may grow beyond 256 KiB (512 blocks of 512 bytes), and the signal for that is
    // ignored, so that writing fails as on a full disk.
    Process node(
        {"/bin/sh",
         "-c",
         "trap '' XFSZ; ulimit -f 512; exec \"$0\" serve --data \"$1\" --port 0",
         program,
         data.path().string()});
    const std::string lead = "listening on ";
    const auto line = node.wait_for_line(lead, 30s);
    REQUIRE(line);
    auto token = run(
        {program, "token", "--data", data.path().string(), "--role", "admin", "--subject", "a"});
    token.output.pop_back();
    HttpClient client(line->substr(lead.size()));
    client.use_token(token.output);
    for (int i = 0; i < writes_max && node.is_running(); ++i) {
      const auto id = "hall-" + std::to_string(i);
      if (client.post("/v1/venues", venue(id)).status != 201) break;
      acknowledged.push_back(id);
    }
    const auto status = node.wait(10s);
    REQUIRE(status);
    INFO(node.error_output());
    CHECK((status->code == 74 || status->code == 73));
    CHECK(node.error_output().find("error: the store failed") != std::string::npos);
  }

  CHECK(!acknowledged.empty());
  NodeProcess again(program, data.path());
  HttpClient client(again.url());
  for (const auto& id : acknowledged) CHECK(client.get("/v1/venues/" + id).status == 200);
  CHECK(again.stop().code == 0);
  CHECK(run({program, "check", "--data", data.path().string()}).status.code == 0);
}

}  // namespace
}  // namespace cavea::test
