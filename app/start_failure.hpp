#pragma once

#include "app/exit_code.hpp"

#include <string>

namespace cavea::app {

/// Why a node cannot start: what is wrong and what to do, and how the process is to end.
struct StartFailure {
  ExitCode code = ExitCode::internal;
  std::string text;
};

}  // namespace cavea::app
