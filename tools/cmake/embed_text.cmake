# Called at build time with INPUT, OUTPUT, NAMESPACE and NAME: see CaveaEmbed.cmake.

file(READ "${INPUT}" TEXT)
file(CONFIGURE OUTPUT "${OUTPUT}" @ONLY CONTENT [==[
// Made of a text file by tools/cmake/embed_text.cmake.

#include <string_view>

namespace @NAMESPACE@ {

extern const std::string_view @NAME@;

const std::string_view @NAME@ = R"embedded(@TEXT@)embedded";

}  // namespace @NAMESPACE@
]==])
