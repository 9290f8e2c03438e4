#pragma once

#include <string>

namespace cavea::http {

/// What the handlers of the API need for life. Everything else comes with each exchange.
struct HandlerContext {
  std::string version;  ///< Of the program; served in `/openapi.json` as `info.version`.
};

}  // namespace cavea::http
