#pragma once

#include "http/listener.hpp"
#include "http/session_host.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace cavea::http {

/// One thread with its own sockets, sessions, seat feeds and answers; threads share nothing that
/// changes. As an `AnswerSink` it takes what the bus says from any thread and hands it to its own
/// by one post for all that came together.
class IoThread final : public engine::AnswerSink {
 public:
  /// `parts` must outlive it.
  explicit IoThread(SharedParts& parts);
  ~IoThread() override;
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  /// Binds the socket; the error is a sentence for people.
  [[nodiscard]] std::optional<std::string> open(const ListenAddress& where);

  [[nodiscard]] std::uint16_t port() const noexcept { return listener_.port(); }

  [[nodiscard]] const Probe& probe() const noexcept { return probe_; }

  /// Accepts connections from now on. `bus` must live until `join` returned.
  void start(engine::CommandBus& bus, unsigned number);

  /// Stops accepting and ends when everything is answered, or when the time for it is over. Any
  /// thread.
  void begin_drain();

  void join();

  void deliver(std::vector<engine::Delivery> deliveries) noexcept override;
  void publish(const engine::OfferingId& offering, engine::FeedItem item) noexcept override;

 private:
  void on_socket(Socket socket);
  void on_deliveries(std::vector<engine::Delivery>& deliveries);
  void on_drain();
  void arm_tick();
  void on_tick();
  void close_all();

  SharedParts& parts_;
  Probe probe_;
  boost::asio::io_context context_{1};
  boost::asio::steady_timer timer_{context_};
  Listener listener_{context_};
  std::optional<SessionHost> host_;
  std::uint32_t refusals_ = 0;
  std::chrono::steady_clock::time_point drain_deadline_;
  std::thread thread_;
};

}  // namespace cavea::http
