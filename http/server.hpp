#pragma once

#include "engine/command_bus.hpp"
#include "engine/result.hpp"
#include "http/exchange.hpp"
#include "http/http_config.hpp"
#include "http/probe.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace spdlog {
class logger;
}

namespace cavea::http {

/// Why a server cannot start: one sentence for people, with what to do about it.
struct StartFailure {
  std::string text;
};

/// What a server is made of.
struct ServerParts {
  HttpConfig config;
  std::vector<Route> routes;               ///< `api_routes` and `operational_routes`.
  std::shared_ptr<spdlog::logger> logger;  ///< May be null: nothing is logged.
};

/// The HTTP server of a node: listens, speaks HTTP/1.1, and asks the bus.
///
/// Build it before the bus (its threads are the bus's answer sinks and must outlive it), then:
/// `open` binds the port, `start` accepts, `drain` ends everything. The order at the end is
/// `drain`, then the bus, then the server.
class Server {
 public:
  /// Checks the configuration and binds the port, so that a wrong one is known before any data is
  /// opened. Nobody is answered before `start`.
  [[nodiscard]] static engine::Result<std::unique_ptr<Server>, StartFailure> open(
      ServerParts parts);

  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// The port that is listened on; tells which one port 0 became.
  [[nodiscard]] std::uint16_t port() const noexcept;

  /// Starts the I/O threads. `bus` must live until `drain` returned.
  void start(engine::CommandBus& bus);

  /// Stops accepting, answers what runs, closes feeds with a hint to come back, and returns when
  /// all threads ended; after `HttpLimits::drain_time` it closes what is left. Call it once or
  /// more.
  void drain();

  /// What was counted so far, over all threads. Any thread.
  [[nodiscard]] Totals totals() const;

 private:
  struct Inside;

  explicit Server(std::unique_ptr<Inside> inside);

  std::unique_ptr<Inside> inside_;
};

}  // namespace cavea::http
