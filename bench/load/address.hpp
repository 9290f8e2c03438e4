#pragma once

#include "engine/result.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace cavea::bench {

/// Something that keeps the load generator from going on, as a sentence for people.
struct Trouble {
  std::string text;
  bool is_usage = false;  ///< What was said to us is wrong, not what we found.
};

/// Where a server is.
struct Address {
  std::string host;
  std::uint16_t port = 80;

  /// As a `Host` header has it.
  [[nodiscard]] std::string host_header() const;

  /// From `http://HOST[:PORT][/]`; an IPv6 address stands in brackets.
  [[nodiscard]] static engine::Result<Address, Trouble> from_url(std::string_view url);

  /// Looks the name up and makes sure that somebody listens there.
  [[nodiscard]] engine::Result<boost::asio::ip::tcp::endpoint, Trouble> reach() const;
};

}  // namespace cavea::bench
