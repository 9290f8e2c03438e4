#include "simulator/server.hpp"

#include "simulator/api.hpp"
#include "simulator/session.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <fmt/format.h>
#include <pthread.h>

#include <optional>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include <sys/socket.h>

namespace cavea::simulator {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr int backlog = 4096;

/// After the process had no descriptors left.
constexpr std::chrono::milliseconds accept_pause{100};

using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
using Acceptor = asio::basic_socket_acceptor<tcp, asio::io_context::executor_type>;
using TlsStream = ssl::stream<Socket>;

/// One thread with a listening socket of its own; the kernel spreads the connections.
class Worker {
 public:
  Worker(Api& api, ssl::context* tls) : api_(api), tls_(tls) {}

  ~Worker() {
    context_.stop();
    if (thread_.joinable()) thread_.join();
  }

  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  [[nodiscard]] error_code open(const tcp::endpoint& endpoint) {
    error_code error;
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.set_option(ReusePort(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(backlog, error);
    return error;
  }

  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  void start() {
    accept();
    thread_ = std::thread([this] { context_.run(); });
    pthread_setname_np(thread_.native_handle(), "simulator");
  }

 private:
  void accept() {
    acceptor_.async_accept([this](const error_code& error, Socket socket) {
      if (!error) {
        begin(std::move(socket));
        return accept();
      }
      pause_.expires_after(accept_pause);
      pause_.async_wait([this](const error_code& stopped) {
        if (!stopped) accept();
      });
    });
  }

  void begin(Socket socket) {
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    if (tls_ == nullptr) {
      std::make_shared<Session<Socket>>(std::move(socket), context_, api_)->read();
      return;
    }
    auto session =
        std::make_shared<Session<TlsStream>>(TlsStream(std::move(socket), *tls_), context_, api_);
    session->stream().async_handshake(ssl::stream_base::server, [session](const error_code& error) {
      if (!error) session->read();
    });
  }

  Api& api_;
  ssl::context* tls_;
  asio::io_context context_{1};
  Acceptor acceptor_{context_.get_executor()};
  Timer pause_{context_.get_executor()};
  std::thread thread_;
};

std::optional<std::string> load_certificate(
    ssl::context& context, const Server::Settings& settings) {
  error_code error;
  context.use_certificate_chain_file(settings.tls_certificate, error);
  if (error) {
    return fmt::format(
        "the certificate {} cannot be used: {}", settings.tls_certificate, error.message());
  }
  context.use_private_key_file(settings.tls_key, ssl::context::pem, error);
  if (error) {
    return fmt::format("the key {} cannot be used: {}", settings.tls_key, error.message());
  }
  return std::nullopt;
}

}  // namespace

struct Server::Inside {
  Settings settings;
  std::unique_ptr<Webhooks> webhooks;
  std::optional<ssl::context> tls;
  std::optional<Api> api;
  std::vector<std::unique_ptr<Worker>> workers;
};

engine::Result<std::unique_ptr<Server>, std::string> Server::open(Settings settings) {
  auto inside = std::make_unique<Inside>();
  inside->settings = std::move(settings);
  const auto& with = inside->settings;
  if (!with.webhooks.url.empty()) {
    auto webhooks = Webhooks::open(with.webhooks);
    if (!webhooks) return webhooks.error();
    inside->webhooks = std::move(webhooks).value();
  }
  if (!with.tls_certificate.empty()) {
    inside->tls.emplace(ssl::context::tls_server);
    if (auto fault = load_certificate(*inside->tls, with)) return *std::move(fault);
  }
  error_code error;
  const auto address = asio::ip::make_address(with.address, error);
  if (error) return fmt::format("'{}' is no numeric address", with.address);

  std::random_device random;
  const auto seed = (static_cast<std::uint64_t>(random()) << 32) | random();
  inside->api.emplace(
      Api::Settings{.secret_key = with.secret_key, .seed = seed}, inside->webhooks.get());
  auto port = with.port;
  for (unsigned i = 0; i < with.threads; ++i) {
    auto worker = std::make_unique<Worker>(*inside->api, inside->tls ? &*inside->tls : nullptr);
    error = worker->open({address, port});
    if (error) return fmt::format("{}:{}: {}", with.address, port, error.message());
    port = worker->port();
    inside->workers.push_back(std::move(worker));
  }
  for (auto& worker : inside->workers) worker->start();
  return std::unique_ptr<Server>(new Server(std::move(inside)));
}

Server::Server(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}

Server::~Server() = default;

std::uint16_t Server::port() const noexcept {
  return inside_->workers.front()->port();
}

std::string Server::url() const {
  const auto& address = inside_->settings.address;
  const bool is_v6 = address.find(':') != std::string::npos;
  return fmt::format(
      "{}://{}{}{}:{}",
      inside_->tls ? "https" : "http",
      is_v6 ? "[" : "",
      address,
      is_v6 ? "]" : "",
      port());
}

}  // namespace cavea::simulator
