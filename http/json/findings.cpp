#include "http/json/findings.hpp"

#include <algorithm>

namespace cavea::http::json {

std::string Path::pointer() const {
  std::string text;
  if (append_to(text)) return text;
  // Not in the middle of a character: the report has to be UTF-8.
  const auto is_continuation = [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
  };
  std::size_t end = pointer_bytes_max;
  while (end > 0 && is_continuation(text[end])) --end;
  text.resize(end);
  return text += "...";
}

bool Path::append_to(std::string& text) const {
  if (parent == nullptr) return true;
  if (!parent->append_to(text)) return false;
  text += '/';
  if (is_index) text += std::to_string(index);
  for (const char c : is_index ? std::string_view() : name) {
    if (c == '~') {
      text += "~0";
    } else if (c == '/') {
      text += "~1";
    } else {
      text += c;
    }
    if (text.size() > pointer_bytes_max) return false;
  }
  return text.size() <= pointer_bytes_max;
}

void Findings::add_meaning(const engine::Faults& faults, std::string_view prefix) {
  for (const auto& fault : faults) {
    if (count() >= faults_max) return;
    engine::Fault placed = fault;
    if (!placed.field.starts_with(prefix)) placed.field.insert(0, prefix);
    const bool is_named = std::any_of(faults_.begin(), faults_.end(), [&](const auto& known) {
      return known.field == placed.field;
    });
    if (!is_named) faults_.push_back(std::move(placed));
  }
}

}  // namespace cavea::http::json
