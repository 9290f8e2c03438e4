#include "http/json/findings.hpp"

#include <algorithm>

namespace cavea::http::json {

std::string Path::pointer() const {
  if (parent == nullptr) return {};
  std::string text = parent->pointer();
  text += '/';
  if (is_index) return text + std::to_string(index);
  for (const char c : name) {
    if (c == '~') {
      text += "~0";
    } else if (c == '/') {
      text += "~1";
    } else {
      text += c;
    }
  }
  return text;
}

void Findings::add_meaning(const engine::Faults& faults, std::string_view prefix) {
  for (const auto& fault : faults) {
    engine::Fault placed = fault;
    if (!placed.field.starts_with(prefix)) placed.field.insert(0, prefix);
    const bool is_named = std::any_of(faults_.begin(), faults_.end(), [&](const auto& known) {
      return known.field == placed.field;
    });
    if (!is_named) faults_.push_back(std::move(placed));
  }
}

}  // namespace cavea::http::json
