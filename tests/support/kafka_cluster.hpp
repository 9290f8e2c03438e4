#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace cavea::test {

/// A message as a consumer reads it.
struct KafkaMessage {
  int partition = 0;
  std::string key;
  std::string value;
  std::map<std::string, std::string> headers;
};

/// Kafka brokers on loopback that keep messages in memory: librdkafka's mock cluster, which speaks
/// Kafka's protocol over real sockets.
class KafkaCluster {
 public:
  static constexpr int partitions = 4;

  explicit KafkaCluster(const std::string& topic);
  ~KafkaCluster();
  KafkaCluster(const KafkaCluster&) = delete;
  KafkaCluster& operator=(const KafkaCluster&) = delete;

  /// "127.0.0.1:41234,..."
  [[nodiscard]] std::string brokers() const;

  /// The next so many requests to produce are answered with this error of Kafka's protocol.
  void fail_produce(std::size_t times, int error);

  void set_down(bool is_down);

  /// All messages of the topic, those of a partition in their order, once there are `count` or the
  /// time is over.
  [[nodiscard]] std::vector<KafkaMessage> read(
      std::size_t count, std::chrono::milliseconds time_max = std::chrono::seconds(20)) const;

 private:
  struct Inside;

  std::string topic_;
  std::unique_ptr<Inside> inside_;
};

}  // namespace cavea::test
