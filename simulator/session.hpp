#pragma once

#include "simulator/api.hpp"
#include "simulator/limits.hpp"

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace cavea::simulator {

using Socket =
    boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

using Timer = boost::asio::basic_waitable_timer<
    std::chrono::steady_clock,
    boost::asio::wait_traits<std::chrono::steady_clock>,
    boost::asio::io_context::executor_type>;

using HttpRequest = boost::beast::http::request<boost::beast::http::string_body>;

/// What the API is asked; views into `request`.
[[nodiscard]] ApiRequest api_request_from(const HttpRequest& request);

/// The whole answer as HTTP carries it.
[[nodiscard]] std::string http_text_of(const ApiAnswer& answer, bool keeps_alive);

[[nodiscard]] std::int64_t ms_now();

/// One connection over `Stream`, plain or TLS; lives as long as something of it is pending.
template <class Stream>
class Session : public std::enable_shared_from_this<Session<Stream>> {
 public:
  Session(Stream stream, boost::asio::io_context& context, Api& api)
      : stream_(std::move(stream)), context_(context), api_(api), timer_(context.get_executor()) {}

  [[nodiscard]] Stream& stream() { return stream_; }

  void read() {
    parser_.emplace();
    parser_->header_limit(limits::header_bytes);
    parser_->body_limit(limits::body_bytes);
    boost::beast::http::async_read(
        stream_,
        buffer_,
        *parser_,
        [self = this->shared_from_this()](const Error& error, std::size_t) {
          if (!error) self->handle();
        });
  }

 private:
  using Error = boost::system::error_code;

  void handle() {
    const auto answer = api_.handle(api_request_from(parser_->get()), ms_now());
    if (answer.settlement) settle_later(*answer.settlement);
    if (answer.is_cut) return;
    if (answer.is_silent) return wait_for_end();
    text_ = http_text_of(answer, parser_->keep_alive());
    if (answer.delay_ms == 0) return write();
    timer_.expires_after(std::chrono::milliseconds(answer.delay_ms));
    timer_.async_wait([self = this->shared_from_this()](const Error& error) {
      if (!error) self->write();
    });
  }

  void write() {
    boost::asio::async_write(
        stream_,
        boost::asio::buffer(text_),
        [self = this->shared_from_this()](const Error& error, std::size_t) {
          if (!error && self->parser_->keep_alive()) self->read();
        });
  }

  /// Holds the connection open until the other side gives up.
  void wait_for_end() {
    stream_.async_read_some(
        boost::asio::buffer(ignored_),
        [self = this->shared_from_this()](const Error& error, std::size_t) {
          if (!error) self->wait_for_end();
        });
  }

  void settle_later(const Settlement& settlement) {
    auto timer = std::make_shared<Timer>(context_.get_executor(), settlement.after);
    timer->async_wait([timer, settlement, &api = api_](const Error& error) {
      if (!error) api.settle(settlement, ms_now());
    });
  }

  Stream stream_;
  boost::asio::io_context& context_;
  Api& api_;
  Timer timer_;
  boost::beast::flat_buffer buffer_;
  std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> parser_;
  std::string text_;
  std::array<char, 256> ignored_{};
};

}  // namespace cavea::simulator
