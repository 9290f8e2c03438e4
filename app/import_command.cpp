#include "app/api_client.hpp"
#include "app/catalogue.hpp"
#include "app/catalogue_check.hpp"
#include "app/catalogue_write.hpp"
#include "app/commands.hpp"
#include "app/progress.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>

namespace cavea::app {
namespace {

/// A screenful of faults is read; the rest is counted.
constexpr std::size_t shown_faults_max = 100;

/// Larger than any season; protects against the wrong file.
constexpr std::size_t file_bytes_max = 256 * 1024 * 1024;

struct FileError {
  std::string text;
};

engine::Result<std::shared_ptr<SourceFile>, FileError> read_source(const std::string& name) {
  std::error_code ignored;
  if (std::filesystem::is_directory(name, ignored)) {
    return FileError{fmt::format("{}: is a folder, not a file", name)};
  }
  std::ifstream in(name, std::ios::binary);
  auto file = std::make_shared<SourceFile>();
  file->name = name;
  // What is no regular file has no size to look at first, and may never end.
  std::array<char, 64 * 1024> part;
  while (in && file->text.size() <= file_bytes_max) {
    in.read(part.data(), part.size());
    file->text.append(part.data(), static_cast<std::size_t>(in.gcount()));
  }
  if (!in.is_open() || in.bad()) return FileError{fmt::format("{}: cannot be read", name)};
  if (file->text.size() > file_bytes_max) {
    return FileError{fmt::format("{}: is larger than {} MiB", name, file_bytes_max >> 20)};
  }
  return file;
}

engine::Timestamp now() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count()};
}

std::optional<Day> first_day_of(const ImportOptions& options) {
  if (options.first_day.empty()) return monday_after(std::chrono::system_clock::now());
  const auto day = read_day(options.first_day);
  return day && is_monday(*day) ? day : std::nullopt;
}

ExitCode report_faults(const std::vector<ImportFault>& faults) {
  for (std::size_t i = 0; i < faults.size() && i < shown_faults_max; ++i) {
    std::cerr << print_fault(faults[i]) << '\n';
  }
  if (faults.size() > shown_faults_max) {
    std::cerr << fmt::format("... and {} more\n", faults.size() - shown_faults_max);
  }
  return complain(
      ExitCode::data_invalid,
      fmt::format("{} fault{}; nothing was written", faults.size(), faults.size() == 1 ? "" : "s"));
}

/// Reads all files; the error is one for the whole command.
engine::Result<Catalogue, FileError> read_files(const ImportOptions& options, Day first_day) {
  Catalogue catalogue;
  for (const auto& name : options.files) {
    const bool is_csv = name.ends_with(".csv");
    if (!is_csv && !name.ends_with(".json")) {
      return FileError{fmt::format("{}: the name must end in .json or .csv", name)};
    }
    auto file = read_source(name);
    if (!file) return file.error();
    if (is_csv) {
      read_catalogue_csv(std::move(file).value(), first_day, catalogue);
    } else {
      read_catalogue_json(std::move(file).value(), first_day, catalogue);
    }
  }
  return catalogue;
}

/// Counts what became of the items and says what is worth saying of each.
class Tally {
 public:
  explicit Tally(bool is_dry_run) : is_dry_run_(is_dry_run) {}

  void add(const WriteReport& report) {
    ++counts_[static_cast<std::size_t>(report.outcome)];
    const bool is_news = report.outcome == WriteOutcome::refused
                         || report.outcome == WriteOutcome::kept
                         || (is_dry_run_ && report.outcome != WriteOutcome::unchanged);
    if (!is_news) return;
    const auto place = report.item->where.fault("", "");
    lines_ += fmt::format(
        "{}:{}: {} {} {}{}{}\n",
        place.file,
        place.line,
        name_of(report.item->kind),
        report.item->id,
        is_dry_run_ ? "would be " + std::string(name_of(report.outcome))
                    : std::string(name_of(report.outcome)),
        report.detail.empty() ? "" : ": ",
        report.detail);
  }

  void print() const {
    std::cerr << lines_;
    std::cout << fmt::format(
        "{}{} created, {} changed, {} unchanged, {} kept, {} refused\n",
        is_dry_run_ ? "dry run: " : "",
        count(WriteOutcome::created),
        count(WriteOutcome::changed),
        count(WriteOutcome::unchanged),
        count(WriteOutcome::kept),
        count(WriteOutcome::refused));
  }

  [[nodiscard]] std::size_t count(WriteOutcome outcome) const {
    return counts_[static_cast<std::size_t>(outcome)];
  }

 private:
  bool is_dry_run_ = false;
  std::array<std::size_t, 5> counts_{};
  std::string lines_;
};

}  // namespace

ExitCode run_import(const ImportOptions& options) {
  const auto first_day = first_day_of(options);
  if (!first_day) {
    return complain(
        ExitCode::usage,
        fmt::format("--first-day {}: must be a Monday, as 2027-01-04", options.first_day));
  }
  if (options.node.token.empty() && !options.dry_run) {
    return complain(
        ExitCode::usage,
        "--token is missing (or CAVEA_TOKEN): only an administrator may write.\n"
        "Make one with: cavea token --role admin --subject NAME");
  }
  auto read = read_files(options, *first_day);
  if (!read) return complain(ExitCode::usage, read.error().text);
  auto catalogue = std::move(read).value();

  ApiClient client(options.node);
  std::optional<ApiError> silence;
  const auto look_up = [&](const std::string& id) -> std::optional<Json> {
    auto answer = client.get("/v1/venues/" + url_part(id));
    if (!answer) silence = answer.error();
    if (!answer || !answer->is_success()) return std::nullopt;
    return answer->json();
  };
  const auto items = check_catalogue(catalogue, look_up, now());
  if (silence) return complain(ExitCode::unreachable, silence->text);
  if (!catalogue.faults.empty()) return report_faults(catalogue.faults);

  Tally tally(options.dry_run);
  std::optional<WriteFailure> failure;
  {
    Progress progress(options.dry_run ? "Comparing" : "Importing", items.size());
    failure = write_catalogue(
        client,
        items,
        {.dry_run = options.dry_run,
         .keep = options.keep,
         .move_relative = !options.first_day.empty()},
        [&](const WriteReport& report) {
          tally.add(report);
          progress.step(report.item->id);
        });
  }
  tally.print();
  if (failure) {
    return complain(
        failure->code, failure->text + "\nThe same import can be run again: it goes on from here.");
  }
  return tally.count(WriteOutcome::refused) == 0 ? ExitCode::ok : ExitCode::failed;
}

}  // namespace cavea::app
