#pragma once

#include "tests/support/json_schema.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace cavea::test {

/// An answer as a client got it.
struct SeenAnswer {
  std::string method;  ///< "GET".
  std::string path;    ///< With or without a query string.
  int status = 0;
  std::string content_type;  ///< Empty: no body.
  std::string body;
};

/// Holds real answers against the OpenAPI document that the node serves.
class OpenApiChecker {
 public:
  /// `text` is the document. Throws when it is not JSON.
  explicit OpenApiChecker(std::string_view text);

  /// What the document does not allow about the answer: a path or status that it does not have,
  /// another content type, a body that does not fit its schema. Empty: nothing. Problems must also
  /// be in the table `x-problems` with their status.
  [[nodiscard]] std::vector<std::string> faults(const SeenAnswer& answer) const;

  /// What is wrong with a request's body; empty: nothing.
  [[nodiscard]] std::vector<std::string> request_faults(
      const std::string& method, const std::string& path, const std::string& body) const;

  [[nodiscard]] const nlohmann::json& document() const { return document_; }

  [[nodiscard]] const JsonSchema& schema() const { return schema_; }

 private:
  [[nodiscard]] const nlohmann::json* find_operation(
      const std::string& method, const std::string& path) const;

  nlohmann::json document_;
  JsonSchema schema_;
};

}  // namespace cavea::test
