#include "persistence/disk_space.hpp"

#include <filesystem>
#include <system_error>

namespace cavea::persistence {

std::optional<StoreError> check_free_space(const std::string& path, std::uint64_t bytes_min) {
  std::error_code code;
  auto folder = std::filesystem::absolute(path, code);
  while (!std::filesystem::exists(folder, code) && folder.has_relative_path()) {
    folder = folder.parent_path();
  }
  const auto space = std::filesystem::space(folder, code);
  if (code) {
    return StoreError{
        StoreError::Kind::io,
        "the free space of " + folder.string() + " is not known: " + code.message()};
  }
  if (space.available >= bytes_min) return std::nullopt;
  return StoreError{
      StoreError::Kind::no_space,
      "only " + std::to_string(space.available >> 20) + " MiB are free for " + path + ", at least "
          + std::to_string(bytes_min >> 20) + " MiB are needed: make room, or move the data"};
}

}  // namespace cavea::persistence
