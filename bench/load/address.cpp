#include "bench/load/address.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include <charconv>
#include <chrono>

namespace cavea::bench {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

/// Longer than any machine that is up takes, shorter than the system's two minutes.
constexpr std::chrono::seconds connect_time_max{5};

/// Port 0 is nobody's.
bool read_port(std::string_view text, std::uint16_t& port) {
  const auto* end = text.data() + text.size();
  const auto [stopped_at, fault] = std::from_chars(text.data(), end, port);
  return fault == std::errc() && stopped_at == end && port != 0;
}

}  // namespace

std::string Address::host_header() const {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return is_ipv6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

engine::Result<Address, Trouble> Address::from_url(std::string_view url) {
  constexpr std::string_view scheme = "http://";
  const Trouble trouble{"write http://HOST:PORT (TLS ends in front of Cavea, go behind it)"};
  if (!url.starts_with(scheme)) return trouble;
  url.remove_prefix(scheme.size());
  if (url.ends_with('/')) url.remove_suffix(1);

  Address address;
  const auto host_end = url.starts_with('[') ? url.find(']') : url.find(':');
  const auto port_begin = url.find(':', host_end == std::string_view::npos ? 0 : host_end);
  address.host = url.substr(0, host_end);
  if (address.host.starts_with('[')) {
    if (host_end == std::string_view::npos) return trouble;
    address.host.erase(0, 1);
  }
  if (port_begin != std::string_view::npos
      && !read_port(url.substr(port_begin + 1), address.port)) {
    return trouble;
  }
  if (address.host.empty() || address.host.find_first_of("/?#@ ") != std::string::npos) {
    return trouble;
  }
  return address;
}

engine::Result<tcp::endpoint, Trouble> Address::reach() const {
  asio::io_context context;
  boost::system::error_code error;
  const auto found = tcp::resolver(context).resolve(host, std::to_string(port), error);
  if (error) return Trouble{fmt::format("{} is not known: {}", host, error.message())};

  tcp::socket socket(context);
  tcp::endpoint reached;
  error = asio::error::timed_out;
  asio::async_connect(
      socket, found, [&](const boost::system::error_code& failure, const tcp::endpoint& endpoint) {
        error = failure;
        reached = endpoint;
      });
  context.run_for(connect_time_max);
  if (error) {
    return Trouble{fmt::format(
        "cannot connect to http://{}: {}. Is it running?", host_header(), error.message())};
  }
  return reached;
}

}  // namespace cavea::bench
