#include "app/catalogue.hpp"
#include "app/seat_rows.hpp"
#include "http/json/document.hpp"

#include <fmt/format.h>

#include <charconv>
#include <utility>

namespace cavea::app {
namespace {

/// Offerings of one file; a series of daily classes over ten years has 3,650.
constexpr std::size_t dates_max = 10'000;

/// The number in "line 12, column 3: ..."; 1 when it says no line.
std::size_t line_in(std::string_view detail) {
  constexpr std::string_view lead = "line ";
  std::size_t line = 1;
  if (detail.starts_with(lead)) {
    std::from_chars(detail.data() + lead.size(), detail.data() + detail.size(), line);
  }
  return line;
}

/// Reads one file; faults of the file's own structure have absolute pointers.
class FileReader {
 public:
  FileReader(std::shared_ptr<const SourceFile> file, Day first_day, Catalogue& catalogue)
      : file_(std::move(file)), first_day_(first_day), catalogue_(catalogue) {}

  void read() {
    const auto& document = file_->document;
    if (!document.is_object()) {
      fault("", "must be an object with venues, performances and classes");
      return;
    }
    for (const auto& [name, value] : document.items()) {
      const bool is_list = name == "venues" || name == "performances" || name == "classes";
      if (!is_list && name != "defaults") {
        fault('/' + name, "is not known; a file has venues, performances, classes and defaults");
      } else if (is_list && !value.is_array()) {
        fault('/' + name, "must be an array");
      }
    }
    check_defaults();
    for_each("venues", [&](const std::string& at) { add_venue(at); });
    for_each("performances", [&](const std::string& at) {
      add_series(ItemKind::performance, at, "/defaults/performances");
    });
    for_each("classes", [&](const std::string& at) {
      add_series(ItemKind::klass, at, "/defaults/classes");
    });
  }

 private:
  [[nodiscard]] const Json& at(const std::string& pointer) const {
    return file_->document.at(Json::json_pointer(pointer));
  }

  [[nodiscard]] bool has(const std::string& pointer) const {
    return file_->document.contains(Json::json_pointer(pointer));
  }

  void fault(const std::string& pointer, std::string reason) {
    const Whereabouts where{.file = file_, .bases = {""}};
    catalogue_.faults.push_back(where.fault(pointer, std::move(reason)));
  }

  void check_defaults() {
    if (!has("/defaults")) return;
    if (!at("/defaults").is_object()) {
      fault("/defaults", "must be an object with performances or classes");
      return;
    }
    for (const auto& [name, value] : at("/defaults").items()) {
      if (name != "performances" && name != "classes") {
        fault("/defaults/" + name, "is not known; defaults are for performances and classes");
      } else if (!value.is_object()) {
        fault("/defaults/" + name, "must be an object");
      }
    }
  }

  template <class Add>
  void for_each(const std::string& list, const Add& add) {
    if (!has('/' + list) || !this->at('/' + list).is_array()) return;
    for (std::size_t i = 0; i < this->at('/' + list).size(); ++i) {
      const auto pointer = fmt::format("/{}/{}", list, i);
      if (this->at(pointer).is_object()) {
        add(pointer);
      } else {
        fault(pointer, "must be an object");
      }
    }
  }

  void add_venue(const std::string& pointer) {
    CatalogueItem item{.kind = ItemKind::venue, .body = at(pointer)};
    item.where = {.file = file_, .bases = {pointer}};
    if (item.body.contains("id") && item.body["id"].is_string()) item.id = item.body["id"];
    if (!item.body.contains("id")) {
      catalogue_.faults.push_back(
          item.where.fault("/id", "is missing: a venue needs an id, as grand-theatre"));
    }
    if (item.body.contains("seat_map")) {
      for (auto& found : write_out_seat_rows(item.body["seat_map"], "/seat_map")) {
        catalogue_.faults.push_back(item.where.fault(found.field, std::move(found.reason)));
      }
    }
    catalogue_.items.push_back(std::move(item));
  }

  /// One offering, or one for each of its dates.
  void add_series(ItemKind kind, const std::string& pointer, const std::string& defaults) {
    auto body = has(defaults) && at(defaults).is_object() ? at(defaults) : Json::object();
    body.update(at(pointer));
    Whereabouts where{.file = file_, .bases = {pointer, defaults}};
    for (const auto& base : {defaults, pointer}) {
      if (has(base + "/duration_minutes")) {
        where.aliases["/ends_at"] = base + "/duration_minutes";
      }
    }

    const auto dates = body.find("dates");
    if (dates == body.end()) {
      add_offering(kind, std::move(body), std::move(where), false);
      return;
    }
    if (!dates->is_array() || dates->empty() || dates->size() > dates_max) {
      fault(pointer + "/dates", fmt::format("must be an array of 1 to {} dates", dates_max));
      return;
    }
    const auto list = std::exchange(*dates, Json());
    body.erase(dates);
    for (std::size_t i = 0; i < list.size(); ++i) {
      add_date(kind, body, list[i], fmt::format("{}/dates/{}", pointer, i), where);
    }
  }

  void add_date(
      ItemKind kind, Json body, const Json& date, const std::string& at_date, Whereabouts where) {
    if (date.is_string()) {
      body["starts_at"] = date;
      where.aliases["/starts_at"] = at_date;
    } else if (date.is_object()) {
      body.update(date);
      where.bases.insert(where.bases.begin(), at_date);
    } else {
      fault(at_date, "must be a time, or an object with starts_at and what is different that day");
      return;
    }
    // An id at a date is that offering's own.
    const bool has_own_id = date.is_object() && date.contains("id");
    add_offering(kind, std::move(body), std::move(where), !has_own_id);
  }

  void add_offering(ItemKind kind, Json body, Whereabouts where, bool id_is_shared) {
    CatalogueItem item{.kind = kind, .body = std::move(body), .where = std::move(where)};
    finish_offering(item, id_is_shared, first_day_, catalogue_.faults);
    catalogue_.items.push_back(std::move(item));
  }

  std::shared_ptr<const SourceFile> file_;
  Day first_day_;
  Catalogue& catalogue_;
};

}  // namespace

void read_catalogue_json(std::shared_ptr<SourceFile> file, Day first_day, Catalogue& catalogue) {
  auto parsed = http::json::parse_document(file->text);
  if (!parsed) {
    const auto& bad = parsed.error();
    if (bad.faults.empty()) {
      catalogue.faults.push_back({file->name, line_in(bad.detail), "", bad.detail});
    }
    for (const auto& fault : bad.faults) {
      catalogue.faults.push_back(
          {file->name, http::json::line_of(file->text, fault.field), fault.field, fault.reason});
    }
    return;
  }
  file->document = std::move(parsed).value();
  FileReader(std::move(file), first_day, catalogue).read();
}

}  // namespace cavea::app
