// An HTTP server that does nothing: it reads each request with its body and answers 201 with a
// constant, as large as Cavea's answer to a reservation. What it reaches on a machine is what HTTP
// alone allows there: cavea-constant-server --port 9000 --threads 2

#include <CLI/CLI.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_static_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/format.h>

#include <cstdint>
#include <cstdio>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <sys/socket.h>

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
using Socket = asio::basic_stream_socket<tcp, asio::io_context::executor_type>;
using Acceptor = asio::basic_socket_acceptor<tcp, asio::io_context::executor_type>;

/// What a request may have: a token of 4 KiB and a body of the same size.
constexpr std::size_t request_bytes_max = 16 * 1024;

/// The kernel's usual limit of connections that wait to be accepted.
constexpr int backlog = 4096;

const std::string& answer_bytes() {
  static const std::string answer = [] {
    constexpr std::string_view body =
        R"({"id":"01JD3V7Z3N0R2M5Q8T9W4X6Y7Z","status":"confirmed","user":"bench-000000",)"
        R"("created_at":"2026-12-04T19:30:00+00:00","changed_at":"2026-12-04T19:30:00+00:00",)"
        R"("held_until":null,"total":{"amount":0,"currency":"EUR"},"items":[{"offering":)"
        R"("bench-0123456789abcdef-00000","kind":"class","title":"Load of cavea-bench",)"
        R"("starts_at":"2027-01-04T19:00:00+00:00","quantity":1,"places":[{"price":0,)"
        R"("status":"sold"}]}],"version":1234567})";
    return fmt::format(
        "HTTP/1.1 201 Created\r\nDate: Fri, 04 Dec 2026 19:30:00 GMT\r\n"
        "Content-Type: application/json\r\nContent-Length: {}\r\n"
        "X-Request-Id: 0123456789abcdef\r\n"
        "Location: /v1/reservations/01JD3V7Z3N0R2M5Q8T9W4X6Y7Z\r\n\r\n{}",
        body.size(),
        body);
  }();
  return answer;
}

/// One connection; lives as long as a handler of it is pending.
class Session : public std::enable_shared_from_this<Session> {
 public:
  explicit Session(Socket socket) : socket_(std::move(socket)) {}

  void read() {
    parser_.emplace();
    http::async_read(
        socket_,
        buffer_,
        *parser_,
        [self = shared_from_this()](const error_code& error, std::size_t) {
          if (!error) self->write();
        });
  }

 private:
  void write() {
    const auto& answer = answer_bytes();
    // At once: the answer fits the socket's buffer, unless the client does not read.
    error_code error;
    const auto written = socket_.write_some(asio::buffer(answer), error);
    if (!error && written == answer.size()) return next();
    if (error && error != asio::error::would_block) return;
    asio::async_write(
        socket_,
        asio::buffer(answer.data() + written, answer.size() - written),
        [self = shared_from_this()](const error_code& failure, std::size_t) {
          if (!failure) self->next();
        });
  }

  void next() {
    if (parser_->keep_alive()) read();
  }

  Socket socket_;
  boost::beast::flat_static_buffer<request_bytes_max> buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
};

/// One thread with its own listening socket: the kernel spreads the connections.
class Listener {
 public:
  explicit Listener(std::uint16_t port) : acceptor_(context_.get_executor()) {
    acceptor_.open(tcp::v4());
    acceptor_.set_option(asio::socket_base::reuse_address(true));
    acceptor_.set_option(ReusePort(true));
    acceptor_.bind({asio::ip::address_v4::loopback(), port});
    acceptor_.listen(backlog);
  }

  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  void run() {
    accept();
    context_.run();
  }

 private:
  void accept() {
    acceptor_.async_accept([this](const error_code& error, Socket socket) {
      if (!error) {
        error_code ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        socket.non_blocking(true, ignored);
        std::make_shared<Session>(std::move(socket))->read();
      }
      accept();
    });
  }

  asio::io_context context_{1};
  Acceptor acceptor_;
};

int run(int argc, char** argv) {
  CLI::App app("Answers every request with the same reservation, without doing anything for it.");
  app.name("cavea-constant-server");
  std::uint16_t port = 0;
  unsigned threads = 2;
  app.add_option("--port", port, "On 127.0.0.1; 0: any free one")->capture_default_str();
  app.add_option("--threads", threads, "Each with its own listening socket")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return error.get_exit_code() == 0 ? app.exit(error) : (app.exit(error), 2);
  }
  std::vector<std::unique_ptr<Listener>> listeners;
  for (unsigned i = 0; i < threads; ++i) {
    listeners.push_back(std::make_unique<Listener>(port));
    port = listeners.front()->port();
  }
  std::printf("listening on http://127.0.0.1:%u\n", static_cast<unsigned>(port));
  std::fflush(stdout);
  std::vector<std::thread> others;
  for (auto& listener : listeners) others.emplace_back([&listener] { listener->run(); });
  for (auto& other : others) other.join();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return 1;
  }
}
