#include "outbound/mail/template_set.hpp"

#include "engine/assert.hpp"
#include "outbound/mail/template_lines.hpp"
#include "outbound/mail/template_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <stdexcept>

namespace cavea::outbound::mail {

namespace {

namespace mustache = kainjow::mustache;

constexpr std::string_view subject_word = "Subject:";

std::string unescaped(const std::string& text) {
  return text;
}

mustache::mustache make_template(const std::string& text, bool is_html) {
  mustache::mustache made(mark_tag_lines(text));
  if (!is_html) made.set_custom_escape(unescaped);
  return made;
}

/// What is wrong with one file, as far as it can be said without filling it in.
std::optional<TemplateFault> fault_of_template(
    const std::string& path,
    const std::string& text,
    const std::map<std::string, std::string>& partials) {
  const auto parsed = mustache::mustache(text);
  if (!parsed.is_valid()) return TemplateFault{fmt::format("{}: {}", path, parsed.error_message())};
  const auto& names = template_names();
  for (const auto& tag : tags_in(text)) {
    const auto fault = [&](std::string what) {
      return TemplateFault{fmt::format("{}, line {}: {}", path, tag.line, what)};
    };
    if (tag.sigil == '!') continue;
    if (tag.sigil == '=') return fault("the braces of tags cannot be changed");
    if (tag.sigil == '>') {
      if (partials.contains(std::string(tag.name))) continue;
      return fault(fmt::format("there is no partial '{}' (a file '_{}')", tag.name, tag.name));
    }
    if (std::find(names.begin(), names.end(), tag.name) != names.end()) continue;
    return fault(
        fmt::format("nothing is called '{}'; there are {}", tag.name, fmt::join(names, ", ")));
  }
  return std::nullopt;
}

/// A partial may use others, but not itself, whether directly or through them.
std::optional<TemplateFault> fault_of_nesting(
    const std::string& folder,
    std::string_view ending,
    const std::map<std::string, std::string>& partials) {
  for (const auto& [first, first_text] : partials) {
    std::set<std::string> seen;
    std::vector<std::string> open{first};
    while (!open.empty()) {
      const auto name = open.back();
      open.pop_back();
      const auto found = partials.find(name);
      if (found == partials.end()) continue;
      for (const auto& tag : tags_in(found->second)) {
        if (tag.sigil != '>') continue;
        if (tag.name == first) {
          return TemplateFault{
              fmt::format("{}/_{}{}: the partial uses itself", folder, first, ending)};
        }
        if (seen.insert(std::string(tag.name)).second) open.emplace_back(tag.name);
      }
    }
  }
  return std::nullopt;
}

/// Partials of one kind in the folder of a language.
std::map<std::string, std::string> partials_in(
    const std::string& language, const TemplateFiles& files, std::string_view ending) {
  std::map<std::string, std::string> partials;
  const auto begin = language + "/_";
  for (auto at = files.lower_bound(begin); at != files.end() && at->first.starts_with(begin);
       ++at) {
    if (!at->first.ends_with(ending)) continue;
    const auto length = at->first.size() - begin.size() - ending.size();
    auto text = at->second;
    // The line break is the one behind the tag that names it.
    if (text.ends_with('\n')) text.pop_back();
    partials.emplace(at->first.substr(begin.size(), length), std::move(text));
  }
  return partials;
}

using Partials = std::map<std::string, std::string>;

/// What a template is filled in with: partials have names of their own, as Mustache says, so that
/// one may be called like a value.
class FillContext final : public mustache::context<std::string> {
 public:
  FillContext(const mustache::data& values, const Partials& partials)
      : mustache::context<std::string>(&values) {
    for (const auto& [name, text] : partials) {
      partials_.emplace(name, mustache::data(mark_tag_lines(text)));
    }
  }

  const mustache::data* get_partial(const std::string& name) const override {
    const auto found = partials_.find(name);
    return found == partials_.end() ? nullptr : &found->second;
  }

