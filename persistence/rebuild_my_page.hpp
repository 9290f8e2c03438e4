#pragma once

#include "persistence/check.hpp"
#include "persistence/format_mark.hpp"
#include "persistence/store.hpp"

#include <cstdint>

namespace cavea::persistence {

/// What was wrong with the lists of one kind.
struct MendedLists {
  std::uint64_t entries = 0;   ///< As they are now.
  std::uint64_t missing = 0;   ///< Were added.
  std::uint64_t invented = 0;  ///< Named something that is not there, and were removed.
  std::uint64_t stale = 0;     ///< The same, of another person, or listed elsewhere by now.
  std::uint64_t damaged = 0;   ///< Had a content, which no entry has.

  [[nodiscard]] std::uint64_t mended() const noexcept {
    return missing + invented + stale + damaged;
  }

  bool operator==(const MendedLists&) const = default;
};

/// What `rebuild_my_page` found.
struct MyPageRebuilt {
  FormatMark mark;
  MendedLists reservations;  ///< Those of people, and the sagas that carry some.
  MendedLists wishes;        ///< For places that people wait for.

  bool operator==(const MyPageRebuilt&) const = default;
};

/// Makes the lists from which a person's page is read (FORMAT.md, "u" and "w" "u") again, out of
/// the reservations, sagas and parties themselves, in a store that nobody else has open. What is
/// as it must be is not touched, and what has to be changed is one batch: written whole, or, after
/// an error, not at all. The batch is unlogged, as all that is written there. `is_dry_run`: says
/// only what would be done.
/// Errors: `corrupt` when something that is to be listed cannot be read, or the store is none of a
/// node; `newer_format`; whatever the disk says.
[[nodiscard]] Read<MyPageRebuilt> rebuild_my_page(
    Store& store, bool is_dry_run = false, const CheckProgress& progress = {});

}  // namespace cavea::persistence
