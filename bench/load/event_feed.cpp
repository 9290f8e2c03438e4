#include "bench/load/event_feed.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <utility>

namespace cavea::bench {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds patience{100};

/// The line of an event that carries its data; chunks of the transfer end in the middle of nothing
/// else, because the server sends each event as one.
constexpr std::string_view data_field = "data: ";

}  // namespace

EventFeed::EventFeed(
    const asio::ip::tcp::endpoint& server, const std::string& host, std::string_view path) {
  socket_.connect(server, error_);
  if (error_) return;
  const auto request =
      fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\nAccept: text/event-stream\r\n\r\n", path, host);
  asio::write(socket_, asio::buffer(request), error_);
}

engine::Result<std::string, Trouble> EventFeed::next() {
  for (;;) {
    const auto begin = text_.find(data_field);
    const auto end = begin == text_.npos ? begin : text_.find('\n', begin);
    if (end != text_.npos) {
      auto data = text_.substr(begin + data_field.size(), end - begin - data_field.size());
      text_.erase(0, end + 1);
      return data;
    }
    const auto size = text_.size();
    if (auto trouble = fill()) return *std::move(trouble);
    if (text_.size() == size) return std::string();
  }
}

/// Reads what is there, and waits a moment when nothing is.
std::optional<Trouble> EventFeed::fill() {
  std::array<char, 16 * 1024> part{};
  std::size_t count = 0;
  bool is_over = false;
  if (!error_) {
    socket_.async_read_some(
        asio::buffer(part), [&](const boost::system::error_code& error, std::size_t read) {
          is_over = error && error != asio::error::operation_aborted;
          count = read;
        });
    context_.restart();
    context_.run_for(patience);
    if (!context_.stopped()) {
      socket_.cancel(error_);
      context_.run();
    }
  }
  if (error_ || is_over) return Trouble{"the seat feed has ended"};
  text_.append(part.data(), count);
  return std::nullopt;
}

}  // namespace cavea::bench
