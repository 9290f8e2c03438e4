#pragma once

#include "engine/ids.hpp"

#include <cstdint>
#include <string>

namespace cavea::tickets {

/// What the secret address of a person's calendar stands for.
struct CalendarLink {
  std::string user;
  std::uint32_t epoch = 0;       ///< `PersonSettings::calendar_epoch` when it was made.
  engine::Timestamp expires_at;  ///< A whole second.

  bool operator==(const CalendarLink&) const = default;
};

}  // namespace cavea::tickets
