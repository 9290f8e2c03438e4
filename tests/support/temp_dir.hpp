#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace cavea::test {

/// A folder of its own for one test, below the system's folder for temporary files; removed at the
/// end with all that is in it.
class TempDir {
 public:
  TempDir();
  ~TempDir();

  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const {
    return path_ / name;
  }

  /// Writes a file into the folder and gives its path.
  std::filesystem::path write(std::string_view name, std::string_view text) const;

 private:
  std::filesystem::path path_;
};

/// The whole of a file; fails the test when it cannot be read.
[[nodiscard]] std::string read_file(const std::filesystem::path& path);

}  // namespace cavea::test
