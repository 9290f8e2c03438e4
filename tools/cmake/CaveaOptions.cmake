# How every room is compiled. Rooms get these settings through the target `cavea_options`.

option(CAVEA_WARNINGS_AS_ERRORS "Stop the build at a compiler warning" OFF)
set(CAVEA_SANITIZE "" CACHE STRING "Sanitizers for our own code, as -fsanitize takes them")

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()

find_program(CAVEA_CCACHE ccache)
mark_as_advanced(CAVEA_CCACHE)
if(CAVEA_CCACHE)
  # What ccache asks for before it caches what uses precompiled headers; see "Precompiled headers" in
  # its manual. None of our files looks at the time it is compiled. Clones share what they compiled:
  # paths below the source are relative ("Compiling in different directories", there).
  set(launcher
      "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros
      "CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}" CCACHE_NOHASHDIR=1 "${CAVEA_CCACHE}")
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()

set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

find_package(Threads REQUIRED)

add_library(cavea_options INTERFACE)
target_compile_features(cavea_options INTERFACE cxx_std_20 c_std_11)
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
target_include_directories(cavea_options INTERFACE "${CMAKE_SOURCE_DIR}")
target_link_libraries(cavea_options INTERFACE Threads::Threads)
target_compile_options(
  cavea_options INTERFACE -Wall -Wextra -Wpedantic
                          $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor -Woverloaded-virtual>)
# Of files that are compiled together, names of one shadow those of another, and types are not those
# of the main file; who looks at each file alone is warned.
if(CAVEA_UNITE)
  target_compile_options(
    cavea_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-subobject-linkage>)
else()
  target_compile_options(cavea_options INTERFACE -Wshadow)
endif()
if(CAVEA_WARNINGS_AS_ERRORS)
  target_compile_options(cavea_options INTERFACE -Werror)
endif()
if(CAVEA_SANITIZE)
  set(sanitize -fsanitize=${CAVEA_SANITIZE})
  target_compile_options(
    cavea_options INTERFACE ${sanitize} -fno-sanitize-recover=all -fno-omit-frame-pointer
                            # With sanitizers g++ 12 sees uninitialised members in std::regex.
                            -Wno-maybe-uninitialized)
  target_link_options(cavea_options INTERFACE ${sanitize})
endif()
