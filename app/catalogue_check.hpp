#pragma once

#include "app/catalogue.hpp"
#include "engine/ids.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace cavea::app {

/// An item that may be written, with all that the API would fill in.
struct CheckedItem {
  const CatalogueItem* item = nullptr;
  Json complete;  ///< As the node will show it, without what it computes.
};

/// The venue with this id as the node shows it; nothing when it has none.
using VenueLookup = std::function<std::optional<Json>(const std::string& id)>;

/// Checks every item as the node will: shapes, limits, times, prices against the zones of the
/// venue, which is taken from the files or else looked up; and that no id comes twice. Adds what is
/// wrong to `catalogue.faults`, in the order of the files. Venues come first in the result.
[[nodiscard]] std::vector<CheckedItem> check_catalogue(
    Catalogue& catalogue, const VenueLookup& look_up, engine::Timestamp now);

}  // namespace cavea::app
