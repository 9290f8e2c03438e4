# The libraries that Cavea uses, all from Debian packages (tools/packages.txt).

find_package(PkgConfig REQUIRED)

# The first release of the cowsql line with raft_step() that keeps what it acknowledged.
set(CAVEA_RAFT_VERSION_MIN 0.22)
pkg_check_modules(RAFT IMPORTED_TARGET raft)
if(NOT RAFT_FOUND)
  message(
    FATAL_ERROR
      "libraft (cowsql raft) was not found. Cavea needs ${CAVEA_RAFT_VERSION_MIN} or newer: on Debian 12 "
      "install libraft-dev from bookworm-backports, on Debian 13 from main, or run tools/setup.sh.")
elseif(RAFT_VERSION VERSION_LESS CAVEA_RAFT_VERSION_MIN)
  message(
    FATAL_ERROR
      "libraft ${RAFT_VERSION} is too old, Cavea needs ${CAVEA_RAFT_VERSION_MIN} or newer. Version 0.15, which "
      "Debian 12 carries in main, loses log entries that it has acknowledged: a reservation that a "
      "customer was promised would be gone. Install libraft-dev from bookworm-backports (0.22.1), or "
      "run tools/setup.sh, which does that.")
endif()

pkg_check_modules(ROCKSDB REQUIRED IMPORTED_TARGET rocksdb>=7.8)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash>=0.8)
pkg_check_modules(JEMALLOC REQUIRED IMPORTED_TARGET jemalloc>=5.3)
pkg_check_modules(JWT REQUIRED IMPORTED_TARGET libjwt)
pkg_check_modules(ICAL REQUIRED IMPORTED_TARGET libical)
pkg_check_modules(ICU REQUIRED IMPORTED_TARGET icu-i18n icu-uc)
pkg_check_modules(RDKAFKA REQUIRED IMPORTED_TARGET rdkafka)
pkg_check_modules(PNG REQUIRED IMPORTED_TARGET libpng>=1.6)
pkg_check_modules(QRENCODE REQUIRED IMPORTED_TARGET libqrencode)

# Debian's CAF has neither a CMake package nor a pkg-config file.
find_path(CAF_INCLUDE_DIR caf/all.hpp REQUIRED)
find_library(CAF_CORE_LIBRARY caf_core REQUIRED)
find_library(CAF_IO_LIBRARY caf_io REQUIRED)
mark_as_advanced(CAF_INCLUDE_DIR CAF_CORE_LIBRARY CAF_IO_LIBRARY)
add_library(cavea_caf INTERFACE)
target_include_directories(cavea_caf SYSTEM INTERFACE "${CAF_INCLUDE_DIR}")
target_link_libraries(cavea_caf INTERFACE "${CAF_IO_LIBRARY}" "${CAF_CORE_LIBRARY}")

# Nor has libcsv.
find_library(CSV_LIBRARY csv REQUIRED)
mark_as_advanced(CSV_LIBRARY)

find_package(Boost 1.81 REQUIRED COMPONENTS url)
find_package(CLI11 REQUIRED)
find_package(CURL REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(date REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(prometheus-cpp REQUIRED)
find_package(spdlog REQUIRED)
find_package(doctest REQUIRED)
