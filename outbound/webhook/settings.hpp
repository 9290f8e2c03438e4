#pragma once

#include <chrono>
#include <string>

namespace cavea::outbound::webhook {

/// How webhooks are called.
struct Settings {
  /// Addresses of this machine and of private networks, too, and http without TLS. Who may create
  /// webhooks can then make this node send requests to whatever it reaches.
  bool may_be_local = false;
  std::string ca_file;  ///< Authorities (PEM) to trust; empty: the system's.
  std::string user_agent = "Cavea";
  /// For a whole request: what receivers of other services are given, too.
  std::chrono::milliseconds request_time{15'000};
};

}  // namespace cavea::outbound::webhook
