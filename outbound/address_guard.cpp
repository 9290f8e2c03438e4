#include "outbound/address_guard.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace cavea::outbound {

namespace {

struct Range4 {
  std::uint32_t network = 0;
  int bits = 0;
};

constexpr std::uint32_t ip(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  return a << 24 | b << 16 | c << 8 | d;
}

constexpr Range4 set_aside_4[] = {
    {ip(0, 0, 0, 0), 8},        // this network
    {ip(10, 0, 0, 0), 8},       // private
    {ip(100, 64, 0, 0), 10},    // shared by a provider's customers
    {ip(127, 0, 0, 0), 8},      // this machine
    {ip(169, 254, 0, 0), 16},   // a link; clouds tell machines their secrets here
    {ip(172, 16, 0, 0), 12},    // private
    {ip(192, 0, 0, 0), 24},     // protocols
    {ip(192, 0, 2, 0), 24},     // documentation
    {ip(192, 31, 196, 0), 24},  // AS112
    {ip(192, 52, 193, 0), 24},  // AMT
    {ip(192, 88, 99, 0), 24},   // 6to4 relays
    {ip(192, 168, 0, 0), 16},   // private
    {ip(192, 175, 48, 0), 24},  // AS112
    {ip(198, 18, 0, 0), 15},    // measurements
    {ip(198, 51, 100, 0), 24},  // documentation
    {ip(203, 0, 113, 0), 24},   // documentation
    {ip(224, 0, 0, 0), 3},      // groups, reserved, broadcast
};

bool is_public_4(std::uint32_t address) {
  return std::none_of(std::begin(set_aside_4), std::end(set_aside_4), [&](const Range4& range) {
    return (address ^ range.network) >> (32 - range.bits) == 0;
  });
}

using Bytes6 = std::array<std::uint8_t, 16>;

bool begins(const Bytes6& address, std::initializer_list<std::uint8_t> prefix) {
  return std::equal(prefix.begin(), prefix.end(), address.begin());
}

std::uint32_t four_at(const Bytes6& address, std::size_t at) {
  return ip(address[at], address[at + 1], address[at + 2], address[at + 3]);
}

bool is_public_6(const Bytes6& address) {
  if (begins(address, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff})) {
    return is_public_4(four_at(address, 12));
  }
  if (begins(address, {0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0})) {
    return is_public_4(four_at(address, 12));
  }
  // Only what is given out by now: 2000::/3, without what is set aside in it.
  if (address[0] >> 5 != 1) return false;
  if (begins(address, {0x20, 0x02})) return is_public_4(four_at(address, 2));
  // 2001::/23: Teredo, ORCHID, measurements; 2001:db8::/32 and 3fff::/20: documentation.
  if (begins(address, {0x20, 0x01}) && address[2] < 2) return false;
  if (begins(address, {0x20, 0x01, 0x0d, 0xb8})) return false;
  if (begins(address, {0x3f, 0xff}) && address[2] >> 4 == 0) return false;
  return !begins(address, {0x26, 0x20, 0x00, 0x4f, 0x80, 0x00});
}

}  // namespace

bool is_public(const sockaddr& address) noexcept {
  if (address.sa_family == AF_INET) {
    sockaddr_in four{};
    std::memcpy(&four, &address, sizeof four);
    return is_public_4(ntohl(four.sin_addr.s_addr));
  }
  if (address.sa_family != AF_INET6) return false;
  sockaddr_in6 six{};
  std::memcpy(&six, &address, sizeof six);
  Bytes6 bytes{};
  std::memcpy(bytes.data(), &six.sin6_addr, bytes.size());
  return is_public_6(bytes);
}

std::string text_of(const sockaddr& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* bytes = nullptr;
  sockaddr_in four{};
  sockaddr_in6 six{};
  if (address.sa_family == AF_INET) {
    std::memcpy(&four, &address, sizeof four);
    bytes = &four.sin_addr;
  } else if (address.sa_family == AF_INET6) {
    std::memcpy(&six, &address, sizeof six);
    bytes = &six.sin6_addr;
  }
  if (bytes == nullptr) return "?";
  if (::inet_ntop(address.sa_family, bytes, text.data(), text.size()) == nullptr) return "?";
  return text.data();
}

}  // namespace cavea::outbound
