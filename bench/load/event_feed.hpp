#pragma once

#include "bench/load/address.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <string>

namespace cavea::bench {

/// Reads Server-Sent Events (https://html.spec.whatwg.org/multipage/server-sent-events.html), one
/// after the other. For one thread.
class EventFeed {
 public:
  EventFeed(
      const boost::asio::ip::tcp::endpoint& server, const std::string& host, std::string_view path);

  /// What stands behind `data:` in the next event; empty when none came in a tenth of a second.
  /// Trouble: the server is not there, or ended the feed.
  [[nodiscard]] engine::Result<std::string, Trouble> next();

 private:
  [[nodiscard]] std::optional<Trouble> fill();

  boost::asio::io_context context_{1};
  boost::asio::ip::tcp::socket socket_{context_};
  boost::system::error_code error_;
  std::string text_;  ///< That came and was not given yet.
};

}  // namespace cavea::bench
