#include "http/json/object_reader.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <vector>

namespace cavea::http::json {

namespace {

bool contains(std::span<const std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string range_words(IntegerLimits limits) {
  return "must be a whole number from " + std::to_string(limits.min) + " to "
         + std::to_string(limits.max);
}

}  // namespace

std::optional<std::string> text_fault(std::string_view text, TextLimits limits) {
  if (text.size() < limits.min || text.size() > limits.max) {
    if (limits.min == 0) return "must be at most " + std::to_string(limits.max) + " bytes of UTF-8";
    return "must be " + std::to_string(limits.min) + " to " + std::to_string(limits.max)
           + " bytes of UTF-8";
  }
  const bool has_control = std::any_of(text.begin(), text.end(), [&](char c) {
    const auto code = static_cast<unsigned char>(c);
    if (code >= 0x20 && code != 0x7f) return false;
    return !limits.allow_lines || (c != '\n' && c != '\t' && c != '\r');
  });
  if (has_control) return "must not contain control characters";
  return std::nullopt;
}

std::optional<std::int64_t> integer_in(const Json& value, IntegerLimits limits) {
  if (!value.is_number_integer()) return std::nullopt;
  if (value.is_number_unsigned()
      && value.get<std::uint64_t>()
             > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return std::nullopt;
  }
  const auto number = value.get<std::int64_t>();
  if (number < limits.min || number > limits.max) return std::nullopt;
  return number;
}

ObjectReader::ObjectReader(const Json& value, const Path& at, Findings& findings)
    : at_(at), findings_(findings) {
  if (!value.is_object()) {
    findings_.shape(at_, "must be an object");
    return;
  }
  object_ = &value;
}

void ObjectReader::allow_only(
    std::span<const std::string_view> known, std::span<const std::string_view> computed) {
  if (object_ == nullptr) return;
  for (const auto& member : object_->items()) {
    if (contains(known, member.key())) continue;
    fault(
        member.key(),
        contains(computed, member.key()) ? "is computed by the server and must be left out"
                                         : "is not a field of this document");
  }
}

const Json* ObjectReader::find(std::string_view name) const {
  if (object_ == nullptr) return nullptr;
  const auto found = object_->find(name);
  return found == object_->end() ? nullptr : &*found;
}

const Json* ObjectReader::require(std::string_view name) {
  const auto* value = find(name);
  if (value == nullptr && object_ != nullptr) fault(name, "is required");
  return value;
}

std::optional<std::string> ObjectReader::text(std::string_view name, TextLimits limits) {
  const auto* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) {
    fault(name, "must be a string");
    return std::nullopt;
  }
  const auto& text = value->get_ref<const std::string&>();
  if (auto wrong = text_fault(text, limits)) {
    fault(name, std::move(*wrong));
    return std::nullopt;
  }
  return text;
}

std::optional<std::int64_t> ObjectReader::integer(std::string_view name, IntegerLimits limits) {
  const auto* value = find(name);
  if (value == nullptr) return std::nullopt;
  auto number = integer_in(*value, limits);
  if (!number) fault(name, range_words(limits));
  return number;
}

std::optional<bool> ObjectReader::boolean(std::string_view name) {
  const auto* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_boolean()) {
    fault(name, "must be true or false");
    return std::nullopt;
  }
  return value->get<bool>();
}

std::vector<std::string> ObjectReader::texts(
    std::string_view name, std::size_t count_max, TextLimits limits) {
  std::vector<std::string> texts;
  const auto* value = find(name);
  if (value == nullptr) return texts;
  if (!value->is_array() || value->size() > count_max) {
    fault(name, "must be an array of at most " + std::to_string(count_max) + " strings");
    return texts;
  }
  const auto at = path(name);
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < value->size(); ++i) {
    const auto& element = (*value)[i];
    if (!element.is_string()) {
      findings_.shape(at.element(i), "must be a string");
      continue;
    }
    const auto& text = element.get_ref<const std::string&>();
    if (auto wrong = text_fault(text, limits)) {
      findings_.shape(at.element(i), std::move(*wrong));
    } else if (!seen.insert(text).second) {
      findings_.shape(at.element(i), "must not be given twice");
    } else {
      texts.push_back(text);
    }
  }
  return texts;
}

}  // namespace cavea::http::json
