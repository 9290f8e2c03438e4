#include "tests/support/json_schema.hpp"

#include <regex>
#include <set>
#include <string_view>

namespace cavea::test {

namespace {

using Json = nlohmann::json;

bool has_type(const Json& value, std::string_view type) {
  if (type == "null") return value.is_null();
  if (type == "boolean") return value.is_boolean();
  if (type == "string") return value.is_string();
  if (type == "number") return value.is_number();
  if (type == "integer") return value.is_number_integer();
  if (type == "array") return value.is_array();
  return type == "object" && value.is_object();
}

bool is_annotation(std::string_view keyword) {
  static const std::set<std::string_view> known{
      "description", "default", "title", "examples", "format", "deprecated"};
  return known.contains(keyword);
}

bool is_time(const std::string& text) {
  static const std::regex pattern(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d))");
  return std::regex_match(text, pattern);
}

}  // namespace

struct JsonSchema::Check {
  const JsonSchema& owner;
  std::vector<std::string>& faults;

  void fault(const std::string& at, const std::string& what) const {
    faults.push_back((at.empty() ? std::string("(root)") : at) + ": " + what);
  }

  [[nodiscard]] std::size_t fault_count_of(const Json& value, const Json& schema) const {
    return owner.faults(value, schema).size();
  }

  void check(const Json& value, const Json& given, const std::string& at) const {
    const auto& schema = owner.resolve(given);
    for (const auto& [keyword, rule] : schema.items()) {
      if (!check_general(value, keyword, rule, at) && !check_text(value, keyword, rule, at)
          && !check_number(value, keyword, rule, at) && !check_array(value, keyword, rule, at)
          && !check_object(value, keyword, rule, schema, at) && !is_annotation(keyword)) {
        fault(at, "the validator does not know the keyword " + keyword);
      }
    }
    if (schema.value("format", "") == "date-time" && value.is_string()
        && !is_time(value.get<std::string>())) {
      fault(at, "must be an RFC 3339 time");
    }
  }

  bool check_general(
      const Json& value,
      const std::string& keyword,
      const Json& rule,
      const std::string& at) const {
    if (keyword == "type") {
      bool fits = false;
      for (const auto& type : rule.is_array() ? rule : Json::array({rule})) {
        fits = fits || has_type(value, type.get<std::string>());
      }
      if (!fits) fault(at, "must be of type " + rule.dump());
    } else if (keyword == "enum") {
      bool is_there = false;
      for (const auto& allowed : rule) is_there = is_there || allowed == value;
      if (!is_there) fault(at, "must be one of " + rule.dump() + ", is " + value.dump());
    } else if (keyword == "const") {
      if (value != rule) fault(at, "must be " + rule.dump());
    } else if (keyword == "anyOf" || keyword == "oneOf") {
      std::size_t matches = 0;
      for (const auto& option : rule) matches += fault_count_of(value, option) == 0 ? 1 : 0;
      if (matches == 0 || (keyword == "oneOf" && matches > 1)) fault(at, "must match " + keyword);
    } else if (keyword == "allOf") {
      for (const auto& part : rule) check(value, part, at);
    } else {
      return false;
    }
    return true;
  }

  bool check_text(
      const Json& value,
      const std::string& keyword,
      const Json& rule,
      const std::string& at) const {
    if (keyword != "minLength" && keyword != "maxLength" && keyword != "pattern") return false;
    if (!value.is_string()) return true;
    const auto& text = value.get_ref<const std::string&>();
    if (keyword == "pattern" && !std::regex_search(text, std::regex(rule.get<std::string>()))) {
      fault(at, "must match the pattern " + rule.dump());
    }
    if (keyword == "minLength" && text.size() < rule.get<std::size_t>()) fault(at, "is too short");
    if (keyword == "maxLength" && text.size() > rule.get<std::size_t>()) fault(at, "is too long");
    return true;
  }

  bool check_number(
      const Json& value,
      const std::string& keyword,
      const Json& rule,
      const std::string& at) const {
    if (keyword != "minimum" && keyword != "maximum") return false;
    if (!value.is_number()) return true;
    if (keyword == "minimum" && value < rule) fault(at, "must be at least " + rule.dump());
    if (keyword == "maximum" && value > rule) fault(at, "must be at most " + rule.dump());
    return true;
  }

  bool check_array(
      const Json& value,
      const std::string& keyword,
      const Json& rule,
      const std::string& at) const {
    static const std::set<std::string_view> known{"items", "minItems", "maxItems", "uniqueItems"};
    if (!known.contains(keyword)) return false;
    if (!value.is_array()) return true;
    if (keyword == "minItems" && value.size() < rule.get<std::size_t>()) fault(at, "is too short");
    if (keyword == "maxItems" && value.size() > rule.get<std::size_t>()) fault(at, "is too long");
    if (keyword == "uniqueItems"
        && std::set<Json>(value.begin(), value.end()).size() != value.size()) {
      fault(at, "must not hold anything twice");
    }
    if (keyword != "items") return true;
    for (std::size_t i = 0; i < value.size(); ++i)
      check(value[i], rule, at + "/" + std::to_string(i));
    return true;
  }

  bool check_object(
      const Json& value,
      const std::string& keyword,
      const Json& rule,
      const Json& schema,
      const std::string& at) const {
    if (keyword != "properties" && keyword != "required" && keyword != "additionalProperties") {
      return false;
    }
    if (!value.is_object()) return true;
    if (keyword == "required") {
      for (const auto& name : rule) {
        if (!value.contains(name)) fault(at, "must have the member " + name.dump());
      }
      return true;
    }
    const auto properties = schema.value("properties", Json::object());
    for (const auto& [name, member] : value.items()) {
      const bool is_listed = properties.contains(name);
      const auto member_at = at + "/" + name;
      if (keyword == "properties" && is_listed) check(member, properties[name], member_at);
      if (keyword != "additionalProperties" || is_listed) continue;
      if (rule.is_object()) {
        check(member, rule, member_at);
      } else if (rule == false) {
        fault(at, "must not have the member " + name);
      }
    }
    return true;
  }
};

std::vector<std::string> JsonSchema::faults(const Json& value, const Json& schema) const {
  std::vector<std::string> found;
  Check{*this, found}.check(value, schema, {});
  return found;
}

const Json& JsonSchema::resolve(const Json& value) const {
  const auto* at = &value;
  while (at->is_object() && at->contains("$ref")) {
    const auto reference = at->at("$ref").get<std::string>();
    at = &document_.at(Json::json_pointer(reference.substr(1)));
  }
  return *at;
}

}  // namespace cavea::test
