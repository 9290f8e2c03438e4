#include "engine/fault_list.hpp"

#include <algorithm>

namespace cavea::engine {

bool is_printable(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

void check_title(std::string_view text, std::string field, FaultList& faults) {
  if (!text.empty() && text.size() <= limits::title_length_max && is_printable(text)) return;
  const auto length = std::to_string(limits::title_length_max);
  faults.add(std::move(field), "must be 1 to " + length + " bytes without control characters");
}

void check_reason(std::string_view text, std::string field, FaultList& faults) {
  if (text.size() <= limits::reason_length_max && is_printable(text)) return;
  const auto length = std::to_string(limits::reason_length_max);
  faults.add(std::move(field), "must be at most " + length + " bytes without control characters");
}

}  // namespace cavea::engine
