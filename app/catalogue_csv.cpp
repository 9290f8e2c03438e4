#include "app/catalogue.hpp"
#include "app/csv.hpp"
#include "app/money_text.hpp"
#include "engine/minor_unit.hpp"
#include "http/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <utility>

namespace cavea::app {
namespace {

/// What a column may hold.
enum class ColumnType { text, whole_number, yes_or_no, amount };

/// Columns that are members of the API under another name or none; all others are put together in
/// `RowReader`.
struct Column {
  std::string_view name;
  std::string_view member;
  ColumnType type;
};

constexpr Column direct_columns[] = {
    {"id", "id", ColumnType::text},
    {"title", "title", ColumnType::text},
    {"venue", "venue", ColumnType::text},
    {"sale_opens_at", "sale_opens_at", ColumnType::text},
    {"sale_closes_at", "sale_closes_at", ColumnType::text},
    {"currency", "currency", ColumnType::text},
    {"duration_minutes", "duration_minutes", ColumnType::whole_number},
    {"cancellation_cutoff_minutes", "cancellation_cutoff_minutes", ColumnType::whole_number},
    {"person_limit", "person_limit", ColumnType::whole_number},
    {"hold_seconds", "hold_seconds", ColumnType::whole_number},
    {"capacity", "capacity", ColumnType::whole_number},
    {"price", "price", ColumnType::amount},
    {"refuse_overlaps", "refuse_overlaps", ColumnType::yes_or_no},
    {"refuse_single_gaps", "refuse_single_gaps", ColumnType::yes_or_no}};

constexpr std::string_view composed_columns[] = {
    "kind", "date", "start", "end", "description", "teacher", "level"};

constexpr std::string_view zone_price_prefix = "price:";

bool is_known(std::string_view name) {
  const auto is_it = [&](const Column& column) { return column.name == name; };
  return std::any_of(std::begin(direct_columns), std::end(direct_columns), is_it)
         || std::find(std::begin(composed_columns), std::end(composed_columns), name)
                != std::end(composed_columns)
         || (name.starts_with(zone_price_prefix) && name.size() > zone_price_prefix.size());
}

constexpr std::string_view not_utf8 =
    "is not UTF-8; save the file as UTF-8 (in a spreadsheet: as \"CSV UTF-8\")";

/// Puts one row together.
class RowReader {
 public:
  RowReader(
      const std::vector<std::string>& header,
      const CsvRow& row,
      std::shared_ptr<const SourceFile> file,
      std::vector<ImportFault>& faults)
      : header_(header), row_(row), faults_(faults) {
    item_.where = {.file = std::move(file), .csv_line = row.line};
    item_.where.columns = {
        {"/starts_at", "start"},
        {"/ends_at", "end"},
        {"/description", "description"},
        {"/prices", "price:<zone>"}};
    item_.body = Json::object();
  }

  CatalogueItem read(Day first_day) {
    read_kind();
    for (const auto& column : direct_columns) read_direct(column);
    read_times(first_day);
    read_description();
    read_zone_prices();
    if (cell("end").empty()) item_.where.columns["/ends_at"] = "duration_minutes";
    finish_offering(item_, false, first_day, faults_);
    return std::move(item_);
  }

 private:
  [[nodiscard]] std::string cell(std::string_view name) const {
    const auto found = std::find(header_.begin(), header_.end(), name);
    if (found == header_.end()) return {};
    return row_.fields[static_cast<std::size_t>(found - header_.begin())];
  }

  void fault(std::string_view column, std::string reason) {
    faults_.push_back(
        {item_.where.file->name, row_.line, fmt::format("column {}", column), std::move(reason)});
  }

  void read_kind() {
    const auto kind = cell("kind");
    item_.kind = kind == "performance" ? ItemKind::performance : ItemKind::klass;
    if (!kind.empty() && kind != "performance" && kind != "class") {
      fault("kind", fmt::format("is '{}'; must be performance or class", kind));
    }
  }

  void read_direct(const Column& column) {
    const auto text = cell(column.name);
    const auto member = std::string(column.member);
    item_.where.columns['/' + member] = column.name;
    if (text.empty()) return;
    switch (column.type) {
      case ColumnType::text:
        item_.body[member] = text;
        break;
      case ColumnType::whole_number:
        read_number(column.name, member, text);
        break;
      case ColumnType::yes_or_no: {
        if (text != "yes" && text != "no") fault(column.name, "must be yes or no");
        item_.body[member] = text == "yes";
        break;
      }
      case ColumnType::amount: {
        if (const auto minor = amount(column.name, text)) item_.body[member] = *minor;
        break;
      }
    }
  }

  void read_number(std::string_view column, const std::string& member, const std::string& text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) {
      fault(column, fmt::format("is '{}'; must be a whole number", text));
      return;
    }
    item_.body[member] = number;
  }

  std::optional<std::int64_t> amount(std::string_view column, const std::string& text) {
    const auto decimals = engine::decimals_of(cell("currency"));
    const auto minor = read_amount(text, decimals);
    if (!minor) {
      fault(
          column,
          fmt::format(
              "is '{}'; must be an amount as 14{} with at most {} decimals",
              text,
              decimals == 0 ? "" : ".50",
              decimals));
    }
    return minor;
  }

