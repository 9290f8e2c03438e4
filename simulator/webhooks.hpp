#pragma once

#include "engine/result.hpp"
#include "simulator/limits.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cavea::simulator {

struct WebhookEvent {
  std::string id;
  std::string body;
};

/// What happens to an event on its way.
struct WebhookHandling {
  std::uint32_t copies = 0;      ///< How often it is sent beside the first time.
  std::uint32_t reorder_ms = 0;  ///< Is kept so long, and then sent before those kept before it.
  bool is_lost = false;
};

/// Sends events to one address, signed, and again until the address takes them: by a thread of its
/// own, over connections that are kept. `send` and `counts` may be called from any thread.
class Webhooks {
 public:
  struct Settings {
    std::string url;                 ///< "http://127.0.0.1:8088/v1/payments/notices".
    std::string secret;              ///< "whsec_...".
    std::vector<std::string> types;  ///< Events that are sent; "*": all.
    /// At once; with one they arrive in the order in which they are sent.
    unsigned connections = limits::webhook_connections;
    std::chrono::milliseconds pause_first = limits::webhook_pause_first;
    std::chrono::milliseconds pause_max = limits::webhook_pause_max;
    std::chrono::milliseconds time = limits::webhook_time;
  };

  struct Counts {
    std::uint64_t made = 0;  ///< Deliveries, copies included.
    std::uint64_t delivered = 0;
    std::uint64_t failed_tries = 0;
    std::uint64_t waiting = 0;
    std::uint64_t lost = 0;  ///< As a script wanted, or because too many waited.
  };

  /// Events that whoever sells needs to know of.
  [[nodiscard]] static std::vector<std::string> default_types();

  /// The error is a sentence for people.
  [[nodiscard]] static engine::Result<std::unique_ptr<Webhooks>, std::string> open(
      Settings settings);

  /// Ends the thread; what is not delivered is forgotten.
  ~Webhooks();
  Webhooks(const Webhooks&) = delete;
  Webhooks& operator=(const Webhooks&) = delete;

  [[nodiscard]] bool wants(std::string_view type) const;

  void send(WebhookEvent event, const WebhookHandling& handling);

  [[nodiscard]] Counts counts() const;

 private:
  class Sender;

  explicit Webhooks(std::unique_ptr<Sender> sender, std::vector<std::string> types);

  std::unique_ptr<Sender> sender_;
  std::vector<std::string> types_;
};

}  // namespace cavea::simulator
