#pragma once

#include <string_view>

namespace cavea::outbound {

/// Whether a host, as it stands in a URL, is this machine for certain: "localhost", or an address
/// of the loopback network. A name that only begins like one ("127.0.0.1.example") is not.
[[nodiscard]] bool is_this_machine(std::string_view host);

}  // namespace cavea::outbound
