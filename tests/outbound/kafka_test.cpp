#include "outbound/kafka/kafka_sink.hpp"
#include "outbound/kafka/properties.hpp"
#include "tests/support/kafka_cluster.hpp"
#include "tests/support/temp_dir.hpp"

#include <doctest/doctest.h>
#include <librdkafka/rdkafka.h>

#include <chrono>
#include <fstream>
#include <future>
#include <map>
#include <string>
#include <vector>

namespace cavea::outbound::kafka {
namespace {

using namespace std::chrono_literals;
using engine::SinkEvent;
using engine::SinkResult;

const std::string topic = "cavea.changes";

std::unique_ptr<KafkaSink> opened(const test::KafkaCluster& cluster) {
  auto sink = KafkaSink::open({.brokers = cluster.brokers(), .topic = topic}, nullptr);
  REQUIRE(sink);
  return std::move(sink).value();
}

std::future<SinkResult> send(KafkaSink& sink, std::vector<SinkEvent> batch) {
  auto promise = std::make_shared<std::promise<SinkResult>>();
  sink.send(std::move(batch), [promise](SinkResult result) { promise->set_value(result); });
  return promise->get_future();
}

SinkResult result_of(std::future<SinkResult> future) {
  REQUIRE(future.wait_for(30s) == std::future_status::ready);
  return future.get();
}

/// Values of each key in the order in which a reader sees them.
std::map<std::string, std::string> joined(const std::vector<test::KafkaMessage>& messages) {
  std::map<std::string, std::string> all;
  for (const auto& message : messages) all[message.key] += message.value + " ";
  return all;
}

TEST_CASE("events are CloudEvents in the order of their key") {
  const test::KafkaCluster cluster(topic);
  const auto sink = opened(cluster);
  std::vector<SinkEvent> batch;
  std::map<std::string, std::string> expected;
  for (int i = 0; i < 60; ++i) {
    SinkEvent event{"yoga-" + std::to_string(i % 5), std::to_string(i)};
    expected[event.key] += event.body + " ";
    batch.push_back(std::move(event));
  }
  const auto result = result_of(send(*sink, batch));
  INFO(result.detail);
  CHECK(result.is_taken);
  const auto messages = cluster.read(60);
  CHECK(joined(messages) == expected);
  for (const auto& message : messages) {
    CHECK(message.headers.at("content-type") == "application/cloudevents+json; charset=UTF-8");
  }
}

TEST_CASE("what brokers refuse for a while is there once and in order all the same") {
  test::KafkaCluster cluster(topic);
  const auto sink = opened(cluster);
  cluster.fail_produce(3, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION);
  cluster.fail_produce(2, RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT);
  std::vector<std::future<SinkResult>> results;
  for (int i = 0; i < 20; ++i) results.push_back(send(*sink, {{"yoga", std::to_string(i)}}));
  for (auto& result : results) CHECK(result_of(std::move(result)).is_taken);
  std::string expected;
  for (int i = 0; i < 20; ++i) expected += std::to_string(i) + " ";
  CHECK(joined(cluster.read(20))["yoga"] == expected);
}

TEST_CASE("brokers that are away are waited for") {
  test::KafkaCluster cluster(topic);
  const auto sink = opened(cluster);
  REQUIRE(result_of(send(*sink, {{"yoga", "first"}})).is_taken);
  cluster.set_down(true);
  auto later = send(*sink, {{"yoga", "second"}});
  CHECK(later.wait_for(300ms) == std::future_status::timeout);
  cluster.set_down(false);
  CHECK(result_of(std::move(later)).is_taken);
  CHECK(joined(cluster.read(2))["yoga"] == "first second ");
}

TEST_CASE("a batch with an event that is refused for good is not taken, and says why") {
  const test::KafkaCluster cluster(topic);
  const auto sink = opened(cluster);
  const auto result =
      result_of(send(*sink, {{"yoga", "fine"}, {"yoga", std::string(2'000'000, 'x')}}));
  CHECK_FALSE(result.is_taken);
  CHECK(result.detail.find("too large") != std::string::npos);
}

TEST_CASE("a producer that gives up is replaced, and what it had was not taken") {
  test::KafkaCluster cluster(topic);
  const auto sink = opened(cluster);
  REQUIRE(result_of(send(*sink, {{"yoga", "first"}})).is_taken);
  // Somebody else with our producer's id: nothing more may be sent by this one.
  cluster.fail_produce(1, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER);
  CHECK_FALSE(result_of(send(*sink, {{"yoga", "second"}})).is_taken);
  SinkResult again;
  const auto until = std::chrono::steady_clock::now() + 30s;
  while (!again.is_taken && std::chrono::steady_clock::now() < until) {
    again = result_of(send(*sink, {{"yoga", "second"}}));
  }
  CHECK(again.is_taken);
  CHECK(joined(cluster.read(2))["yoga"].starts_with("first second"));
}

TEST_CASE("a sink that ends answers what nobody has taken") {
  test::KafkaCluster cluster(topic);
  auto sink = opened(cluster);
  cluster.set_down(true);
  auto result = send(*sink, {{"yoga", "never"}});
  sink.reset();
  CHECK_FALSE(result_of(std::move(result)).is_taken);
}

TEST_CASE("properties that are none, or not to be changed, are refused by name, without values") {
  const auto fault = [](const std::string& name, const std::string& value) {
    auto sink = KafkaSink::open(
        {.brokers = "127.0.0.1:9", .topic = topic, .properties = {{name, value}}}, nullptr);
    REQUIRE_FALSE(sink);
    CHECK(sink.error().find(value) == std::string::npos);
    return sink.error();
  };
  CHECK(fault("sasl.pasword", "hunter2").starts_with("sasl.pasword: there is no such property"));
  CHECK(fault("security.protocol", "hunter2").starts_with("security.protocol: its value"));
  CHECK(fault("enable.idempotence", "never").starts_with("enable.idempotence: is not to be"));
}

TEST_CASE("a file of properties is read line by line") {
  const test::TempDir folder;
  const auto file = folder.path() / "kafka.properties";
  std::ofstream(file) << "# Who we are\nsecurity.protocol = SASL_SSL\r\n\nsasl.password=a=b c\n";
  const auto properties = read_properties(file);
  REQUIRE(properties);
  const Properties expected{{"security.protocol", "SASL_SSL"}, {"sasl.password", "a=b c"}};
  CHECK(properties.value() == expected);

  std::ofstream(file) << "fine=1\nhunter2\n";
  CHECK(read_properties(file).error() == file.string() + ":2: must be name=value");
  CHECK(read_properties(folder.path() / "none").error().ends_with("cannot be read"));
}

}  // namespace
}  // namespace cavea::outbound::kafka
