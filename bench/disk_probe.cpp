// What the disk allows: appends 4 KiB and waits until they are on it, over and over. Every system
// that keeps what it acknowledged does this, and none can be faster than it for a single client:
// cavea-disk-probe --folder DIR --seconds 2

#include "bench/load/clock.hpp"
#include "bench/load/histogram.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include <unistd.h>

namespace {

using namespace cavea::bench;

constexpr std::size_t append_bytes = 4096;

/// A file without a name, gone with the process.
class ScratchFile {
 public:
  explicit ScratchFile(const std::string& folder) {
    std::string name = folder + "/cavea-disk-probe-XXXXXX";
    fd_ = ::mkstemp(name.data());
    if (fd_ < 0) throw std::runtime_error(fmt::format("--folder {}: {}", folder, reason()));
    ::unlink(name.c_str());
  }

  ~ScratchFile() { ::close(fd_); }

  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  void append(const std::vector<char>& bytes) {
    const auto written = ::write(fd_, bytes.data(), bytes.size());
    if (written != static_cast<ssize_t>(bytes.size()) || ::fdatasync(fd_) != 0) {
      throw std::runtime_error(fmt::format("writing failed: {}", reason()));
    }
  }

 private:
  static std::string reason() { return std::strerror(errno); }

  int fd_ = -1;
};

void probe(const std::string& folder, double seconds) {
  ScratchFile file(folder);
  const std::vector<char> bytes(append_bytes, 'c');
  Histogram times;
  const auto start = Clock::now();
  const auto end = start + duration_of(seconds);
  auto before = start;
  while (before < end) {
    file.append(bytes);
    const auto after = Clock::now();
    times.record(nanoseconds_of(after - before));
    before = after;
  }
  fmt::print(
      "{{\"median_ms\": {:.4f}, \"p99_ms\": {:.4f}, \"per_second\": {:.1f}}}\n",
      static_cast<double>(times.quantile(0.5)) / 1e6,
      static_cast<double>(times.quantile(0.99)) / 1e6,
      static_cast<double>(times.count()) / seconds_of(before - start));
}

int run(int argc, char** argv) {
  CLI::App app("Measures how long 4 KiB take to the disk (fdatasync); prints JSON.");
  app.name("cavea-disk-probe");
  std::string folder = ".";
  double seconds = 2;
  app.add_option("--folder", folder, "Folder on the disk to measure")->capture_default_str();
  app.add_option("--seconds", seconds, "How long")
      ->check(CLI::Range(0.1, 3600.0))
      ->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return error.get_exit_code() == 0 ? app.exit(error) : (app.exit(error), 2);
  }
  probe(folder, seconds);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return 1;
  }
}
