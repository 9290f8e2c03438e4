#pragma once

#include <string>

namespace cavea::actors {

/// The version of the actor library that this program was built with: "0.17.6".
[[nodiscard]] std::string actor_library_version();

}  // namespace cavea::actors
