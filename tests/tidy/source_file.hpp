#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace cavea::tidy {

/// One of our C or C++ files, as the checks see it.
struct SourceFile {
  /// From the root of the repository, with forward slashes: "engine/ids.hpp".
  std::string path;
  std::string text;

  /// The first folder of the path: the room, or "tests".
  std::string room() const;
  bool is_header() const;
};

/// Something that breaks a rule, worded so that it can be found and put right.
struct Fault {
  std::string path;
  std::size_t line = 0;
  std::string what;
};

/// Every C and C++ file in the folders of the rooms and in tests/, in the order of their paths.
/// Throws std::filesystem::filesystem_error or std::runtime_error when one cannot be read.
std::vector<SourceFile> our_sources(const std::filesystem::path& root);

/// The lines of a text without their line ends. A line end at the very end starts no new line.
std::vector<std::string_view> lines_of(std::string_view text);

/// The text with every character in a comment, a string or a character literal replaced by a blank;
/// the delimiting quotes and all line ends stay, so that lines and columns are those of the text.
std::string without_comments_and_literals(std::string_view text);

/// Whether it may be part of a name.
bool is_word(char character);

/// Says all faults, one a line, for the message of a failed check.
std::string describe(const std::vector<Fault>& faults);

}  // namespace cavea::tidy
