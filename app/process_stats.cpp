#include "app/process_stats.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include <sys/resource.h>
#include <unistd.h>

namespace cavea::app {
namespace {

std::uint64_t resident_bytes() {
  // proc(5): the second number is the resident set size in pages.
  std::ifstream in("/proc/self/statm");
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  in >> size >> resident;
  return in ? resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) : 0;
}

std::uint64_t open_files() {
  std::error_code fault;
  std::filesystem::directory_iterator files("/proc/self/fd", fault);
  if (fault) return 0;
  // The folder itself is open while it is read.
  const auto count = std::distance(begin(files), end(files));
  return count > 0 ? static_cast<std::uint64_t>(count - 1) : 0;
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

ProcessStats read_process_stats() {
  ProcessStats stats{.resident_bytes = resident_bytes(), .open_files = open_files()};
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0) stats.open_files_max = files.rlim_cur;
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) == 0) {
    stats.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  }
  return stats;
}

}  // namespace cavea::app