 private:
  std::map<std::string, mustache::data> partials_;
};

std::string fill_in(mustache::mustache& source, FillContext& values, std::string_view what) {
  auto text = source.render(values);
  if (!source.is_valid()) {
    throw std::runtime_error(fmt::format("the {} template: {}", what, source.error_message()));
  }
  return without_marked_lines(text);
}

/// At most one blank line between others, none at the beginning, and one line break at the end.
std::string tidy_text(const std::string& text) {
  std::string tidy;
  std::size_t breaks = 0;
  for (const char c : text) {
    if (c == '\n') {
      ++breaks;
      continue;
    }
    if (breaks > 0 && !tidy.empty()) tidy.append(std::min<std::size_t>(breaks, 2), '\n');
    breaks = 0;
    tidy += c;
  }
  return tidy + '\n';
}

}  // namespace

const std::vector<engine::NotificationKind>& all_kinds() {
  using enum engine::NotificationKind;
  static const std::vector<engine::NotificationKind> kinds{
      reservation_confirmed,
      reservation_cancelled,
      reservation_expired,
      reservation_refunded,
      reservation_changed,
      waiting_offer,
      waiting_ended,
      reminder,
      exchange_expired};
  return kinds;
}

engine::Result<TemplateSet::Language, TemplateFault> TemplateSet::read_language(
    const std::string& name, const TemplateFiles& files) {
  auto wording = Wording::of(name);
  if (!wording) {
    return TemplateFault{
        fmt::format("{}: the folder's name is no language, as en, ko or pt-BR", name)};
  }
  Language made{
      .wording = *std::move(wording), .kinds = {}, .text_partials = {}, .html_partials = {}};
  made.text_partials = partials_in(name, files, ".txt");
  made.html_partials = partials_in(name, files, ".html");
  const auto partials_for = [&made](std::string_view path) -> const auto& {
    return path.ends_with(".html") ? made.html_partials : made.text_partials;
  };
  for (auto at = files.lower_bound(name + '/'); at != files.end(); ++at) {
    if (!at->first.starts_with(name + '/')) break;
    if (auto fault = fault_of_template(at->first, at->second, partials_for(at->first))) {
      return *std::move(fault);
    }
  }
  if (auto fault = fault_of_nesting(name, ".txt", made.text_partials)) return *std::move(fault);
  if (auto fault = fault_of_nesting(name, ".html", made.html_partials)) return *std::move(fault);

  for (const auto kind : all_kinds()) {
    const auto path = fmt::format("{}/{}", name, engine::name_of(kind));
    const auto text = files.find(path + ".txt");
    const auto html = files.find(path + ".html");
    if (text == files.end()) return TemplateFault{path + ".txt is missing"};
    if (html == files.end()) return TemplateFault{path + ".html is missing"};
    const auto line_end = text->second.find('\n');
    const auto first = text->second.substr(0, line_end);
    if (!first.starts_with(subject_word) || line_end == std::string::npos) {
      return TemplateFault{path + ".txt: its first line must be 'Subject: ...'"};
    }
    made.kinds.emplace(
        kind,
        Templates{
            .subject = make_template(first.substr(subject_word.size()), false),
            .text = make_template(text->second.substr(line_end + 1), false),
            .html = make_template(html->second, true)});
    const auto& templates = made.kinds.at(kind);
    if (!templates.subject.is_valid() || !templates.text.is_valid()) {
      return TemplateFault{path + ".txt: a section must not go on behind the subject"};
    }
  }
  return made;
}

engine::Result<TemplateSet, TemplateFault> TemplateSet::from(const TemplateFiles& files) {
  TemplateSet set;
  for (const auto& [path, text] : files) {
    const auto language = path.substr(0, path.find('/'));
    if (set.by_name_.contains(language)) continue;
    auto read = read_language(language, files);
    if (!read) return std::move(read).error();
    set.by_name_.emplace(language, std::move(read).value());
    set.languages_.push_back(language);
  }
  if (set.languages_.empty()) {
    return TemplateFault{"there is no folder of a language with templates in it"};
  }
  std::stable_partition(
      set.languages_.begin(), set.languages_.end(), [](const auto& name) { return name == "en"; });
  return set;
}

const std::string& TemplateSet::language_for(std::string_view tag) const {
  for (const auto wanted : {tag, tag.substr(0, tag.find('-'))}) {
    const auto found = std::find(languages_.begin(), languages_.end(), wanted);
    if (found != languages_.end()) return *found;
  }
  return languages_.front();
}

const Wording& TemplateSet::wording(const std::string& language) const {
  const auto found = by_name_.find(language);
  CAVEA_ASSERT(found != by_name_.end());
  return found->second.wording;
}

MailText TemplateSet::render(
    const std::string& language, engine::NotificationKind kind, const mustache::data& values) {
  auto& found = by_name_.at(language);
  auto& templates = found.kinds.at(kind);
  FillContext for_text(values, found.text_partials);
  FillContext for_html(values, found.html_partials);
  auto subject = fill_in(templates.subject, for_text, "subject");
  subject.erase(0, subject.find_first_not_of(' '));
  return {
      .subject = std::move(subject),
      .text = tidy_text(fill_in(templates.text, for_text, "text")),
      .html = fill_in(templates.html, for_html, "HTML")};
}

}  // namespace cavea::outbound::mail
