#pragma once

#include "tests/tidy/source_file.hpp"

#include <vector>

namespace cavea::tidy {

/// Every include of the file that the table of rooms (ARCHITECTURE.md, "Rooms") does not allow, and
/// every include of ours that is not written from the root of the repository.
std::vector<Fault> include_faults(const SourceFile& file);

}  // namespace cavea::tidy
