#include "app/readable_json.hpp"

namespace cavea::app {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr std::size_t line_length_max = 120;

bool is_flat(const OrderedJson& value) {
  for (const auto& element : value) {
    if (!element.is_structured()) continue;
    for (const auto& inner : element) {
      if (inner.is_structured()) return false;
    }
  }
  return true;
}

std::string text_of(const OrderedJson& value) {
  return value.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

/// On one line, with a blank behind commas and colons.
std::string one_line(const OrderedJson& value) {
  if (!value.is_structured()) return text_of(value);
  std::string text(1, value.is_object() ? '{' : '[');
  for (auto item = value.begin(); item != value.end(); ++item) {
    if (item != value.begin()) text += ", ";
    if (value.is_object()) text += text_of(item.key()) + ": ";
    text += one_line(item.value());
  }
  return text + (value.is_object() ? '}' : ']');
}

void append(std::string& out, const OrderedJson& value, std::size_t depth) {
  if (!value.is_structured() || value.empty()) {
    out += text_of(value);
    return;
  }
  if (is_flat(value)) {
    const auto line = one_line(value);
    if (line.size() + 2 * depth <= line_length_max) {
      out += line;
      return;
    }
  }
  const std::string margin(2 * depth + 2, ' ');
  out += value.is_object() ? "{\n" : "[\n";
  for (auto item = value.begin(); item != value.end(); ++item) {
    if (item != value.begin()) out += ",\n";
    out += margin;
    if (value.is_object()) out += text_of(item.key()) + ": ";
    append(out, item.value(), depth + 1);
  }
  out += '\n' + std::string(2 * depth, ' ') + (value.is_object() ? '}' : ']');
}

}  // namespace

std::string readable_json(const nlohmann::ordered_json& value) {
  std::string text;
  append(text, value, 0);
  return text;
}

}  // namespace cavea::app
