#include "outbound/secret.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace cavea::outbound {

namespace {

/// Keys are a line of text; anything much longer is the wrong file.
constexpr std::size_t secret_bytes_max = 4096;

bool is_visible(char c) {
  return c > ' ' && c < 0x7f;
}

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

}  // namespace

engine::Result<Secret, SecretFault> read_secret(const std::filesystem::path& file) {
  const auto failed = [&file](int error) {
    return SecretFault{
        fmt::format("the secret in {} cannot be read: {}", file.string(), std::strerror(error))};
  };
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return failed(errno);
  std::string text(secret_bytes_max + 2, '\0');
  const auto count = ::read(fd, text.data(), text.size());
  const int error = errno;
  ::close(fd);
  if (count < 0) return failed(error);

  text.resize(static_cast<std::size_t>(count));
  while (!text.empty() && is_space(text.back())) text.pop_back();
  if (text.empty()) return SecretFault{fmt::format("the secret in {} is empty", file.string())};
  if (text.size() > secret_bytes_max || !std::all_of(text.begin(), text.end(), is_visible)) {
    return SecretFault{fmt::format(
        "{} is no secret: one line of at most {} printable characters without blanks is needed",
        file.string(),
        secret_bytes_max)};
  }
  return Secret(std::move(text));
}

}  // namespace cavea::outbound
