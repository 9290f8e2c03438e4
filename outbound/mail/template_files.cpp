#include "outbound/mail/template_files.hpp"

#include "outbound/mail/limits.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace cavea::outbound::mail {

/// Made of the folder `templates` when this is compiled.
extern const std::vector<std::pair<std::string_view, std::string_view>> embedded_templates;

namespace {

namespace fs = std::filesystem;

bool is_template(const fs::path& path) {
  return path.extension() == ".txt" || path.extension() == ".html";
}

/// The paths below `folder`, or what is wrong with it.
engine::Result<std::vector<fs::path>, TemplateFault> list(const std::string& folder) {
  std::vector<fs::path> found;
  std::error_code fault;
  for (fs::directory_iterator at(folder, fault), end; !fault && at != end; at.increment(fault)) {
    if (!at->is_directory()) continue;
    std::error_code inner;
    for (fs::directory_iterator file(at->path(), inner); !inner && file != end;
         file.increment(inner)) {
      if (is_template(file->path())) found.push_back(file->path());
    }
    if (inner) {
      return TemplateFault{
          fmt::format("{} cannot be read: {}", at->path().string(), inner.message())};
    }
  }
  if (fault) return TemplateFault{fmt::format("{} cannot be read: {}", folder, fault.message())};
  return found;
}

}  // namespace

TemplateFiles built_in_templates() {
  TemplateFiles files;
  for (const auto& [path, text] : embedded_templates) files.emplace(path, text);
  return files;
}

engine::Result<TemplateFiles, TemplateFault> read_templates(const std::string& folder) {
  auto paths = list(folder);
  if (!paths) return std::move(paths).error();
  TemplateFiles files;
  for (const auto& path : paths.value()) {
    std::ifstream in(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (!in.is_open() || in.bad()) {
      return TemplateFault{fmt::format("{} cannot be read", path.string())};
    }
    if (text.size() > limits::template_bytes_max) {
      return TemplateFault{
          fmt::format("{} has more than {} bytes", path.string(), limits::template_bytes_max)};
    }
    files.emplace((path.parent_path().filename() / path.filename()).string(), std::move(text));
  }
  return files;
}

}  // namespace cavea::outbound::mail
