#pragma once

#include "engine/ids.hpp"

#include <caf/all.hpp>

#include <memory>
#include <utility>

namespace cavea::actors {

/// The right to take places for one person, because their diary is free: until it is destroyed, no
/// other claim of the person is looked at. Who has it destroys it once its change, if one came of
/// it, is handed to the journal: the next look finds it there.
class DiaryTurn {
 public:
  DiaryTurn(caf::actor diary, engine::PersonKey person)
      : diary_(std::move(diary)), person_(person) {}

  ~DiaryTurn();

  DiaryTurn(const DiaryTurn&) = delete;
  DiaryTurn& operator=(const DiaryTurn&) = delete;

 private:
  caf::actor diary_;
  engine::PersonKey person_;
};

using DiaryTurnPtr = std::shared_ptr<const DiaryTurn>;

}  // namespace cavea::actors
