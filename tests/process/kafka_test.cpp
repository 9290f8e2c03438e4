#include "tests/process/feed_ids.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/kafka_cluster.hpp"
#include "tests/support/node_process.hpp"
#include "tests/support/temp_dir.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

// What happens in a real node, in Kafka, over real sockets.

namespace cavea::test {
namespace {

using nlohmann::json;

/// Each when it came first.
Ids ids_in(const std::vector<KafkaMessage>& messages) {
  Ids all;
  for (const auto& message : messages) {
    const auto event = json::parse(message.value);
    CHECK(message.key == event.at("subject"));
    auto& ids = all[message.key];
    const std::string id = event.at("id");
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
  }
  return all;
}

}  // namespace

TEST_CASE("all that happens is in Kafka, in order, however often node and brokers are away") {
  KafkaCluster cluster("changes");
  const TempDir data;
  constexpr int rounds = 4;
  constexpr int classes = 6;
  constexpr int claims = 60;
  for (int round = 0; round <= rounds; ++round) {
    NodeProcess node(
        CAVEA_BINARY,
        data.path(),
        {"--shards",
         "3",
         "--log-level",
         "error",
         "--kafka-brokers",
         cluster.brokers(),
         "--kafka-topic",
         "changes"});
    HttpClient admin(node.url());
    admin.use_token(node.token("admin", "box-office"));
    if (round == 0) create_classes(admin, classes);
    if (round == rounds) {
      const auto wanted = ids_of_feed(admin);
      std::size_t count = 0;
      for (const auto& [offering, ids] : wanted) count += ids.size();
      CHECK(count >= rounds * claims);
      // Some may be there twice: more is read until all are found.
      Ids found;
      for (auto read = count; found != wanted && read < 3 * count; read += claims) {
        found = ids_in(cluster.read(read, std::chrono::seconds(3)));
      }
      CHECK(found == wanted);
      CHECK(node.stop().code == 0);
      return;
    }
    HttpClient person(node.url());
    person.use_token(node.token("user", "ada"));
    for (int i = 0; i < claims; ++i) {
      if (round % 2 == 1 && i == claims / 3) cluster.set_down(true);
      const json body{
          {"items", {{{"offering", "yoga-" + std::to_string(i % classes)}, {"quantity", 1}}}}};
      const auto key = std::to_string(round) + "-" + std::to_string(i);
      const auto answer = person.post("/v1/reservations", body.dump(), {"Idempotency-Key: " + key});
      INFO(answer.body);
      REQUIRE(answer.status == 201);
    }
    node.kill();
    cluster.set_down(false);
  }
}

}  // namespace cavea::test
