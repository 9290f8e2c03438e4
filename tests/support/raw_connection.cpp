#include "tests/support/raw_connection.hpp"

#include <netdb.h>
#include <poll.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

#include <sys/socket.h>
#include <unistd.h>

namespace cavea::test {
namespace {

int connect_to(const std::string& host, const std::string& port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0) return -1;
  const int fd = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool is_connected = fd >= 0 && ::connect(fd, found->ai_addr, found->ai_addrlen) == 0;
  ::freeaddrinfo(found);
  if (is_connected) return fd;
  if (fd >= 0) ::close(fd);
  return -1;
}

}  // namespace

RawConnection::RawConnection(std::string_view url) {
  constexpr std::string_view scheme = "http://";
  if (url.starts_with(scheme)) url.remove_prefix(scheme.size());
  const auto colon = url.rfind(':');
  if (colon == std::string_view::npos) throw std::runtime_error("no port in " + std::string(url));
  fd_ = connect_to(std::string(url.substr(0, colon)), std::string(url.substr(colon + 1)));
  if (fd_ < 0) throw std::runtime_error("cannot connect to " + std::string(url));
}

RawConnection::~RawConnection() {
  ::close(fd_);
}

void RawConnection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

bool RawConnection::read_more() {
  pollfd ready{.fd = fd_, .events = POLLIN, .revents = 0};
  const int count = ::poll(&ready, 1, static_cast<int>(patience.count()));
  if (count < 0 && errno == EINTR) return true;
  if (count == 0) throw std::runtime_error("nothing came in time; so far: " + input_);
  std::array<char, 16 * 1024> buffer{};
  const auto received = ::recv(fd_, buffer.data(), buffer.size(), 0);
  if (received <= 0) return false;
  input_.append(buffer.data(), static_cast<std::size_t>(received));
  return true;
}

std::string RawConnection::read_until(std::string_view mark) {
  auto found = input_.find(mark);
  while (found == std::string::npos) {
    if (!read_more()) throw std::runtime_error("the connection was closed after: " + input_);
    found = input_.find(mark);
  }
  auto text = input_.substr(0, found + mark.size());
  input_.erase(0, text.size());
  return text;
}

std::string RawConnection::read_bytes(std::size_t count) {
  while (input_.size() < count) {
    if (!read_more()) throw std::runtime_error("the connection was closed after: " + input_);
  }
  auto text = input_.substr(0, count);
  input_.erase(0, count);
  return text;
}

std::string RawConnection::read_to_end() {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (read_more()) {
    if (std::chrono::steady_clock::now() < deadline) continue;
    throw std::runtime_error("the connection does not end; so far: " + input_);
  }
  return std::exchange(input_, {});
}

}  // namespace cavea::test
