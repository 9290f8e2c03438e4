#pragma once

#include "app/api_client.hpp"
#include "app/catalogue_check.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace cavea::app {

/// What became, or would become, of one item.
enum class WriteOutcome { created, changed, unchanged, kept, refused };

[[nodiscard]] std::string_view name_of(WriteOutcome outcome);

struct WriteReport {
  const CatalogueItem* item = nullptr;
  WriteOutcome outcome = WriteOutcome::unchanged;
  std::string detail;  ///< What differs, or why it was refused.
};

struct WriteOptions {
  bool dry_run = false;        ///< Compare, write nothing.
  bool keep = false;           ///< Items that differ are `kept` as they are.
  bool move_relative = false;  ///< Relative times are meant: move what is there to them.
};

/// Why writing ended before its time.
struct WriteFailure {
  ExitCode code = ExitCode::unreachable;
  std::string text;
};

/// Brings the node to what the items say, one after the other: creates what is missing, changes
/// what differs (guarded by `If-Match`), leaves alone what is equal. `on_item` is called after
/// each. Returns why it had to stop, if it had to.
[[nodiscard]] std::optional<WriteFailure> write_catalogue(
    ApiClient& client,
    const std::vector<CheckedItem>& items,
    const WriteOptions& options,
    const std::function<void(const WriteReport&)>& on_item);

/// The members of `complete` that the item says and that the node shows differently; as a JSON
/// merge patch (RFC 7396). Empty: they agree.
[[nodiscard]] Json difference(const CheckedItem& checked, const Json& shown, bool move_relative);

}  // namespace cavea::app
