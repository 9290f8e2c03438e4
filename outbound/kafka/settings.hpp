#pragma once

#include <string>
#include <utility>
#include <vector>

namespace cavea::outbound::kafka {

/// Where events go, and how.
struct Settings {
  std::string brokers;  ///< "kafka-1:9092,kafka-2:9092": any of the cluster.
  std::string topic;

  /// Further properties of librdkafka, as "sasl.password"; may hold secrets, and is never logged.
  std::vector<std::pair<std::string, std::string>> properties{};
};

}  // namespace cavea::outbound::kafka
