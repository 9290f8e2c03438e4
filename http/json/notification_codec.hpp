#pragma once

#include "engine/inbox.hpp"
#include "engine/result.hpp"
#include "http/json/document.hpp"
#include "http/json/findings.hpp"

#include <string>
#include <vector>

namespace cavea::http::json {

/// The body of `PUT /v1/me/settings`: all that a person has chosen. Missing or null is empty.
struct SettingsInput {
  std::string email;
  std::string language;
};

/// `languages`: of which there are texts; when empty, nobody writes and any will do.
[[nodiscard]] engine::Result<SettingsInput, BadInput> read_settings(
    const Json& value, const std::vector<std::string>& languages);

/// The body of `POST /v1/me/notifications/read`: what is not newer than this was read.
[[nodiscard]] engine::Result<engine::Timestamp, BadInput> read_read_until(const Json& value);

void append_settings(
    std::string& out,
    const engine::PersonSettings& settings,
    const std::vector<std::string>& languages);

void append_notification(std::string& out, const engine::InboxEntry& entry);

void append_dead_letter(std::string& out, const engine::MailDelivery& letter);

}  // namespace cavea::http::json
