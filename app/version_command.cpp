#include "actors/library_version.hpp"
#include "app/commands.hpp"
#include "app/version.hpp"
#include "cluster/raft_version.hpp"

#include <CLI/Version.hpp>
#include <boost/version.hpp>
#include <curl/curl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <openssl/crypto.h>
#include <rocksdb/version.h>
#include <spdlog/version.h>

#include <iostream>
#include <string>
#include <utility>
#include <vector>

namespace cavea::app {
namespace {

using Versions = std::vector<std::pair<std::string, std::string>>;

Versions library_versions() {
  return {
      {"raft", cluster::raft_version_text(cluster::raft_version_number())},
      {"rocksdb", fmt::format("{}.{}.{}", ROCKSDB_MAJOR, ROCKSDB_MINOR, ROCKSDB_PATCH)},
      {"caf", actors::actor_library_version()},
      {"boost",
       fmt::format(
           "{}.{}.{}", BOOST_VERSION / 100'000, BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100)},
      {"nlohmann_json",
       fmt::format(
           "{}.{}.{}",
           NLOHMANN_JSON_VERSION_MAJOR,
           NLOHMANN_JSON_VERSION_MINOR,
           NLOHMANN_JSON_VERSION_PATCH)},
      {"openssl", OpenSSL_version(OPENSSL_VERSION_STRING)},
      {"curl", curl_version_info(CURLVERSION_NOW)->version},
      {"cli11", CLI11_VERSION},
      {"spdlog", fmt::format("{}.{}.{}", SPDLOG_VER_MAJOR, SPDLOG_VER_MINOR, SPDLOG_VER_PATCH)},
      {"fmt",
       fmt::format("{}.{}.{}", FMT_VERSION / 10'000, FMT_VERSION / 100 % 100, FMT_VERSION % 100)}};
}

std::string compiler_version() {
#if defined(__clang__)
  return fmt::format("clang {}.{}.{}", __clang_major__, __clang_minor__, __clang_patchlevel__);
#else
  return fmt::format("gcc {}.{}.{}", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
#endif
}

}  // namespace

ExitCode run_version(const VersionOptions& options) {
  if (options.json) {
    nlohmann::ordered_json document{
        {"version", std::string(version)},
        {"commit", std::string(git_commit)},
        {"describe", std::string(git_describe)},
        {"compiler", compiler_version()}};
    for (const auto& [name, number] : library_versions()) document["libraries"][name] = number;
    std::cout << document.dump(2) << '\n';
    return ExitCode::ok;
  }
  std::cout << fmt::format("cavea {} ({}), {}\n", version, git_describe, compiler_version());
  for (const auto& [name, number] : library_versions()) {
    std::cout << fmt::format("  {:<14} {}\n", name, number);
  }
  return ExitCode::ok;
}

}  // namespace cavea::app
