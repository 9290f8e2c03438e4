#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cavea::http {

/// What is wrong with the address of a webhook, in words; nothing when it may be one. It is a
/// https URL with a host, without a user or a fragment. `may_be_local`: http, too. Where its name
/// leads is looked at by whoever connects, each time.
[[nodiscard]] std::optional<std::string> fault_of_webhook_url(
    std::string_view text, bool may_be_local);

}  // namespace cavea::http
