#include "http/openapi.hpp"

#include "engine/assert.hpp"

namespace cavea::http {

// Compiled in from http/openapi.json and http/docs_page.html (http/CMakeLists.txt).
extern const std::string_view openapi_text;
extern const std::string_view docs_page_text;

std::string openapi_document(std::string_view version) {
  constexpr std::string_view placeholder = "\"version\": \"unreleased\"";
  std::string document(openapi_text);
  const auto at = document.find(placeholder);
  CAVEA_ASSERT(at != std::string::npos);
  document.replace(at, placeholder.size(), "\"version\": \"" + std::string(version) + '"');
  return document;
}

std::string_view docs_page() {
  return docs_page_text;
}

}  // namespace cavea::http
