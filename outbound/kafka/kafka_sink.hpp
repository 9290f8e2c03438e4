#pragma once

#include "engine/change_sink.hpp"
#include "engine/result.hpp"
#include "outbound/kafka/settings.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

struct rd_kafka_s;
struct rd_kafka_message_s;

namespace spdlog {
class logger;
}

namespace cavea::outbound::kafka {

/// Sends events to a topic of Kafka by an idempotent producer of librdkafka: what is in a partition
/// is there once and in order, whatever is sent again underneath. Messages are CloudEvents in
/// structured mode (https://github.com/cloudevents/spec, Kafka protocol binding): the value is the
/// event as JSON, the key decides the partition.
///
/// A broker that is away is waited for. A message that a broker refuses for good (too large, no
/// right to write) makes its batch not taken.
class KafkaSink final : public engine::ChangeSink {
 public:
  /// `logger` may be null. The error is a sentence that names the property at fault.
  [[nodiscard]] static engine::Result<std::unique_ptr<KafkaSink>, std::string> open(
      Settings settings, std::shared_ptr<spdlog::logger> logger);

  /// What is not answered yet was not taken; some of it may have arrived.
  ~KafkaSink() override;

  void send(std::vector<engine::SinkEvent> batch, engine::SinkContinuation then) noexcept override;

 private:
  struct Batch;

  struct Destroy {
    void operator()(rd_kafka_s* producer) const;
  };

  using Producer = std::unique_ptr<rd_kafka_s, Destroy>;

  KafkaSink(Settings settings, std::shared_ptr<spdlog::logger> logger);

  [[nodiscard]] engine::Result<Producer, std::string> make_producer();
  [[nodiscard]] std::string produce(const engine::SinkEvent& event, Batch* batch);
  void run();
  void begin_anew();
  void end_producer();

  static void on_delivered(rd_kafka_s*, const rd_kafka_message_s* message, void* self);
  static void on_error(rd_kafka_s* producer, int code, const char* reason, void* self);
  static void on_log(const rd_kafka_s* producer, int level, const char* about, const char* text);

  Settings settings_;
  std::shared_ptr<spdlog::logger> logger_;
  std::mutex mutex_;   ///< For `producer_` while somebody produces or replaces it.
  Producer producer_;  ///< Null for a moment after it has given up.
  std::atomic<bool> has_given_up_{false};
  std::atomic<bool> is_stopping_{false};
  std::thread thread_;
};

}  // namespace cavea::outbound::kafka
