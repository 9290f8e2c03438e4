#pragma once

#include "persistence/format_mark.hpp"
#include "persistence/store.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cavea::persistence {

/// Something that is not as it must be.
struct CheckProblem {
  std::string where;  ///< The column and the key.
  std::string what;   ///< For the operator.
};

/// What `check_store` found.
struct CheckReport {
  /// Problems beyond these are only counted.
  static constexpr std::size_t problems_max = 1'000;

  std::optional<FormatMark> mark;
  std::uint64_t records = 0;    ///< Of all columns, each with its checksum verified.
  std::uint64_t offerings = 0;  ///< Loaded as an actor would, deleted ones included.
  std::uint64_t reservations = 0;
  std::uint64_t live_reservations = 0;  ///< With places.
  std::uint64_t sagas = 0;
  std::uint64_t entries = 0;  ///< Of all logs.
  /// Of those, the ones that are not in the state's tables yet: the next start carries them out.
  /// The figures of offerings and reservations are those after it.
  std::uint64_t entries_to_carry_out = 0;
  std::uint64_t turns_replayed = 0;
  std::uint64_t shards_replayed_whole = 0;  ///< Whose logs reach back to their first entry.
  std::uint64_t problem_count = 0;
  std::vector<CheckProblem> problems;

  [[nodiscard]] bool is_sound() const noexcept { return problem_count == 0; }
};

/// Called now and then: what is being looked at, and how many records of it have been.
using CheckProgress = std::function<void(std::string_view step, std::uint64_t done)>;

/// Verifies a store that nobody writes to:
/// - the checksum and the grammar of every record;
/// - every offering loads: no place has two owners, counts are what the claims add up to;
/// - claims, deadlines and lists agree with the records of reservations and offerings, both ways;
/// - the log has no gap, all that is kept of it can be read, and the state is not ahead of it;
/// - what the log has and the state's tables do not, as after a crash, can be carried out; all that
///   is said here of the state is said of it as it is then, in memory;
/// - carried out again, the log gives the stored state: all of it when the log reaches back to the
///   first entry and is not too long, else whatever the part touches that consensus needs.
/// Damage becomes a problem in the report; an error is returned only when nothing can be said: the
/// disk cannot be read, or a newer program wrote the data.
[[nodiscard]] Read<CheckReport> check_store(const Store& store, const CheckProgress& progress = {});

}  // namespace cavea::persistence
