#pragma once

#include "engine/check_in.hpp"
#include "persistence/record.hpp"
#include "persistence/store.hpp"

#include <string>
#include <string_view>

// The records of check-ins: FORMAT.md, "Kinds of records".

namespace cavea::persistence {

namespace record_keys {

[[nodiscard]] std::string ticket_use(
    const engine::OfferingId& offering, engine::ReservationId booking, engine::Place place);
[[nodiscard]] std::string check_ins(const engine::OfferingId& offering);

}  // namespace record_keys

[[nodiscard]] std::string encode(const engine::TicketUse& use);
[[nodiscard]] std::string encode(const engine::CheckIns& counts);

[[nodiscard]] Read<engine::TicketUse> decode_ticket_use(std::string_view value);
[[nodiscard]] Read<engine::CheckIns> decode_check_ins(std::string_view value);

}  // namespace cavea::persistence
