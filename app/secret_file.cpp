#include "app/secret_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace cavea::app {
namespace {

/// Whether all of it reached the disk; else `errno` says why.
bool write_whole(int fd, const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const auto count = ::write(fd, text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    done += static_cast<std::size_t>(count);
  }
  return ::fsync(fd) == 0;
}

}  // namespace

std::string system_fault(const std::string& doing, const std::filesystem::path& file) {
  return fmt::format("{} {}: {}", doing, file.string(), std::strerror(errno));
}

std::optional<std::string> make_secret_file(
    const std::filesystem::path& file, const std::string& text, const char* what) {
  auto draft = file;
  draft += fmt::format(".{}", ::getpid());
  const int fd = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return system_fault(fmt::format("cannot make {}", what), draft);
  std::optional<std::string> fault;
  if (!write_whole(fd, text)) fault = system_fault(fmt::format("cannot write {}", what), draft);
  ::close(fd);
  if (!fault && ::link(draft.c_str(), file.c_str()) != 0 && errno != EEXIST) {
    fault = system_fault(fmt::format("cannot make {}", what), file);
  }
  ::unlink(draft.c_str());
  return fault;
}

}  // namespace cavea::app
