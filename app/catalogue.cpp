#include "app/catalogue.hpp"

#include "engine/ids.hpp"
#include "http/json/document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

namespace cavea::app {
namespace {

/// A run over a year is no performance but an exhibition.
constexpr std::int64_t duration_minutes_max = 366 * 1440;

bool has_value_at(const Json& document, const std::string& pointer) {
  return document.contains(Json::json_pointer(pointer));
}

/// Longer parts of `pointer` first, "" last.
std::vector<std::string> prefixes_of(std::string pointer) {
  std::vector<std::string> prefixes{pointer};
  while (!pointer.empty()) {
    pointer.resize(pointer.rfind('/'));
    prefixes.push_back(pointer);
  }
  return prefixes;
}

void turn_duration_into_end(CatalogueItem& item, std::vector<ImportFault>& faults) {
  const auto found = item.body.find("duration_minutes");
  if (found == item.body.end()) return;
  const auto duration = *found;
  item.body.erase(found);
  const bool is_number = duration.is_number_integer() && duration.get<std::int64_t>() >= 1
                         && duration.get<std::int64_t>() <= duration_minutes_max;
  if (!is_number) {
    faults.push_back(item.where.fault(
        "/duration_minutes", fmt::format("must be a number from 1 to {}", duration_minutes_max)));
    return;
  }
  if (item.body.contains("ends_at")) {
    faults.push_back(item.where.fault(
        "/duration_minutes", "must not stand beside ends_at: one of them says the end"));
    return;
  }
  const auto start = item.body.find("starts_at");
  if (start == item.body.end() || !start->is_string()) return;
  item.body["ends_at"] =
      plus_minutes(start->get<std::string>(), static_cast<int>(duration.get<std::int64_t>()));
}

/// The suffix of an id that the start gives; nothing when the start is not there or wrong.
std::optional<std::string> read_times(
    CatalogueItem& item, Day first_day, std::vector<ImportFault>& faults) {
  std::optional<std::string> suffix;
  for (const std::string name : time_members) {
    const auto found = item.body.find(name);
    if (found == item.body.end() || !found->is_string()) continue;
    const auto time = read_schedule_time(found->get<std::string>(), first_day);
    if (!time) {
      faults.push_back(item.where.fault('/' + name, time.error().reason));
      item.body.erase(found);
      continue;
    }
    *found = time->text;
    item.has_relative_times = item.has_relative_times || time->is_relative;
    if (name == "starts_at") suffix = time->suffix;
  }
  return suffix;
}

}  // namespace

std::string print_fault(const ImportFault& fault) {
  const auto* separator = fault.field.empty() ? "" : ": ";
  return fmt::format("{}:{}: {}{}{}", fault.file, fault.line, fault.field, separator, fault.reason);
}

ImportFault Whereabouts::fault(const std::string& pointer, std::string reason) const {
  if (csv_line != 0) {
    auto field = pointer.substr(std::min<std::size_t>(1, pointer.size()));
    for (const auto& prefix : prefixes_of(pointer)) {
      const auto column = columns.find(prefix);
      if (column == columns.end()) continue;
      field = column->second;
      break;
    }
    return {file->name, csv_line, field.empty() ? field : "column " + field, std::move(reason)};
  }

  for (const auto& prefix : prefixes_of(pointer)) {
    std::string place;
    if (const auto alias = aliases.find(prefix); alias != aliases.end()) place = alias->second;
    for (const auto& base : bases) {
      if (place.empty() && has_value_at(file->document, base + prefix)) place = base + prefix;
    }
    if (place.empty()) continue;
    // A member that is missing is named where it should stand.
    const bool is_below_alias = aliases.contains(prefix);
    const auto field = is_below_alias ? place : place + pointer.substr(prefix.size());
    return {file->name, http::json::line_of(file->text, place), field, std::move(reason)};
  }
  return {file->name, 1, pointer, std::move(reason)};
}

std::string_view path_of(ItemKind kind) {
  switch (kind) {
    case ItemKind::venue:
      return "/v1/venues";
    case ItemKind::performance:
      return "/v1/performances";
    case ItemKind::klass:
      return "/v1/classes";
  }
  return "";
}

std::string_view name_of(ItemKind kind) {
  switch (kind) {
    case ItemKind::venue:
      return "venue";
    case ItemKind::performance:
      return "performance";
    case ItemKind::klass:
      return "class";
  }
  return "";
}

std::string slug_of(std::string_view title) {
  std::string slug;
  for (const unsigned char c : title) {
    if (c < 0x80 && std::isalnum(c) != 0) {
      slug += static_cast<char>(std::tolower(c));
    } else if (!slug.empty() && slug.back() != '-') {
      slug += '-';
    }
  }
  while (slug.ends_with('-')) slug.pop_back();
  return slug;
}

void finish_offering(
    CatalogueItem& item, bool id_is_shared, Day first_day, std::vector<ImportFault>& faults) {
  const auto suffix = read_times(item, first_day, faults);
  turn_duration_into_end(item, faults);

  const auto given = item.body.find("id");
  const bool has_id = given != item.body.end() && given->is_string();
  if (has_id && !id_is_shared) {
    item.id = given->get<std::string>();
    return;
  }
  const auto title = item.body.find("title");
  const bool has_title = title != item.body.end() && title->is_string();
  if (!suffix || (!has_id && !has_title)) return;  // Faults of their own, found by the codec.
  const auto stem = has_id ? given->get<std::string>() : slug_of(title->get<std::string>());
  // Room for the start, which makes the id unique in its series.
  const auto room = engine::OfferingId::length_max - suffix->size() - 1;
  item.id = fmt::format("{}-{}", has_id ? stem : stem.substr(0, room), *suffix);
  item.body["id"] = item.id;
}

}  // namespace cavea::app
