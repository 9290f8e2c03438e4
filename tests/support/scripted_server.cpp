#include "tests/support/scripted_server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include <array>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

namespace cavea::test {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::chrono::seconds patience{20};

std::string http_text_of(const ScriptedReply& reply) {
  std::string text = "HTTP/1.1 " + std::to_string(reply.status) + " Scripted\r\n";
  for (const auto& header : reply.headers) text += header + "\r\n";
  return text + "Content-Length: " + std::to_string(reply.body.size()) + "\r\n\r\n" + reply.body;
}

}  // namespace

std::string ReceivedRequest::header(const std::string& name) const {
  for (const auto& [key, value] : headers) {
    if (beast::iequals(key, name)) return value;
  }
  return {};
}

struct ScriptedServer::Inside {
  struct Session : std::enable_shared_from_this<Session> {
    Session(tcp::socket connected, Inside& owner) : socket(std::move(connected)), inside(owner) {}

    void read() {
      parser.emplace();
      beast::http::async_read(
          socket, buffer, *parser, [self = shared_from_this()](const error_code& error, auto) {
            if (!error) self->handle();
          });
    }

    void handle() {
      const auto reply = inside.take(parser->get());
      if (reply.is_cut) return;
      if (reply.is_silent) return wait_for_end();
      text = http_text_of(reply);
      asio::async_write(
          socket, asio::buffer(text), [self = shared_from_this()](const error_code& error, auto) {
            if (!error) self->read();
          });
    }

    void wait_for_end() {
      socket.async_read_some(
          asio::buffer(ignored), [self = shared_from_this()](const error_code& error, auto) {
            if (!error) self->wait_for_end();
          });
    }

    tcp::socket socket;
    Inside& inside;
    beast::flat_buffer buffer;
    std::optional<beast::http::request_parser<beast::http::string_body>> parser;
    std::string text;
    std::array<char, 64> ignored{};
  };

  explicit Inside(Script wanted) : script(std::move(wanted)) {
    accept();
    thread = std::thread([this] { context.run(); });
  }

  ~Inside() {
    context.stop();
    thread.join();
  }

  void accept() {
    acceptor.async_accept([this](const error_code& error, tcp::socket socket) {
      if (error) return;
      std::make_shared<Session>(std::move(socket), *this)->read();
      accept();
    });
  }

  ScriptedReply take(const beast::http::request<beast::http::string_body>& request) {
    ReceivedRequest received{
        .method = std::string(request.method_string()),
        .target = std::string(request.target()),
        .body = request.body(),
        .headers = {}};
    for (const auto& field : request) {
      received.headers.emplace_back(field.name_string(), field.value());
    }
    std::size_t number = 0;
    {
      const std::lock_guard lock(mutex);
      number = came.size();
      came.push_back(received);
      changed.notify_all();
    }
    return script ? script(received, number) : ScriptedReply{};
  }

  Script script;
  asio::io_context context{1};
  tcp::acceptor acceptor{context, {asio::ip::address_v4::loopback(), 0}};
  mutable std::mutex mutex;
  std::condition_variable changed;
  std::vector<ReceivedRequest> came;
  std::thread thread;
};

ScriptedServer::ScriptedServer(Script script)
    : inside_(std::make_unique<Inside>(std::move(script))),
      url_("http://127.0.0.1:" + std::to_string(inside_->acceptor.local_endpoint().port())) {}

ScriptedServer::~ScriptedServer() = default;

std::vector<ReceivedRequest> ScriptedServer::wait_for(std::size_t count) {
  std::unique_lock lock(inside_->mutex);
  if (!inside_->changed.wait_for(lock, patience, [&] { return inside_->came.size() >= count; })) {
    throw std::runtime_error(
        "only " + std::to_string(inside_->came.size()) + " requests came within 20 s");
  }
  return inside_->came;
}

std::size_t ScriptedServer::count() const {
  const std::lock_guard lock(inside_->mutex);
  return inside_->came.size();
}

}  // namespace cavea::test
