# Called at build time with INPUT, OUTPUT, NAMESPACE and NAME: see CaveaEmbed.cmake.

file(GLOB_RECURSE paths RELATIVE "${INPUT}" "${INPUT}/*")
list(SORT paths)
set(ENTRIES "")
foreach(path IN LISTS paths)
  file(READ "${INPUT}/${path}" text)
  string(APPEND ENTRIES "    {R\"embedded(${path})embedded\", R\"embedded(${text})embedded\"},\n")
endforeach()
file(CONFIGURE OUTPUT "${OUTPUT}" @ONLY CONTENT [==[
// Made of the files of a folder by tools/cmake/embed_folder.cmake.

#include <string_view>
#include <utility>
#include <vector>

namespace @NAMESPACE@ {

using EmbeddedFiles = std::vector<std::pair<std::string_view, std::string_view>>;

extern const EmbeddedFiles @NAME@;

const EmbeddedFiles @NAME@{
@ENTRIES@};

}  // namespace @NAMESPACE@
]==])
