#include "outbound/this_machine.hpp"

#include <cstdint>
#include <string>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace cavea::outbound {

bool is_this_machine(std::string_view host) {
  if (host == "localhost" || host == "[::1]") return true;
  in_addr address{};
  if (::inet_pton(AF_INET, std::string(host).c_str(), &address) != 1) return false;
  constexpr std::uint32_t loopback = 127;
  return ntohl(address.s_addr) >> 24 == loopback;
}

}  // namespace cavea::outbound
