#include "simulator/webhook_link.hpp"

#include "simulator/limits.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <utility>

namespace cavea::simulator {

namespace asio = boost::asio;
namespace beast = boost::beast;

std::optional<WebhookTarget> webhook_target_from(const std::string& url) {
  const auto parsed = boost::urls::parse_uri(url);
  if (!parsed || parsed->scheme_id() != boost::urls::scheme::http || parsed->has_userinfo()) {
    return std::nullopt;
  }
  WebhookTarget target{
      .host = std::string(parsed->host_address()),
      .port = parsed->has_port() ? std::string(parsed->port()) : "80",
      .path = std::string(parsed->encoded_target())};
  if (target.host.empty()) return std::nullopt;
  if (target.path.empty()) target.path = "/";
  return target;
}

WebhookLink::WebhookLink(
    asio::io_context& context, const WebhookTarget& target, std::chrono::milliseconds time)
    : target_(target),
      time_(time),
      resolver_(context.get_executor()),
      socket_(context.get_executor()),
      timer_(context.get_executor()) {}

void WebhookLink::send(std::string request, Then then) {
  request_ = std::move(request);
  then_ = std::move(then);
  timer_.expires_after(time_);
  timer_.async_wait([this](const Error& error) {
    // It may have been on its way already when it was set anew.
    if (error || timer_.expiry() > std::chrono::steady_clock::now()) return;
    // What is pending fails by that.
    resolver_.cancel();
    was_open_ = false;
    Error ignored;
    socket_.close(ignored);
  });
  was_open_ = socket_.is_open();
  if (was_open_) {
    write();
  } else {
    connect();
  }
}

void WebhookLink::connect() {
  resolver_.async_resolve(
      target_.host, target_.port, [this](const Error& error, Resolver::results_type found) {
        if (error) return broken();
        asio::async_connect(
            socket_, found, [this](const Error& failure, const asio::ip::tcp::endpoint&) {
              if (failure) return broken();
              Error ignored;
              socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
              write();
            });
      });
}

void WebhookLink::write() {
  asio::async_write(socket_, asio::buffer(request_), [this](const Error& error, std::size_t) {
    if (error) return broken();
    read();
  });
}

void WebhookLink::read() {
  parser_.emplace();
  parser_->body_limit(limits::webhook_answer_bytes);
  beast::http::async_read(socket_, buffer_, *parser_, [this](const Error& error, std::size_t) {
    if (error) return broken();
    if (!parser_->keep_alive()) {
      Error ignored;
      socket_.close(ignored);
    }
    const auto status = parser_->get().result_int();
    end(status >= 200 && status < 300);
  });
}

void WebhookLink::broken() {
  Error ignored;
  socket_.close(ignored);
  buffer_.clear();
  // The other side closes connections that rest, which shows only when one is used again.
  if (std::exchange(was_open_, false)) return connect();
  end(false);
}

void WebhookLink::end(bool is_taken) {
  timer_.cancel();
  std::exchange(then_, nullptr)(is_taken);
}

}  // namespace cavea::simulator
