#include "outbound/mail/template_names.hpp"

#include <algorithm>

namespace cavea::outbound::mail {

namespace {

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

}  // namespace

const std::vector<std::string_view>& template_names() {
  static const std::vector<std::string_view> names{
      "title",       "more",        "starts",       "ends",
      "zone",        "items",       "venue",        "address",
      "quantity",    "seats",       "price",        "total",
      "refunded",    "until",       "reason",       "reservation",
      "link",        "has_tickets", "tickets",      "number",
      "seat",        "image",       "tickets_left", "calendar",
      "whole",       "in_part",     "was_paid",     "offering_cancelled",
      "sale_closed", "otherwise"};
  return names;
}

std::vector<TemplateTag> tags_in(std::string_view text) {
  std::vector<TemplateTag> tags;
  std::size_t line = 1;
  std::size_t counted = 0;
  for (auto at = text.find("{{"); at != std::string_view::npos; at = text.find("{{", at + 2)) {
    const auto end = text.find("}}", at);
    if (end == std::string_view::npos) break;
    line += static_cast<std::size_t>(std::count(
        text.begin() + static_cast<std::ptrdiff_t>(counted),
        text.begin() + static_cast<std::ptrdiff_t>(at),
        '\n'));
    counted = at;
    auto inside = text.substr(at + 2, end - at - 2);
    TemplateTag tag{.sigil = '\0', .name = {}, .line = line};
    constexpr std::string_view sigils = "#^/>&!{=";
    if (!inside.empty() && sigils.find(inside.front()) != std::string_view::npos) {
      tag.sigil = inside.front();
      inside.remove_prefix(1);
    }
    tag.name = trimmed(inside);
    tags.push_back(tag);
  }
  return tags;
}

}  // namespace cavea::outbound::mail
