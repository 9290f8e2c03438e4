#pragma once

#include "http/session.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace cavea::http {

/// Where a server listens.
struct ListenAddress {
  std::string address;  ///< Numeric.
  std::uint16_t port = 0;
};

/// Says whether somebody listens at `where` already, and everything else that would fail there, as
/// one sentence for people with what to do; nothing when it is free. Sockets that share their port
/// would bind beside a foreign one of the same user and split its connections without a word.
[[nodiscard]] std::optional<std::string> fault_of_address(const ListenAddress& where);

/// Takes new connections for one I/O thread. All threads' listeners share the port
/// (`SO_REUSEPORT`), and the kernel spreads connections over them.
class Listener {
 public:
  using OnSocket = std::function<void(Socket)>;

  explicit Listener(boost::asio::io_context& context) : acceptor_(context.get_executor()) {}

  /// Binds; with port 0 to a free one, which `port` tells. The error is a sentence for people.
  [[nodiscard]] std::optional<std::string> open(const ListenAddress& where);

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

  void start(OnSocket on_socket);

  /// Goes on after the process had too many files open.
  void tick();

  void close();

 private:
  using Acceptor = boost::asio::
      basic_socket_acceptor<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

  void accept();

  Acceptor acceptor_;
  OnSocket on_socket_;
  std::uint16_t port_ = 0;
  bool is_paused_ = false;
};

}  // namespace cavea::http
