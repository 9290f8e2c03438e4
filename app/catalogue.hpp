#pragma once

#include "app/schedule_time.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// What import files say, item by item, with where in which file each thing stands.

namespace cavea::app {

using Json = nlohmann::json;

/// Members of an offering that are times.
inline constexpr std::array<const char*, 4> time_members{
    "starts_at", "ends_at", "sale_opens_at", "sale_closes_at"};

/// A file as it was read; `document` is null for CSV.
struct SourceFile {
  std::string name;
  std::string text;
  Json document;
};

/// Something wrong in a file, and what would be right.
struct ImportFault {
  std::string file;
  std::size_t line = 0;  ///< From 1.
  std::string field;     ///< A JSON pointer into the file, or "column price".
  std::string reason;

  bool operator==(const ImportFault&) const = default;
};

/// "season.json:12: /performances/0/prices: must be ...".
[[nodiscard]] std::string print_fault(const ImportFault& fault);

/// Where the members of an item come from.
struct Whereabouts {
  std::shared_ptr<const SourceFile> file{};

  /// JSON: pointers to what was put together into the item, what wins first: a date, its series,
  /// the defaults.
  std::vector<std::string> bases{};

  /// JSON: a member that was made of another place: "/ends_at" of "/classes/0/duration_minutes".
  std::map<std::string, std::string> aliases{};

  std::size_t csv_line = 0;                      ///< CSV: the row's line; else 0.
  std::map<std::string, std::string> columns{};  ///< CSV: "/ends_at" of "end".

  /// The fault at a member of the item, with the line where the member, or its nearest parent,
  /// stands.
  [[nodiscard]] ImportFault fault(const std::string& pointer, std::string reason) const;
};

enum class ItemKind { venue, performance, klass };

/// "/v1/venues" and so on.
[[nodiscard]] std::string_view path_of(ItemKind kind);

/// "venue", "performance", "class".
[[nodiscard]] std::string_view name_of(ItemKind kind);

/// A venue, performance or class, as the API takes it.
struct CatalogueItem {
  ItemKind kind = ItemKind::venue;
  std::string id{};
  Json body{};
  bool has_relative_times = false;  ///< "week 1 tue 19:30": they say where a template starts.
  Whereabouts where{};
};

struct Catalogue {
  std::vector<CatalogueItem> items;
  std::vector<ImportFault> faults;
};

/// Reads a JSON file (see docs/operations.md) and adds its items and faults.
void read_catalogue_json(std::shared_ptr<SourceFile> file, Day first_day, Catalogue& catalogue);

/// Reads a schedule as CSV and adds its items and faults.
void read_catalogue_csv(
    std::shared_ptr<const SourceFile> file, Day first_day, Catalogue& catalogue);

/// Puts the times of an offering into the API's form, turns `duration_minutes` into `ends_at`, and
/// gives it an id when it has none. `id_is_shared`: the id names a series, and the start is
/// appended.
void finish_offering(
    CatalogueItem& item, bool id_is_shared, Day first_day, std::vector<ImportFault>& faults);

/// "morning-flow" for "Morning Flow!"; what is no letter or digit of ASCII becomes one dash.
[[nodiscard]] std::string slug_of(std::string_view title);

}  // namespace cavea::app
