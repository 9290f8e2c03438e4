#include "tests/tidy/include_rules.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace cavea::tidy {
namespace {

/// How the headers of a library are recognised.
struct Library {
  std::string_view prefix;
  std::string_view name;
};

// A longer prefix stands before a shorter one that it contains.
constexpr Library libraries[] = {
    {"boost/beast", "Beast"},
    {"boost/", "Boost"},
    {"caf/", "CAF"},
    {"CLI/", "CLI11"},
    {"csv.h", "libcsv"},
    {"curl/", "libcurl"},
    {"date/", "date"},
    {"doctest/", "doctest"},
    {"fmt/", "fmt"},
    {"jwt.h", "libjwt"},
    {"libical/", "libical"},
    {"kainjow/", "mustache"},
    {"nlohmann/", "nlohmann/json"},
    {"openssl/", "OpenSSL"},
    {"png.h", "libpng"},
    {"prometheus/", "prometheus-cpp"},
    {"qrencode.h", "libqrencode"},
    {"librdkafka/", "librdkafka"},
    {"raft.h", "raft"},
    {"raft/", "raft"},
    {"rocksdb/", "RocksDB"},
    {"spdlog/", "spdlog"},
    {"unicode/", "ICU"},
    {"xxhash.h", "xxhash"},
    {"zlib.h", "zlib"},
};

constexpr std::string_view posix = "POSIX";
constexpr std::string_view unknown = "an unknown library";

struct Room {
  std::string_view name;
  std::vector<std::string_view> rooms;
  std::vector<std::string_view> libraries;
};

/// What each room may include besides itself and the standard library.
const std::vector<Room>& table() {
  static const std::vector<Room> rooms{
      {"engine", {}, {}},
      {"persistence", {"engine"}, {"RocksDB", "xxhash", posix}},
      {"cluster", {"engine"}, {"raft"}},
      {"actors", {"engine", "persistence", "cluster"}, {"CAF", "fmt", "spdlog", posix}},
      {"tickets",
       {"engine"},
       {"OpenSSL", "libjwt", "libical", "libpng", "libqrencode", "nlohmann/json", "date"}},
      {"http",
       {"engine", "tickets"},
       {"Beast",
        "Boost",
        "nlohmann/json",
        "fmt",
        "spdlog",
        "date",
        "libjwt",
        "xxhash",
        "zlib",
        posix}},
      {"outbound",
       {"engine", "tickets"},
       {"libcurl",
        "OpenSSL",
        "nlohmann/json",
        "fmt",
        "spdlog",
        "date",
        "ICU",
        "mustache",
        "librdkafka",
        posix}},
      {"simulator", {"engine"}, {"Beast", "Boost", "OpenSSL", "nlohmann/json", "fmt", posix}},
      {"app",
       {"engine", "persistence", "cluster", "actors", "tickets", "http", "outbound", "simulator"},
       {"Boost",
        "nlohmann/json",
        "fmt",
        "spdlog",
        "date",
        "libjwt",
        "CLI11",
        "libcsv",
        "libcurl",
        "prometheus-cpp",
        "OpenSSL",
        "RocksDB",
        posix}},
      {"bench",
       {"engine", "persistence"},
       {"Beast", "Boost", "nlohmann/json", "fmt", "CLI11", "libcurl", "libjwt", "RocksDB", posix}},
  };
  return rooms;
}

struct Include {
  std::string_view target;
  bool quoted = false;
};

std::optional<Include> include_in(std::string_view line) {
  const auto skip_blanks = [&line] {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  };
  const auto take = [&line](std::string_view word) {
    if (!line.starts_with(word)) return false;
    line.remove_prefix(word.size());
    return true;
  };
  skip_blanks();
  if (!take("#")) return std::nullopt;
  skip_blanks();
  if (!take("include")) return std::nullopt;
  skip_blanks();
  const bool quoted = line.starts_with('"');
  if (!quoted && !line.starts_with('<')) return std::nullopt;
  line.remove_prefix(1);
  return Include{.target = line.substr(0, line.find(quoted ? '"' : '>')), .quoted = quoted};
}

/// Names the library of a header in angle brackets; empty for the C and C++ standard library.
std::string_view library_of(std::string_view header) {
  for (const auto& library : libraries) {
    if (header.starts_with(library.prefix)) return library.name;
  }
  constexpr std::string_view c_headers[] = {
      "assert.h",
      "errno.h",
      "inttypes.h",
      "limits.h",
      "stdbool.h",
      "stddef.h",
      "stdint.h",
      "stdio.h",
      "stdlib.h",
      "string.h",
      "time.h"};
  if (header.find('.') == std::string_view::npos && header.find('/') == std::string_view::npos)
    return {};
  if (std::ranges::find(c_headers, header) != std::end(c_headers)) return {};
  constexpr std::string_view posix_folders[] = {"arpa/", "net/", "netinet/", "sys/"};
  constexpr std::string_view posix_headers[] = {
      "dirent.h",
      "fcntl.h",
      "grp.h",
      "ifaddrs.h",
      "netdb.h",
      "poll.h",
      "malloc.h",
      "pthread.h",
      "pwd.h",
      "sched.h",
      "signal.h",
      "spawn.h",
      "termios.h",
      "unistd.h"};
  const auto starts_header = [header](auto folder) { return header.starts_with(folder); };
  if (std::ranges::any_of(posix_folders, starts_header)) return posix;
  if (std::ranges::find(posix_headers, header) != std::end(posix_headers)) return posix;
  return unknown;
}

bool holds(const std::vector<std::string_view>& list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

bool is_room(std::string_view name) {
  return std::ranges::find(table(), name, &Room::name) != table().end();
}

/// What is wrong with the include, or nothing.
std::string fault_of(const Include& include, const Room& room) {
  const std::string target(include.target);
  if (include.quoted) {
    const auto folder = include.target.substr(0, include.target.find('/'));
    if (folder == include.target || !is_room(folder)) {
      return "\"" + target + "\" is not written from the root of the repository";
    }
    if (folder == room.name || holds(room.rooms, folder)) return {};
    return std::string(room.name) + " may not include " + target;
  }
  const auto library = library_of(include.target);
  if (library.empty() || holds(room.libraries, library)) return {};
  return std::string(room.name) + " may not use " + std::string(library) + " (<" + target + ">)";
}

}  // namespace

std::vector<Fault> include_faults(const SourceFile& file) {
  // Tests may look at everything.
  const auto name = file.room();
  const auto room = std::ranges::find(table(), name, &Room::name);
  if (room == table().end()) return {};

  std::vector<Fault> faults;
  std::size_t line = 0;
  for (const auto text : lines_of(file.text)) {
    ++line;
    const auto include = include_in(text);
    if (!include) continue;
    auto what = fault_of(*include, *room);
    if (!what.empty()) faults.push_back({.path = file.path, .line = line, .what = std::move(what)});
  }
  return faults;
}

}  // namespace cavea::tidy
