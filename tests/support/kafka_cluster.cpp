#include "tests/support/kafka_cluster.hpp"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace cavea::test {

namespace {

constexpr int broker_count = 3;

struct Destroy {
  void operator()(rd_kafka_t* client) const { rd_kafka_destroy(client); }

  void operator()(rd_kafka_mock_cluster_t* cluster) const {
    rd_kafka_mock_cluster_destroy(cluster);
  }

  void operator()(rd_kafka_topic_partition_list_t* list) const {
    rd_kafka_topic_partition_list_destroy(list);
  }

  void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
};

template <class T>
using Owned = std::unique_ptr<T, Destroy>;

Owned<rd_kafka_t> make_client(
    rd_kafka_type_t type, const std::vector<std::pair<std::string, std::string>>& properties) {
  std::array<char, 512> why{};
  auto* conf = rd_kafka_conf_new();
  for (const auto& [name, value] : properties) {
    if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), why.data(), why.size())
        != RD_KAFKA_CONF_OK) {
      throw std::runtime_error(why.data());
    }
  }
  auto* client = rd_kafka_new(type, conf, why.data(), why.size());
  if (client == nullptr) throw std::runtime_error(why.data());
  return Owned<rd_kafka_t>(client);
}

KafkaMessage message_from(const rd_kafka_message_t& raw) {
  KafkaMessage message;
  message.partition = raw.partition;
  message.key.assign(static_cast<const char*>(raw.key), raw.key_len);
  message.value.assign(static_cast<const char*>(raw.payload), raw.len);
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&raw, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return message;
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  for (std::size_t i = 0;
       rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
       ++i) {
    message.headers[name] = std::string(static_cast<const char*>(value), size);
  }
  return message;
}

}  // namespace

struct KafkaCluster::Inside {
  Owned<rd_kafka_t> client;
  Owned<rd_kafka_mock_cluster_t> cluster;
};

KafkaCluster::KafkaCluster(const std::string& topic)
    : topic_(topic), inside_(std::make_unique<Inside>()) {
  inside_->client = make_client(RD_KAFKA_PRODUCER, {{"client.id", "mock"}, {"log_level", "3"}});
  inside_->cluster.reset(rd_kafka_mock_cluster_new(inside_->client.get(), broker_count));
  if (inside_->cluster == nullptr) throw std::runtime_error("no mock cluster could be made");
  rd_kafka_mock_topic_create(inside_->cluster.get(), topic.c_str(), partitions, broker_count);
}

KafkaCluster::~KafkaCluster() = default;

std::string KafkaCluster::brokers() const {
  return rd_kafka_mock_cluster_bootstraps(inside_->cluster.get());
}

void KafkaCluster::fail_produce(std::size_t times, int error) {
  constexpr std::int16_t produce_request = 0;
  for (std::size_t i = 0; i < times; ++i) {
    rd_kafka_mock_push_request_errors(
        inside_->cluster.get(), produce_request, 1, static_cast<rd_kafka_resp_err_t>(error));
  }
}

void KafkaCluster::set_down(bool is_down) {
  for (int broker = 1; broker <= broker_count; ++broker) {
    if (is_down) {
      rd_kafka_mock_broker_set_down(inside_->cluster.get(), broker);
    } else {
      rd_kafka_mock_broker_set_up(inside_->cluster.get(), broker);
    }
  }
}

std::vector<KafkaMessage> KafkaCluster::read(
    std::size_t count, std::chrono::milliseconds time_max) const {
  const auto consumer = make_client(
      RD_KAFKA_CONSUMER,
      {{"bootstrap.servers", brokers()},
       {"group.id", "reader"},
       {"auto.offset.reset", "earliest"},
       {"enable.auto.commit", "false"}});
  rd_kafka_poll_set_consumer(consumer.get());
  const Owned<rd_kafka_topic_partition_list_t> all(rd_kafka_topic_partition_list_new(partitions));
  for (int partition = 0; partition < partitions; ++partition) {
    rd_kafka_topic_partition_list_add(all.get(), topic_.c_str(), partition)->offset =
        RD_KAFKA_OFFSET_BEGINNING;
  }
  rd_kafka_assign(consumer.get(), all.get());
  std::vector<KafkaMessage> messages;
  const auto until = std::chrono::steady_clock::now() + time_max;
  while (messages.size() < count && std::chrono::steady_clock::now() < until) {
    const Owned<rd_kafka_message_t> raw(rd_kafka_consumer_poll(consumer.get(), 100));
    if (raw != nullptr && raw->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      messages.push_back(message_from(*raw));
    }
  }
  rd_kafka_consumer_close(consumer.get());
  return messages;
}

}  // namespace cavea::test
