#include "persistence/text_match.hpp"

#include <algorithm>
#include <utility>

namespace cavea::persistence {

namespace {

/// Latin-1's capitals are U+00C0 to U+00DE without the multiplication sign; in UTF-8 they are this
/// byte and one of 0x80 to 0x9E, their small letters lie 0x20 behind.
constexpr char latin1_lead = '\xC3';

bool is_latin1_capital(unsigned char second) {
  return second >= 0x80 && second <= 0x9E && second != 0x97;
}

std::string lower_case(std::string_view text) {
  std::string result(text);
  for (std::size_t i = 0; i < result.size(); ++i) {
    char& c = result[i];
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c != latin1_lead || i + 1 == result.size()) continue;
    const auto second = static_cast<unsigned char>(result[++i]);
    if (is_latin1_capital(second)) result[i] = static_cast<char>(second + 0x20);
  }
  return result;
}

}  // namespace

TextMatch::TextMatch(std::string_view question) {
  const auto text = lower_case(question);
  std::string word;
  for (const char c : text) {
    if (c != ' ' && c != '\t' && c != '\n') {
      word.push_back(c);
      continue;
    }
    if (!word.empty()) words_.push_back(std::exchange(word, {}));
  }
  if (!word.empty()) words_.push_back(std::move(word));
}

bool TextMatch::matches(std::string_view title, std::string_view description) const {
  if (words_.empty()) return true;
  auto text = lower_case(title);
  text.push_back('\n');
  text += lower_case(description);
  return std::all_of(words_.begin(), words_.end(), [&text](const std::string& word) {
    return text.find(word) != std::string::npos;
  });
}

}  // namespace cavea::persistence
