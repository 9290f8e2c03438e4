#include "app/catalogue_check.hpp"

#include "engine/venue.hpp"
#include "http/json/document.hpp"
#include "http/json/offering_codec.hpp"
#include "http/json/venue_codec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace cavea::app {
namespace {

/// What is known of a venue that offerings name.
struct KnownVenue {
  std::optional<http::json::House> house;  ///< Nothing: it does not exist, or has faults.
  bool has_faults = false;
};

class Checker {
 public:
  Checker(Catalogue& catalogue, const VenueLookup& look_up, engine::Timestamp now)
      : catalogue_(catalogue), look_up_(look_up), now_(now) {}

  std::vector<CheckedItem> check() {
    refuse_doubles();
    for (const auto& item : catalogue_.items) {
      if (item.kind == ItemKind::venue) check_venue(item);
    }
    for (const auto& item : catalogue_.items) {
      if (item.kind != ItemKind::venue) check_offering(item);
    }
    tidy_faults();
    return std::move(checked_);
  }

 private:
  void add_faults(const CatalogueItem& item, engine::Faults faults) {
    for (auto& fault : faults) {
      catalogue_.faults.push_back(item.where.fault(fault.field, std::move(fault.reason)));
    }
  }

  /// Performances and classes share their ids.
  void refuse_doubles() {
    std::map<std::pair<bool, std::string>, const CatalogueItem*> seen;
    for (const auto& item : catalogue_.items) {
      if (item.id.empty()) continue;
      const auto [first, is_new] = seen.try_emplace({item.kind == ItemKind::venue, item.id}, &item);
      if (is_new) continue;
      const auto earlier = first->second->where.fault("", "");
      catalogue_.faults.push_back(item.where.fault(
          "/id",
          fmt::format(
              "'{}' is the id of another {} already, at {}:{}",
              item.id,
              name_of(first->second->kind),
              earlier.file,
              earlier.line)));
    }
  }

  /// Faults found while the file was read; more of the codec would only be their consequences.
  [[nodiscard]] bool has_faults(const CatalogueItem& item) const {
    const auto& base = item.where.bases.front();
    return std::any_of(
        catalogue_.faults.begin(), catalogue_.faults.end(), [&](const ImportFault& fault) {
          return fault.file == item.where.file->name
                 && (fault.field == base || fault.field.starts_with(base + '/'));
        });
  }

  void check_venue(const CatalogueItem& item) {
    auto& known = venues_[item.id];
    known.has_faults = has_faults(item);
    if (known.has_faults) return;
    auto read = http::json::read_venue(item.body);
    known.has_faults = !read;
    if (!read) return add_faults(item, std::move(read).error().faults);
    if (!read->id) return;
    const engine::Venue venue{
        .id = *read->id, .revision = {1}, .definition = std::move(read->definition)};
    known.house = http::json::House::of(venue);
    std::string text;
    http::json::append_venue(text, venue);
    auto complete = Json::parse(text);
    complete.erase("revision");
    checked_.push_back({&item, std::move(complete)});
  }

  const KnownVenue& venue_of(const Json& body) {
    static const KnownVenue nobody;
    const auto id = http::json::venue_named_in(body);
    if (!id) return nobody;
    const auto [found, is_new] = venues_.try_emplace(id->str());
    if (!is_new) return found->second;
    auto document = look_up_(id->str());
    if (!document) return found->second;
    const auto revision = document->value("revision", 1U);
    document->erase("revision");
    auto read = http::json::read_venue(*document);
    if (!read) return found->second;
    found->second.house = http::json::House::of(
        {.id = *id, .revision = {revision}, .definition = std::move(read->definition)});
    return found->second;
  }

  void check_offering(const CatalogueItem& item) {
    const auto kind = item.kind == ItemKind::performance ? engine::OfferingKind::performance
                                                         : engine::OfferingKind::klass;
    const auto& venue = venue_of(item.body);
    const auto* house = venue.house ? &*venue.house : nullptr;
    auto read = http::json::read_offering(item.body, kind, house, now_);
    if (!read) {
      auto faults = std::move(read).error().faults;
      // That the venue is missing is no news when it stands in the files and has faults itself.
      if (venue.has_faults) {
        std::erase_if(faults, [](const engine::Fault& fault) { return fault.field == "/venue"; });
      }
      return add_faults(item, std::move(faults));
    }
    checked_.push_back({&item, http::json::writable_offering(*read->definition)});
  }

  /// In the order of file and line; of several at one place the first.
  void tidy_faults() {
    auto& faults = catalogue_.faults;
    std::set<std::tuple<std::string, std::size_t, std::string>> seen;
    std::erase_if(faults, [&](const ImportFault& fault) {
      return !seen.emplace(fault.file, fault.line, fault.field).second;
    });
    std::stable_sort(faults.begin(), faults.end(), [](const ImportFault& a, const ImportFault& b) {
      return std::tie(a.file, a.line) < std::tie(b.file, b.line);
    });
  }

  Catalogue& catalogue_;
  const VenueLookup& look_up_;
  engine::Timestamp now_;
  std::map<std::string, KnownVenue> venues_;
  std::vector<CheckedItem> checked_;
};

}  // namespace

std::vector<CheckedItem> check_catalogue(
    Catalogue& catalogue, const VenueLookup& look_up, engine::Timestamp now) {
  return Checker(catalogue, look_up, now).check();
}

}  // namespace cavea::app
