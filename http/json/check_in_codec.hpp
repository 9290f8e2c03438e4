#pragma once

#include "engine/check_in.hpp"
#include "engine/definition.hpp"
#include "engine/result.hpp"
#include "http/json/document.hpp"
#include "http/json/findings.hpp"
#include "tickets/ticket.hpp"

#include <optional>
#include <string>

namespace cavea::http::json {

/// The body of `POST /v1/check-ins`.
struct CheckInInput {
  std::string token;                           ///< As it is in the ticket's QR code.
  std::optional<engine::OfferingId> offering;  ///< Of the door; nothing: any.
  engine::Scan scan;
};

[[nodiscard]] engine::Result<CheckInInput, BadInput> read_check_in(const Json& value);

void append_check_in(
    std::string& out,
    const engine::CheckInView& view,
    const tickets::Ticket& ticket,
    const engine::DefinitionRef& definition);

void append_check_ins(std::string& out, const engine::CheckIns& counts);

}  // namespace cavea::http::json
