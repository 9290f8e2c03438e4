#pragma once

#include <string>

namespace cavea::outbound::webhook {

/// How webhooks are called.
struct Settings {
  /// Addresses of this machine and of private networks, too, and http without TLS. Who may create
  /// webhooks can then make this node send requests to whatever it reaches.
  bool may_be_local = false;
  std::string ca_file;  ///< Authorities (PEM) to trust; empty: the system's.
  std::string user_agent = "Cavea";
};

}  // namespace cavea::outbound::webhook
