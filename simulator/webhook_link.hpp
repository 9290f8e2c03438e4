#pragma once

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace cavea::simulator {

/// Where webhooks go.
struct WebhookTarget {
  std::string host;
  std::string port;
  std::string path;  ///< With the query.
};

/// Nothing unless it is a URL of plain HTTP.
[[nodiscard]] std::optional<WebhookTarget> webhook_target_from(const std::string& url);

/// One connection to the target that carries one request at a time, and is made again when it
/// breaks. Lives on the thread of its context, which must run no longer than it lives.
class WebhookLink {
 public:
  /// Whether the target took it (2xx).
  using Then = std::function<void(bool)>;

  WebhookLink(
      boost::asio::io_context& context,
      const WebhookTarget& target,
      std::chrono::milliseconds time);

  /// Sends a whole HTTP request. Only when none is under way.
  void send(std::string request, Then then);

 private:
  using Socket = boost::asio::
      basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;
  using Resolver =
      boost::asio::ip::basic_resolver<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;
  using Timer = boost::asio::basic_waitable_timer<
      std::chrono::steady_clock,
      boost::asio::wait_traits<std::chrono::steady_clock>,
      boost::asio::io_context::executor_type>;
  using Parser = boost::beast::http::response_parser<boost::beast::http::string_body>;
  using Error = boost::system::error_code;

  void connect();
  void write();
  void read();
  void end(bool is_taken);
  void broken();

  const WebhookTarget& target_;
  std::chrono::milliseconds time_;
  Resolver resolver_;
  Socket socket_;
  Timer timer_;
  boost::beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  std::string request_;
  Then then_;
  bool was_open_ = false;  ///< The request goes over a connection from before, which may be dead.
};

}  // namespace cavea::simulator
