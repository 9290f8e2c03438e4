#include "tests/support/openapi_checker.hpp"

#include <algorithm>

namespace cavea::test {

namespace {

using Json = nlohmann::json;

std::vector<std::string> segments_of(const std::string& path) {
  std::vector<std::string> segments;
  std::size_t begin = 0;
  while (begin < path.size()) {
    const auto end = std::min(path.find('/', begin + 1), path.size());
    segments.push_back(path.substr(begin + 1, end - begin - 1));
    begin = end;
  }
  return segments;
}

bool fits(const std::string& pattern, const std::string& path) {
  const auto wanted = segments_of(pattern);
  const auto given = segments_of(path);
  return std::equal(
      wanted.begin(), wanted.end(), given.begin(), given.end(), [](const auto& a, const auto& b) {
        return a.starts_with('{') || a == b;
      });
}

}  // namespace

OpenApiChecker::OpenApiChecker(std::string_view text)
    : document_(Json::parse(text)), schema_(document_) {}

const Json* OpenApiChecker::find_operation(
    const std::string& method, const std::string& path) const {
  std::string name = method;
  std::transform(
      name.begin(), name.end(), name.begin(), [](char c) { return static_cast<char>(c | 0x20); });
  const auto bare = path.substr(0, path.find('?'));
  for (const auto& [pattern, item] : document_.at("paths").items()) {
    if (fits(pattern, bare) && item.contains(name)) return &item.at(name);
  }
  return nullptr;
}

std::vector<std::string> OpenApiChecker::faults(const SeenAnswer& answer) const {
  const auto* operation = find_operation(answer.method, answer.path);
  if (operation == nullptr) return {"there is no " + answer.method + " " + answer.path};
  const auto& responses = operation->at("responses");
  const auto status = std::to_string(answer.status);
  const bool is_error = answer.status >= 400;
  if (!responses.contains(status) && !(is_error && responses.contains("default"))) {
    return {"there is no status " + status};
  }
  const auto& response =
      schema_.resolve(responses.at(responses.contains(status) ? status : "default"));
  if (!response.contains("content")) {
    if (answer.body.empty()) return {};
    return {"there must be no body"};
  }
  const auto type = answer.content_type.substr(0, answer.content_type.find(';'));
  const auto& content = response.at("content");
  if (!content.contains(type)) return {"there is no content type " + type};
  if (type.find("json") == std::string::npos) return {};

  const auto body = Json::parse(answer.body, nullptr, false);
  if (body.is_discarded()) return {"the body is not JSON"};
  auto found = schema_.faults(body, content.at(type).at("schema"));
  if (!is_error || !found.empty()) return found;
  const auto name = body.at("type").get<std::string>().substr(std::string("/problems/").size());
  const auto& known = document_.at("x-problems").at(name);
  if (known.at("status") != answer.status || body.at("status") != answer.status) {
    found.push_back("the problem " + name + " has another status");
  }
  return found;
}

std::vector<std::string> OpenApiChecker::request_faults(
    const std::string& method, const std::string& path, const std::string& body) const {
  const auto* operation = find_operation(method, path);
  if (operation == nullptr || !operation->contains("requestBody")) return {"there is no such body"};
  const auto& content = operation->at("requestBody").at("content");
  return schema_.faults(Json::parse(body), content.at("application/json").at("schema"));
}

}  // namespace cavea::test
