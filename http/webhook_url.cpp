#include "http/webhook_url.hpp"

#include <boost/url/parse.hpp>

#include <algorithm>
#include <cctype>

namespace cavea::http {

namespace {

bool is_name_of_this_machine(std::string_view host) {
  std::string lower(host);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return lower == "localhost" || lower.ends_with(".localhost");
}

/// An address that everybody can see is none of the internet; the others are refused when they are
/// connected to.
bool is_plainly_local(const boost::urls::url_view& url) {
  if (url.host_type() == boost::urls::host_type::ipv4) {
    const auto address = url.host_ipv4_address();
    const auto bytes = address.to_bytes();
    return address.is_loopback() || address.is_unspecified() || address.is_multicast()
           || bytes[0] == 10 || (bytes[0] == 172 && bytes[1] >> 4 == 1)
           || (bytes[0] == 192 && bytes[1] == 168) || (bytes[0] == 169 && bytes[1] == 254);
  }
  if (url.host_type() == boost::urls::host_type::ipv6) {
    const auto address = url.host_ipv6_address();
    const auto bytes = address.to_bytes();
    return address.is_loopback() || address.is_unspecified() || address.is_v4_mapped()
           || bytes[0] >> 1 == 0x7e || (bytes[0] == 0xfe && bytes[1] >> 6 == 2);
  }
  return is_name_of_this_machine(url.host());
}

}  // namespace

std::optional<std::string> fault_of_webhook_url(std::string_view text, bool may_be_local) {
  const auto parsed = boost::urls::parse_uri({text.data(), text.size()});
  if (!parsed || !parsed->has_authority() || parsed->host().empty()) {
    return "must be a whole address: \"https://shop.example/cavea\"";
  }
  const auto& url = *parsed;
  const bool is_https = url.scheme_id() == boost::urls::scheme::https;
  const bool is_http = url.scheme_id() == boost::urls::scheme::http;
  if (!is_https && !(may_be_local && is_http)) return "must begin with https://";
  if (url.has_userinfo()) return "must not name a user or a password";
  if (url.has_fragment()) return "must not have a fragment";
  if (url.has_port() && !url.port().empty() && url.port_number() == 0) {
    return "must have a port from 1 to 65535";
  }
  if (!may_be_local && is_plainly_local(url)) {
    return "must not lead to this machine or into a private network";
  }
  return std::nullopt;
}

}  // namespace cavea::http
