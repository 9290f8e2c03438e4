#include "app/commands.hpp"
#include "app/compose.hpp"
#include "persistence/disk_space.hpp"
#include "persistence/rebuild_my_page.hpp"
#include "persistence/rocks_store.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <iostream>
#include <string>
#include <string_view>

namespace cavea::app {
namespace {

using persistence::MendedLists;
using persistence::MyPageRebuilt;

nlohmann::ordered_json rebuilt_json(const MendedLists& lists) {
  return {
      {"entries", lists.entries},
      {"missing", lists.missing},
      {"invented", lists.invented},
      {"stale", lists.stale},
      {"damaged", lists.damaged}};
}

std::string rebuilt_text(std::string_view what, const MendedLists& lists) {
  return fmt::format(
      "{}: {} entries; {} missing, {} of nothing that is there, {} of another person or in the "
      "wrong list, {} damaged\n",
      what,
      lists.entries,
      lists.missing,
      lists.invented,
      lists.stale,
      lists.damaged);
}

void print_rebuilt(const MyPageRebuilt& found, const RebuildOptions& options) {
  const auto mended = found.reservations.mended() + found.wishes.mended();
  if (options.json) {
    const nlohmann::ordered_json document{
        {"node", found.mark.node},
        {"shards", found.mark.shard_count},
        {"dry_run", options.dry_run},
        {"mended", mended},
        {"reservations", rebuilt_json(found.reservations)},
        {"wishes", rebuilt_json(found.wishes)}};
    std::cout << document.dump(2) << '\n';
    return;
  }
  std::cout << fmt::format("node {}, {} shards\n", found.mark.node, found.mark.shard_count)
            << rebuilt_text("reservations", found.reservations)
            << rebuilt_text("waiting lists", found.wishes);
  if (mended == 0) {
    std::cout << "nothing to mend\n";
  } else {
    std::cout << fmt::format("{} {}\n", mended, options.dry_run ? "to mend" : "mended");
  }
}

}  // namespace

ExitCode run_rebuild_my_page(const RebuildOptions& options) {
  const auto folder = std::filesystem::path(options.data) / "store";
  std::error_code ignored;
  // Nothing is made where nothing is.
  if (!std::filesystem::exists(folder / "CURRENT", ignored)) {
    return complain(
        ExitCode::usage, fmt::format("--data {}: there is no data of a node", options.data));
  }
  if (!options.dry_run) {
    if (const auto fault = persistence::check_free_space(options.data)) {
      return complain(exit_code_of(fault->kind), fault->text);
    }
  }
  auto opened =
      persistence::RocksStore::open({.path = folder.string(), .read_only = options.dry_run});
  if (!opened) return complain(exit_code_of(opened.error().kind), opened.error().text);
  auto& store = *opened.value();
  const auto found = persistence::rebuild_my_page(store, options.dry_run, progress_on_terminal());
  end_progress_on_terminal();
  if (!found) return complain(exit_code_of(found.error().kind), found.error().text);
  if (!options.dry_run) {
    // What was written is in memory so far, all of it or, when this fails, nothing.
    const auto failure = store.persist_and_wait(persistence::Column::state);
    if (failure) return complain(exit_code_of(failure->kind), failure->text);
  }
  print_rebuilt(found.value(), options);
  return ExitCode::ok;
}

}  // namespace cavea::app