  void read_times(Day first_day) {
    const auto date = cell("date");
    const auto start = cell("start");
    if (start.empty()) fault("start", "is missing; must be a time as 19:30");
    // That the day makes sense is told by any time on it.
    if (!read_schedule_time(fmt::format("{} 00:00", date), first_day)) {
      const auto said = date.empty() ? "is missing" : fmt::format("is '{}'", date);
      fault("date", said + "; must be a day as 2027-01-04, or week 1 mon");
      item_.where.columns["/starts_at"] = "date";
      return;
    }
    if (start.empty()) return;
    item_.body["starts_at"] = fmt::format("{} {}", date, start);
    const auto end = cell("end");
    if (end.empty()) return;
    // A class that ends earlier on the clock than it starts ends on the next day; schedules by
    // hand say that with duration_minutes, so here it is a slip of the pen.
    if (end <= start) {
      fault("end", fmt::format("is {}, not after the start at {}", end, start));
      return;
    }
    item_.body["ends_at"] = fmt::format("{} {}", date, end);
  }

  /// Timetables have columns of their own for who teaches and for whom.
  void read_description() {
    auto text = cell("description");
    const auto add = [&](std::string_view sentence) {
      text += fmt::format("{}{}", text.empty() ? "" : " ", sentence);
    };
    if (const auto teacher = cell("teacher"); !teacher.empty())
      add(fmt::format("With {}.", teacher));
    if (const auto level = cell("level"); !level.empty()) add(fmt::format("Level: {}.", level));
    if (!text.empty()) item_.body["description"] = text;
  }

  void read_zone_prices() {
    for (const auto& name : header_) {
      if (!name.starts_with(zone_price_prefix)) continue;
      const auto zone = name.substr(zone_price_prefix.size());
      item_.where.columns["/prices/" + zone] = name;
      const auto text = cell(name);
      if (text.empty()) continue;
      if (const auto minor = amount(name, text)) item_.body["prices"][zone] = *minor;
    }
  }

  const std::vector<std::string>& header_;
  const CsvRow& row_;
  std::vector<ImportFault>& faults_;
  CatalogueItem item_;
};

/// Whether the header can be used.
bool check_header(const CsvRow& header, const std::string& file, std::vector<ImportFault>& faults) {
  const auto before = faults.size();
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < header.fields.size(); ++i) {
    const auto& name = header.fields[i];
    if (!http::is_utf8(name)) {
      faults.push_back({file, header.line, fmt::format("column {}", i + 1), std::string(not_utf8)});
      continue;
    }
    const auto field = fmt::format("column {}", name);
    if (!is_known(name)) {
      faults.push_back(
          {file,
           header.line,
           field,
           "is not known; columns are kind, id, title, description, teacher, level, venue, date, "
           "start, end, duration_minutes, currency, capacity, price, price:<zone>, sale_opens_at, "
           "sale_closes_at, cancellation_cutoff_minutes, person_limit, hold_seconds, "
           "refuse_overlaps, refuse_single_gaps"});
    }
    if (!seen.insert(name).second)
      faults.push_back({file, header.line, field, "stands there twice"});
  }
  for (const std::string_view needed : {"title", "venue", "date", "start", "currency"}) {
    if (seen.contains(needed)) continue;
    faults.push_back({file, header.line, fmt::format("column {}", needed), "is missing"});
  }
  return faults.size() == before;
}

/// Whether all fields of a row are text.
bool check_text(
    const CsvRow& row,
    const CsvRow& header,
    const std::string& file,
    std::vector<ImportFault>& faults) {
  const auto before = faults.size();
  for (std::size_t i = 0; i < row.fields.size(); ++i) {
    if (http::is_utf8(row.fields[i])) continue;
    faults.push_back(
        {file, row.line, fmt::format("column {}", header.fields[i]), std::string(not_utf8)});
  }
  return faults.size() == before;
}

}  // namespace

void read_catalogue_csv(
    std::shared_ptr<const SourceFile> file, Day first_day, Catalogue& catalogue) {
  const auto rows = read_csv(file->text);
  if (!rows) {
    catalogue.faults.push_back({file->name, rows.error().line, "", rows.error().reason});
    return;
  }
  if (rows->empty()) {
    catalogue.faults.push_back(
        {file->name, 1, "", "is empty; the first row must name the columns"});
    return;
  }
  const auto& header = rows->front();
  if (!check_header(header, file->name, catalogue.faults)) return;
  for (std::size_t i = 1; i < rows->size(); ++i) {
    const auto& row = rows.value()[i];
    if (row.fields.size() != header.fields.size()) {
      catalogue.faults.push_back(
          {file->name,
           row.line,
           "",
           fmt::format("has {} fields, the header {}", row.fields.size(), header.fields.size())});
      continue;
    }
    if (!check_text(row, header, file->name, catalogue.faults)) continue;
    catalogue.items.push_back(
        RowReader(header.fields, row, file, catalogue.faults).read(first_day));
  }
}

}  // namespace cavea::app
