#include "http/changes_cursor.hpp"
#include "http/json/object_reader.hpp"
#include "http/json/webhook_codec.hpp"
#include "http/time_zone.hpp"
#include "http/webhook_url.hpp"

#include <algorithm>
#include <utility>

namespace cavea::http::json {

namespace {

namespace engine_limits = engine::limits;

constexpr TextLimits description_limits{.min = 0, .max = engine_limits::webhook_description_max};

std::optional<std::string> read_url(ObjectReader& reader, bool may_be_local) {
  auto url = reader.text("url", {.min = 1, .max = engine_limits::webhook_url_max});
  if (!url) return std::nullopt;
  if (auto fault = fault_of_webhook_url(*url, may_be_local)) {
    reader.fault("url", *std::move(fault));
  }
  return url;
}

std::vector<std::string> read_types(ObjectReader& reader) {
  const auto* value = reader.find("types");
  // As it is shown: all.
  if (value == nullptr || value->is_null()) return {};
  auto types = reader.texts("types", engine_limits::webhook_types_max, {.min = 1, .max = 64});
  for (const auto& type : types) {
    if (engine::ChangeTypes::named(type)) continue;
    reader.fault(
        "types",
        "must be names of types, as \"cavea.reservation.held\" or \"cavea.offering.*\"; null: all");
    break;
  }
  return types;
}

}  // namespace

engine::Result<WebhookInput, BadInput> read_webhook(const Json& value, bool may_be_local) {
  Findings findings;
  WebhookInput input;
  const auto root = Path::root();
  ObjectReader reader(value, root, findings);
  reader.allow_only({"id", "url", "types", "description", "enabled"});
  input.id = reader.name<engine::WebhookId>("id");
  if (reader.require("url") != nullptr) {
    input.create.url = read_url(reader, may_be_local).value_or(std::string());
  }
  input.create.types = read_types(reader);
  input.create.description = reader.text("description", description_limits).value_or(std::string());
  input.create.is_enabled = reader.boolean("enabled").value_or(true);
  if (findings.any()) return findings.take();
  return input;
}

engine::Result<engine::ChangeWebhook, BadInput> read_webhook_patch(
    const Json& value, bool may_be_local) {
  Findings findings;
  engine::ChangeWebhook change;
  const auto root = Path::root();
  ObjectReader reader(value, root, findings);
  reader.allow_only({"url", "types", "description", "enabled"});
  change.url = read_url(reader, may_be_local);
  if (reader.has("types")) change.types = read_types(reader);
  change.description = reader.text("description", description_limits);
  change.is_enabled = reader.boolean("enabled");
  if (findings.any()) return findings.take();
  return change;
}

engine::Result<engine::Duration, BadInput> read_webhook_rotation(const Json& value) {
  Findings findings;
  const auto root = Path::root();
  ObjectReader reader(value, root, findings);
  reader.allow_only({"keep_old_for_seconds"});
  constexpr std::int64_t day = 86'400;
  const auto seconds = reader
                           .integer(
                               "keep_old_for_seconds",
                               {.min = 0, .max = engine_limits::old_secret_time_max.ms / 1'000})
                           .value_or(day);
  if (findings.any()) return findings.take();
  return engine::Duration{seconds * 1'000};
}

engine::Result<engine::WebhookStart, BadInput> read_webhook_replay(
    const Json& value, engine::Timestamp now) {
  Findings findings;
  engine::WebhookStart start;
  const auto root = Path::root();
  ObjectReader reader(value, root, findings);
  reader.allow_only({"from"});
  constexpr std::size_t cursor_max = 8'192;
  if (reader.require("from") != nullptr) {
    const auto from = reader.text("from", {.min = 1, .max = cursor_max}).value_or(std::string());
    const auto time = parse_time(from, TimeZone::utc());
    if (from == "beginning") {
      start = engine::Timestamp{};
    } else if (from == "now") {
      start = now;
    } else if (time) {
      start = *time;
    } else if (auto position = decode_changes_cursor(from)) {
      start = *std::move(position);
    } else if (!findings.any()) {
      reader.fault(
          "from",
          "must be a time (\"2026-11-26T10:00:00Z\"), a cursor of /v1/changes, \"beginning\" or "
          "\"now\"");
    }
  }
  if (findings.any()) return findings.take();
  return start;
}

}  // namespace cavea::http::json
