#include "tests/tidy/source_file.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace cavea::tidy {
namespace {

constexpr std::array our_folders{
    "engine",
    "persistence",
    "cluster",
    "actors",
    "http",
    "outbound",
    "simulator",
    "app",
    "bench",
    "tests"};

bool is_source(const std::filesystem::path& path) {
  const auto extension = path.extension();
  return extension == ".cpp" || extension == ".hpp" || extension == ".c" || extension == ".h";
}

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Walks over a text once and blanks what is no code.
class Blanker {
 public:
  explicit Blanker(std::string_view text) : text_(text), result_(text) {}

  std::string run() {
    while (at_ < text_.size()) step();
    return std::move(result_);
  }

 private:
  void step() {
    if (starts("//")) return blank_line_comment();
    if (starts("/*")) return blank_until("*/", 2);
    if (starts("R\"") && !follows_word()) return blank_raw_string();
    if (text_[at_] == '"') return blank_literal('"');
    // A quote inside a number parts its digits: 1'000.
    if (text_[at_] == '\'' && !follows_digit()) return blank_literal('\'');
    ++at_;
  }

  bool starts(std::string_view what) const { return text_.substr(at_, what.size()) == what; }

  // A prefix such as the L in LR"(...)" is rare enough to be no concern of ours.
  bool follows_word() const { return at_ > 0 && is_word(text_[at_ - 1]); }

  bool follows_digit() const {
    return at_ > 0 && std::isxdigit(static_cast<unsigned char>(text_[at_ - 1])) != 0;
  }

  void blank(std::size_t end) {
    for (; at_ < std::min(end, text_.size()); ++at_) {
      if (text_[at_] != '\n') result_[at_] = ' ';
    }
  }

  void blank_line_comment() { blank(std::min(text_.find('\n', at_), text_.size())); }

  void blank_until(std::string_view end, std::size_t skip) {
    const auto found = text_.find(end, at_ + skip);
    blank(found == std::string_view::npos ? text_.size() : found + end.size());
  }

  void blank_raw_string() {
    const auto open = text_.find('(', at_);
    if (open == std::string_view::npos) return blank(text_.size());
    const auto end = ")" + std::string(text_.substr(at_ + 2, open - at_ - 2)) + "\"";
    blank_until(end, open - at_);
    result_[at_ - 1] = '"';
  }

  void blank_literal(char quote) {
    ++at_;
    while (at_ < text_.size() && text_[at_] != quote && text_[at_] != '\n') {
      blank(at_ + (text_[at_] == '\\' ? 2 : 1));
    }
    ++at_;
  }

  std::string_view text_;
  std::string result_;
  std::size_t at_ = 0;
};

}  // namespace

std::string SourceFile::room() const {
  return path.substr(0, path.find('/'));
}

bool SourceFile::is_header() const {
  return path.ends_with(".hpp") || path.ends_with(".h");
}

std::vector<SourceFile> our_sources(const std::filesystem::path& root) {
  std::vector<SourceFile> sources;
  for (const auto* folder : our_folders) {
    if (!std::filesystem::exists(root / folder)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
      if (!entry.is_regular_file() || !is_source(entry.path())) continue;
      sources.push_back(
          {.path = entry.path().lexically_relative(root).generic_string(),
           .text = read(entry.path())});
    }
  }
  std::ranges::sort(sources, {}, &SourceFile::path);
  return sources;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string without_comments_and_literals(std::string_view text) {
  return Blanker(text).run();
}

bool is_word(char character) {
  return std::isalnum(static_cast<unsigned char>(character)) != 0 || character == '_';
}

std::string describe(const std::vector<Fault>& faults) {
  std::string result;
  for (const auto& fault : faults) {
    result += "\n  " + fault.path + ":" + std::to_string(fault.line) + ": " + fault.what;
  }
  return result;
}

}  // namespace cavea::tidy
