#pragma once

#include <string>

struct sockaddr;

namespace cavea::outbound {

/// Whether an address is one of the public internet: not of this machine, a private network, a
/// link, or any other range that is set aside (IANA IPv4 and IPv6 Special-Purpose Address
/// Registries; RFC 6890). Of an IPv6 address that leads to an IPv4 one (mapped, NAT64, 6to4), that
/// one counts, too. Anything that is no internet address is none.
[[nodiscard]] bool is_public(const sockaddr& address) noexcept;

/// "10.0.0.7"; "?" for what is no internet address.
[[nodiscard]] std::string text_of(const sockaddr& address);

}  // namespace cavea::outbound
