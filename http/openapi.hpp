#pragma once

#include <string>
#include <string_view>

namespace cavea::http {

/// The API as an OpenAPI 3.1 document, with the program's version in `info.version`.
[[nodiscard]] std::string openapi_document(std::string_view version);

/// A page that shows `/openapi.json` to people. It loads nothing from elsewhere.
[[nodiscard]] std::string_view docs_page();

}  // namespace cavea::http
