#include "http/listener.hpp"

#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>

#include <utility>

#include <sys/socket.h>

namespace cavea::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

// As long as the kernel allows (net.core.somaxconn): a rush begins with thousands of connections at
// once.
constexpr int backlog = 4096;

using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

std::string sentence_of(const error_code& error, const ListenAddress& where) {
  const auto place = where.address.find(':') == std::string::npos
                         ? fmt::format("{}:{}", where.address, where.port)
                         : fmt::format("[{}]:{}", where.address, where.port);
  if (error == asio::error::address_in_use) {
    return fmt::format(
        "{} is in use: another process listens there. Stop it, or choose another port.", place);
  }
  if (error == asio::error::access_denied) {
    return fmt::format(
        "{} may not be used: ports below 1024 are for root. Choose a higher port.", place);
  }
  if (error == boost::system::errc::address_not_available) {
    return fmt::format(
        "{} is not an address of this machine. Choose one that it has, or 0.0.0.0 for all.", place);
  }
  return fmt::format("{} cannot be listened on: {}.", place, error.message());
}

template <class Acceptor>
error_code bind_to(Acceptor& acceptor, const tcp::endpoint& endpoint, bool shares_port) {
  error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error && shares_port) acceptor.set_option(ReusePort(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(backlog, error);
  return error;
}

}  // namespace

std::optional<std::string> fault_of_address(const ListenAddress& where) {
  error_code error;
  const auto address = asio::ip::make_address(where.address, error);
  if (error) {
    return fmt::format("'{}' is not a numeric IPv4 or IPv6 address.", where.address);
  }
  asio::io_context context;
  tcp::acceptor alone(context);
  error = bind_to(alone, {address, where.port}, false);
  if (error) return sentence_of(error, where);
  return std::nullopt;
}

std::optional<std::string> Listener::open(const ListenAddress& where) {
  error_code error;
  const auto address = asio::ip::make_address(where.address, error);
  if (!error) error = bind_to(acceptor_, {address, where.port}, true);
  if (!error) port_ = acceptor_.local_endpoint(error).port();
  if (error) return sentence_of(error, where);
  return std::nullopt;
}

void Listener::start(OnSocket on_socket) {
  on_socket_ = std::move(on_socket);
  accept();
}

void Listener::accept() {
  acceptor_.async_accept([this](const error_code& error, Socket socket) {
    if (error == asio::error::operation_aborted || !acceptor_.is_open()) return;
    if (!error) {
      error_code ignored;
      socket.set_option(tcp::no_delay(true), ignored);
      socket.non_blocking(true, ignored);
      on_socket_(std::move(socket));
    } else if (error == asio::error::no_descriptors || error == asio::error::no_memory) {
      // To try again at once would fail again at once; connections that end make room.
      is_paused_ = true;
      return;
    }
    accept();
  });
}

void Listener::tick() {
  if (!std::exchange(is_paused_, false) || !acceptor_.is_open()) return;
  accept();
}

void Listener::close() {
  error_code ignored;
  acceptor_.close(ignored);
}

}  // namespace cavea::http
