#pragma once

#include "engine/command_bus.hpp"
#include "engine/result.hpp"
#include "http/json/document.hpp"
#include "http/json/findings.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cavea::http::json {

/// The body of `POST /v1/waiting-list`.
struct WaitingInput {
  std::vector<engine::OfferingId> offerings;  ///< Any one of them; at least one, each once.
  engine::WaitingWish wish;
  bool book_at_once = false;
  std::string user;  ///< For whom, when an administrator says so; else empty.
};

/// Reads it. The size of the party is left to the engine, which has its own refusals.
[[nodiscard]] engine::Result<WaitingInput, BadInput> read_waiting(const Json& value);

/// "sale_closed"; empty for `none`.
[[nodiscard]] std::string_view name_of_end(engine::WaitingEnd end);

/// Appends a wish for places, or one of its parties.
void append_waiting(std::string& out, const engine::WaitingView& view);

}  // namespace cavea::http::json
