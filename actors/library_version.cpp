#include "actors/library_version.hpp"

#include <caf/config.hpp>
#include <fmt/format.h>

namespace cavea::actors {

std::string actor_library_version() {
  return fmt::format("{}.{}.{}", CAF_MAJOR_VERSION, CAF_MINOR_VERSION, CAF_PATCH_VERSION);
}

}  // namespace cavea::actors
