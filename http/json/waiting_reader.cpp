#include "engine/limits.hpp"
#include "http/json/object_reader.hpp"
#include "http/json/waiting_codec.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace cavea::http::json {

namespace {

namespace limits = engine::limits;

std::vector<engine::OfferingId> read_offerings(ObjectReader& reader) {
  std::vector<engine::OfferingId> offerings;
  const auto* list = reader.require("offerings");
  if (list == nullptr) return offerings;
  if (!list->is_array() || list->empty() || list->size() > limits::offerings_per_wish_max) {
    reader.fault(
        "offerings",
        "must be an array of 1 to " + std::to_string(limits::offerings_per_wish_max)
            + " ids of performances or classes");
    return offerings;
  }
  const auto at = reader.path("offerings");
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto& item = (*list)[i];
    const auto id = item.is_string() ? engine::OfferingId::from(item.get_ref<const std::string&>())
                                     : std::nullopt;
    if (!id) {
      reader.findings().shape(at.element(i), std::string(name_words));
    } else if (std::find(offerings.begin(), offerings.end(), *id) != offerings.end()) {
      reader.findings().shape(at.element(i), "must not come twice");
    } else {
      offerings.push_back(*id);
    }
  }
  return offerings;
}

}  // namespace

engine::Result<WaitingInput, BadInput> read_waiting(const Json& value) {
  Findings findings;
  WaitingInput input;
  const auto root = Path::root();
  ObjectReader reader(value, root, findings);
  reader.allow_only(
      {"offerings",
       "party_size",
       "together",
       "accessible",
       "zones",
       "sections",
       "book_at_once",
       "user"});
  input.offerings = read_offerings(reader);
  if (reader.require("party_size") != nullptr) {
    constexpr IntegerLimits size_limits{.max = std::numeric_limits<std::uint32_t>::max()};
    input.wish.party_size =
        static_cast<std::uint32_t>(reader.integer("party_size", size_limits).value_or(0));
  }
  input.wish.together = reader.boolean("together").value_or(false);
  input.wish.accessible = reader.boolean("accessible").value_or(false);
  constexpr TextLimits name_limits{.min = 1, .max = 64};
  input.wish.zones = reader.texts("zones", limits::zones_max, name_limits);
  input.wish.sections = reader.texts("sections", limits::sections_max, name_limits);
  input.book_at_once = reader.boolean("book_at_once").value_or(false);
  constexpr TextLimits user_limits{.min = 1, .max = limits::user_length_max};
  input.user = reader.text("user", user_limits).value_or(std::string());
  if (findings.any()) return findings.take();
  return input;
}

}  // namespace cavea::http::json
