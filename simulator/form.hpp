#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cavea::simulator {

/// The fields of a form or a query string, in their order: "metadata[user]" -> "zoe".
class Form {
 public:
  /// Decodes application/x-www-form-urlencoded (https://url.spec.whatwg.org/#urlencoded-parsing).
  /// Nothing when it has more fields than `limits::form_fields`.
  [[nodiscard]] static std::optional<Form> read(std::string_view text);

  /// The value of the first field of that name; null when there is none.
  [[nodiscard]] const std::string* find(std::string_view name) const;

  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& fields() const {
    return fields_;
  }

  [[nodiscard]] bool has(std::string_view name, std::string_view value) const;

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

}  // namespace cavea::simulator
