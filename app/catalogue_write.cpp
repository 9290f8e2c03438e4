#include "app/catalogue_write.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace cavea::app {
namespace {

bool is_time(const std::string& member) {
  for (const std::string name : time_members) {
    if (member == name) return true;
  }
  return false;
}

/// "title, prices" of a patch.
std::string names_in(const Json& patch) {
  std::string names;
  for (const auto& [name, value] : patch.items()) names += (names.empty() ? "" : ", ") + name;
  return names;
}

class Writer {
 public:
  Writer(ApiClient& client, const WriteOptions& options) : client_(client), options_(options) {}

  engine::Result<WriteReport, WriteFailure> write(const CheckedItem& checked) {
    const auto& item = *checked.item;
    const auto path = fmt::format("{}/{}", path_of(item.kind), url_part(item.id));
    auto shown = client_.get(path);
    if (!shown) return WriteFailure{ExitCode::unreachable, shown.error().text};
    if (shown->status == 404) return create(checked, path);
    if (!shown->is_success()) return refused_or_stop(item, *shown);

    const auto patch = difference(checked, shown->json(), options_.move_relative);
    if (patch.empty()) return WriteReport{&item, WriteOutcome::unchanged, {}};
    if (options_.keep) return WriteReport{&item, WriteOutcome::kept, names_in(patch) + " differ"};
    if (options_.dry_run) return WriteReport{&item, WriteOutcome::changed, names_in(patch)};
    const bool is_venue = item.kind == ItemKind::venue;
    return finish(
        item,
        client_.send(is_venue ? "PUT" : "PATCH", path, is_venue ? item.body : patch, shown->etag),
        {&item, WriteOutcome::changed, names_in(patch)});
  }

 private:
  engine::Result<WriteReport, WriteFailure> create(
      const CheckedItem& checked, const std::string& path) {
    const auto& item = *checked.item;
    const WriteReport report{&item, WriteOutcome::created, {}};
    if (options_.dry_run) return report;
    const bool is_venue = item.kind == ItemKind::venue;
    return finish(
        item,
        client_.send(is_venue ? "PUT" : "POST", is_venue ? path : path_of(item.kind), item.body),
        report);
  }

  static engine::Result<WriteReport, WriteFailure> finish(
      const CatalogueItem& item,
      const engine::Result<ApiResponse, ApiError>& answer,
      WriteReport report) {
    if (!answer) return WriteFailure{ExitCode::unreachable, answer.error().text};
    if (answer->is_success()) return report;
    return refused_or_stop(item, *answer);
  }

  static engine::Result<WriteReport, WriteFailure> refused_or_stop(
      const CatalogueItem& item, const ApiResponse& answer) {
    if (answer.status == 401 || answer.status == 403) {
      return WriteFailure{
          ExitCode::refused,
          answer.problem_text() + "\nMake a token with: cavea token --role admin --subject NAME"};
    }
    if (answer.status >= 500) return WriteFailure{ExitCode::unreachable, answer.problem_text()};
    return WriteReport{&item, WriteOutcome::refused, answer.problem_text()};
  }

  ApiClient& client_;
  const WriteOptions& options_;
};

}  // namespace

std::string_view name_of(WriteOutcome outcome) {
  switch (outcome) {
    case WriteOutcome::created:
      return "created";
    case WriteOutcome::changed:
      return "changed";
    case WriteOutcome::unchanged:
      return "unchanged";
    case WriteOutcome::kept:
      return "kept";
    case WriteOutcome::refused:
      return "refused";
  }
  return "";
}

Json difference(const CheckedItem& checked, const Json& shown, bool move_relative) {
  const auto& item = *checked.item;
  const bool is_venue = item.kind == ItemKind::venue;
  auto patch = Json::object();
  const auto compare = [&](const std::string& member) {
    const auto mine = checked.complete.find(member);
    const auto theirs = shown.find(member);
    const bool differs = (mine == checked.complete.end()) != (theirs == shown.end())
                         || (mine != checked.complete.end() && *mine != *theirs);
    if (differs) patch[member] = mine == checked.complete.end() ? Json() : *mine;
  };
  // A venue is written whole; of an offering only what the file says is meant.
  if (is_venue) {
    for (const std::string member : {"name", "address", "time_zone", "seat_map"}) compare(member);
    return patch;
  }
  for (const auto& [member, value] : item.body.items()) {
    if (member == "id" || member == "kind") continue;
    // A template says where a schedule begins; it does not move one that has begun.
    if (is_time(member) && item.has_relative_times && !move_relative) continue;
    compare(member);
  }
  // The end and the close of the sale follow the start where the file leaves them to it.
  if (patch.contains("starts_at")) {
    compare("ends_at");
    compare("sale_closes_at");
  }
  return patch;
}

std::optional<WriteFailure> write_catalogue(
    ApiClient& client,
    const std::vector<CheckedItem>& items,
    const WriteOptions& options,
    const std::function<void(const WriteReport&)>& on_item) {
  Writer writer(client, options);
  for (const auto& item : items) {
    auto report = writer.write(item);
    if (!report) return std::move(report).error();
    on_item(report.value());
  }
  return std::nullopt;
}

}  // namespace cavea::app
