#pragma once

#include "engine/result.hpp"
#include "tickets/ticket_key.hpp"

#include <filesystem>

namespace cavea::app {

/// The key that signs tickets, in `file` (PEM). A missing file is made first, with a new key, for
/// its owner only (0600); when two processes do this at once, both get the same key. The error is a
/// sentence that names the file.
[[nodiscard]] engine::Result<tickets::TicketKey, tickets::KeyFault> read_or_make_ticket_key(
    const std::filesystem::path& file);

}  // namespace cavea::app
