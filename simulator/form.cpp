#include "simulator/form.hpp"

#include "simulator/limits.hpp"

#include <algorithm>

namespace cavea::simulator {

namespace {

int value_of_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_escape = text[i] == '%' && i + 2 < text.size();
    const int high = is_escape ? value_of_digit(text[i + 1]) : -1;
    const int low = is_escape ? value_of_digit(text[i + 2]) : -1;
    if (high >= 0 && low >= 0) {
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

}  // namespace

std::optional<Form> Form::read(std::string_view text) {
  Form form;
  while (!text.empty()) {
    const auto pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(pair.size() + 1, text.size()));
    if (pair.empty()) continue;
    if (form.fields_.size() >= limits::form_fields) return std::nullopt;
    const auto equals = std::min(pair.find('='), pair.size());
    form.fields_.emplace_back(
        decode(pair.substr(0, equals)), decode(pair.substr(std::min(equals + 1, pair.size()))));
  }
  return form;
}

const std::string* Form::find(std::string_view name) const {
  for (const auto& [key, value] : fields_) {
    if (key == name) return &value;
  }
  return nullptr;
}

bool Form::has(std::string_view name, std::string_view value) const {
  return std::any_of(fields_.begin(), fields_.end(), [&](const auto& field) {
    return field.first == name && field.second == value;
  });
}

}  // namespace cavea::simulator
