#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cavea::persistence {

/// Finds texts in which every word of a question occurs, whatever the case of A to Z and of the
/// letters of Latin-1 (UTF-8). A word may be a part of a longer one: "music" finds "Musical".
class TextMatch {
 public:
  /// `question` empty: matches everything.
  explicit TextMatch(std::string_view question);

  [[nodiscard]] bool matches(std::string_view title, std::string_view description) const;

 private:
  std::vector<std::string> words_;
};

}  // namespace cavea::persistence
