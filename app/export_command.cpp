#include "app/api_client.hpp"
#include "app/commands.hpp"
#include "app/readable_json.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <optional>
#include <utility>

namespace cavea::app {
namespace {

using OrderedJson = nlohmann::ordered_json;

/// The longest page that the API gives.
constexpr int page_size = 200;

/// Why an export ended before its time.
struct ExportFailure {
  ExitCode code = ExitCode::unreachable;
  std::string text;
};

/// Members that the node computes and does not take back.
constexpr const char* computed_members[] = {
    "time_zone", "seat_map_revision", "status", "revision", "version", "places", "kind"};

class Exporter {
 public:
  explicit Exporter(const NodeAccess& node) : client_(node) {}

  /// Calls `visit` with every item of a list, page after page.
  [[nodiscard]] std::optional<ExportFailure> for_each(
      const std::string& path, const std::function<void(OrderedJson&)>& visit) {
    std::string cursor;
    while (true) {
      auto page = fetch(fmt::format(
          "{}?limit={}{}{}", path, page_size, cursor.empty() ? "" : "&cursor=", url_part(cursor)));
      if (!page) return std::move(page).error();
      auto& document = page.value();
      if (!document.is_object() || !document.contains("items")) {
        return ExportFailure{ExitCode::unreachable, client_.url() + path + " answers no list"};
      }
      for (auto& item : document["items"]) visit(item);
      if (!document["next"].is_string()) return std::nullopt;
      cursor = document["next"].get<std::string>();
    }
  }

  [[nodiscard]] engine::Result<OrderedJson, ExportFailure> fetch(const std::string& path) {
    const auto answer = client_.get(path);
    if (!answer) return ExportFailure{ExitCode::unreachable, answer.error().text};
    if (answer->status == 401 || answer->status == 403) {
      return ExportFailure{
          ExitCode::refused,
          answer->problem_text()
              + "\nReservations need --token of an administrator: cavea token --role admin ..."};
    }
    if (!answer->is_success()) return ExportFailure{ExitCode::unreachable, answer->problem_text()};
    return OrderedJson::parse(answer->body, nullptr, false);
  }

 private:
  ApiClient client_;
};

/// The catalogue as `cavea import` takes it.
engine::Result<OrderedJson, ExportFailure> fetch_catalogue(Exporter& exporter) {
  OrderedJson catalogue{
      {"venues", OrderedJson::array()},
      {"performances", OrderedJson::array()},
      {"classes", OrderedJson::array()}};
  std::vector<std::string> venues;
  auto failure = exporter.for_each(
      "/v1/venues", [&](OrderedJson& venue) { venues.push_back(venue.value("id", "")); });
  if (failure) return *std::move(failure);
  for (const auto& id : venues) {
    auto venue = exporter.fetch("/v1/venues/" + url_part(id));
    if (!venue) return std::move(venue).error();
    venue->erase("revision");
    catalogue["venues"].push_back(std::move(venue).value());
  }
  for (const std::string list : {"performances", "classes"}) {
    failure = exporter.for_each("/v1/" + list, [&](OrderedJson& offering) {
      // What was cancelled is history; imported, it would be on sale again.
      if (offering.value("status", "") == "cancelled") return;
      for (const auto* member : computed_members) offering.erase(member);
      catalogue[list].push_back(std::move(offering));
    });
    if (failure) return *std::move(failure);
  }
  return catalogue;
}

/// Writes beside the file and moves it into place at the end, so that a file of that name is whole.
class Output {
 public:
  explicit Output(std::string path) : path_(std::move(path)) {
    if (!path_.empty()) file_.open(part(), std::ios::binary | std::ios::trunc);
  }

  [[nodiscard]] std::ostream& stream() { return path_.empty() ? std::cout : file_; }

  [[nodiscard]] bool finish() {
    stream().flush();
    if (!stream()) return false;
    if (path_.empty()) return true;
    file_.close();
    std::error_code fault;
    std::filesystem::rename(part(), path_, fault);
    return !fault;
  }

  void discard() {
    if (path_.empty()) return;
    std::error_code ignored;
    std::filesystem::remove(part(), ignored);
  }

 private:
  [[nodiscard]] std::string part() const { return path_ + ".part"; }

  std::string path_;
  std::ofstream file_;
};

std::optional<ExportFailure> write_all(
    Exporter& exporter, const ExportOptions& options, Output& output) {
  if (options.reservations) {
    return exporter.for_each("/v1/reservations", [&](OrderedJson& reservation) {
      output.stream() << reservation.dump() << '\n';
    });
  }
  auto catalogue = fetch_catalogue(exporter);
  if (!catalogue) return std::move(catalogue).error();
  output.stream() << readable_json(catalogue.value()) << '\n';
  return std::nullopt;
}

}  // namespace

ExitCode run_export(const ExportOptions& options) {
  // The finished file is moved over what has its name, which must not be a device or a pipe.
  std::error_code ignored;
  const auto there = std::filesystem::status(options.output, ignored);
  if (!options.output.empty() && exists(there) && !is_regular_file(there)) {
    return complain(
        ExitCode::usage, fmt::format("--output {}: is no regular file", options.output));
  }
  Exporter exporter(options.node);
  Output output(options.output);
  if (!output.stream()) {
    return complain(ExitCode::io, fmt::format("--output {}: cannot be written", options.output));
  }
  if (const auto failure = write_all(exporter, options, output)) {
    output.discard();
    return complain(failure->code, failure->text);
  }
  if (!output.finish()) {
    output.discard();
    return complain(
        ExitCode::io,
        fmt::format(
            "{} could not be written",
            options.output.empty() ? "standard output" : options.output));
  }
  return ExitCode::ok;
}

}  // namespace cavea::app
