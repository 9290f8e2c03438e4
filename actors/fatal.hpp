#pragma once

#include "persistence/journal.hpp"

#include <caf/all.hpp>

#include <exception>
#include <string>
#include <utility>

namespace cavea::actors {

/// The exception handler of an actor without which the node cannot go on: crash is the only
/// rollback. `name` is for the operator: "shard 3".
[[nodiscard]] inline auto ends_node(
    std::string name, persistence::Journal::FailureHandler on_failure) {
  return [name = std::move(name),
          on_failure = std::move(on_failure)](std::exception_ptr& thrown) -> caf::error {
    std::string reason = "unknown";
    try {
      std::rethrow_exception(thrown);
    } catch (const std::exception& e) {
      reason = e.what();
    }
    on_failure({persistence::StoreError::Kind::io, name + " cannot go on: " + reason});
    return caf::sec::runtime_error;
  };
}

}  // namespace cavea::actors
