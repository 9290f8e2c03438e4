#include "http/server.hpp"

#include "http/io_thread.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <thread>
#include <utility>

#include <sys/resource.h>

namespace cavea::http {

namespace {

/// Descriptors that the rest of the process needs: files of the store, logs, links to other nodes.
constexpr rlim_t other_descriptors = 2048;

/// Asks for as many descriptors as there may be connections, as far as the system lets us.
void raise_descriptor_limit(std::uint32_t connections) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const auto wanted = std::min<rlim_t>(limit.rlim_max, connections + other_descriptors);
  if (limit.rlim_cur >= wanted) return;
  limit.rlim_cur = wanted;
  // Without it, the server refuses connections earlier; that is no reason not to start.
  static_cast<void>(setrlimit(RLIMIT_NOFILE, &limit));
}

std::optional<std::string> fault_of(const HttpConfig& config) {
  if (config.token_keys.empty()) return "There is no key to verify tokens with.";
  for (const auto& key : config.token_keys) {
    if (auto fault = fault_of_key(key)) return fault;
  }
  constexpr std::size_t header_bytes_max = 64 * 1024;
  if (config.limits.header_bytes < 512 || config.limits.header_bytes > header_bytes_max) {
    return "The limit of header bytes must be between 512 and 65536.";
  }
  if (config.limits.connections == 0) return "The limit of connections must not be 0.";
  if (config.limits.tick_time.count() <= 0) return "The tick time must be positive.";
  return std::nullopt;
}

}  // namespace

struct Server::Inside {
  explicit Inside(ServerParts parts)
      : shared(std::move(parts.config), std::move(parts.routes), std::move(parts.logger)) {}

  SharedParts shared;
  std::vector<std::unique_ptr<IoThread>> threads;
  bool is_started = false;
};

Server::Server(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}

Server::~Server() {
  drain();
}

engine::Result<std::unique_ptr<Server>, StartFailure> Server::open(ServerParts parts) {
  if (auto fault = fault_of(parts.config)) return StartFailure{std::move(*fault)};

  ListenAddress where{parts.config.address, parts.config.port};
  if (auto fault = fault_of_address(where)) return StartFailure{std::move(*fault)};

  raise_descriptor_limit(parts.config.limits.connections);
  const auto threads = parts.config.io_threads != 0
                           ? parts.config.io_threads
                           : std::max(1U, std::thread::hardware_concurrency());
  auto inside = std::make_unique<Inside>(std::move(parts));
  for (unsigned i = 0; i < threads; ++i) {
    auto thread = std::make_unique<IoThread>(inside->shared);
    if (auto fault = thread->open(where)) return StartFailure{std::move(*fault)};
    // With port 0, the first one decides for all.
    where.port = thread->port();
    inside->threads.push_back(std::move(thread));
  }
  return std::unique_ptr<Server>(new Server(std::move(inside)));
}

std::uint16_t Server::port() const noexcept {
  return inside_->threads.front()->port();
}

void Server::start(engine::CommandBus& bus) {
  unsigned number = 0;
  for (auto& thread : inside_->threads) thread->start(bus, number++);
  inside_->is_started = true;
}

void Server::drain() {
  if (!inside_->is_started) return;
  for (auto& thread : inside_->threads) thread->begin_drain();
  for (auto& thread : inside_->threads) thread->join();
}

Totals Server::totals() const {
  std::vector<const Probe*> probes;
  for (const auto& thread : inside_->threads) probes.push_back(&thread->probe());
  return collect(probes);
}

}  // namespace cavea::http
