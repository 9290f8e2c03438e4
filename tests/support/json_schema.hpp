#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace cavea::test {

/// Checks values against JSON Schema (draft 2020-12): the part of it that our OpenAPI document
/// uses. A keyword outside that part is reported as a fault, so that no rule is passed over in
/// silence.
class JsonSchema {
 public:
  using Json = nlohmann::json;

  /// References begin at the root of `document`, which must outlive this.
  explicit JsonSchema(const Json& document) : document_(document) {}

  /// What is wrong with `value`, as "/items/0/price: must be ...". Empty: nothing.
  [[nodiscard]] std::vector<std::string> faults(const Json& value, const Json& schema) const;

  /// The schema or anything else behind a `$ref`; asserts nothing: throws when there is none.
  [[nodiscard]] const Json& resolve(const Json& value) const;

 private:
  struct Check;

  const Json& document_;
};

}  // namespace cavea::test
