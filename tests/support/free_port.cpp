#include "tests/support/free_port.hpp"

#include <random>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace cavea::test {

namespace {

bool is_free(std::uint16_t port) {
  const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int bound = ::bind(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  ::close(probe);
  return bound == 0;
}

}  // namespace

std::uint16_t free_port() {
  constexpr std::uint16_t first = 20'000;
  constexpr std::uint16_t last = 32'000;
  constexpr int tries = 100;
  std::random_device random;
  for (int i = 0; i < tries; ++i) {
    const auto port = std::uniform_int_distribution<std::uint16_t>(first, last)(random);
    if (is_free(port)) return port;
  }
  throw std::runtime_error("no free port was found");
}

}  // namespace cavea::test
