#pragma once

#include "engine/notification_id.hpp"
#include "engine/result.hpp"
#include "outbound/mail/template_files.hpp"
#include "outbound/mail/wording.hpp"

#include <kainjow/mustache.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cavea::outbound::mail {

/// What a mail says.
struct MailText {
  std::string subject;
  std::string text;
  std::string html;
};

/// The templates of all languages, checked: for each kind of notification there are a text, whose
/// first line is "Subject: ...", and HTML. Mustache (https://mustache.github.io/mustache.5.html);
/// files that begin with "_" are partials, "{{> items}}" is `_items.txt` or `_items.html`. What is
/// filled into HTML is escaped. For one thread.
class TemplateSet {
 public:
  /// A language without all of its templates, a tag that is not closed, a name that nothing stands
  /// for or a partial that is not there is a fault.
  [[nodiscard]] static engine::Result<TemplateSet, TemplateFault> from(const TemplateFiles& files);

  /// English first, when it is there; the others by name.
  [[nodiscard]] const std::vector<std::string>& languages() const noexcept { return languages_; }

  /// The best of `languages()` for a tag: itself, its language without the region, the first.
  [[nodiscard]] const std::string& language_for(std::string_view tag) const;

  /// `language`: one of `languages()`.
  [[nodiscard]] const Wording& wording(const std::string& language) const;

  /// Throws std::runtime_error when a template cannot be filled in, which `from` has ruled out as
  /// far as it can be.
  [[nodiscard]] MailText render(
      const std::string& language,
      engine::NotificationKind kind,
      const kainjow::mustache::data& values);

 private:
  struct Templates {
    kainjow::mustache::mustache subject;
    kainjow::mustache::mustache text;
    kainjow::mustache::mustache html;
  };

  struct Language {
    Wording wording;
    std::map<engine::NotificationKind, Templates> kinds;
    std::map<std::string, std::string> text_partials;  ///< By name, without "_" and ending.
    std::map<std::string, std::string> html_partials;
  };

  TemplateSet() = default;

  [[nodiscard]] static engine::Result<Language, TemplateFault> read_language(
      const std::string& name, const TemplateFiles& files);

  std::vector<std::string> languages_;
  std::map<std::string, Language, std::less<>> by_name_;
};

/// All that people are told of.
[[nodiscard]] const std::vector<engine::NotificationKind>& all_kinds();

}  // namespace cavea::outbound::mail
