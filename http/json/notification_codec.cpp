#include "http/json/notification_codec.hpp"

#include "engine/email_address.hpp"
#include "http/json/object_reader.hpp"
#include "http/json/reservation_parts.hpp"
#include "http/json/time_writer.hpp"
#include "http/json/writer.hpp"

#include <algorithm>
#include <utility>

namespace cavea::http::json {

namespace {

using engine::NotificationKind;

/// A member that may be null, which is as if it were not there.
std::string read_optional_text(ObjectReader& reader, std::string_view name, TextLimits limits) {
  const auto* value = reader.find(name);
  if (value == nullptr || value->is_null()) return {};
  return reader.text(name, limits).value_or(std::string());
}

std::string words_of(const std::vector<std::string>& languages) {
  std::string words = "must be one of";
  for (const auto& language : languages) words += " \"" + language + "\"";
  return words;
}

void write_item(Writer& writer, const engine::InboxItem& item, const TimeZone& zone) {
  writer.key("id").text(engine::text_of(item.id));
  writer.key("kind").text(engine::name_of(item.kind));
  write_time(writer, "at", item.at, zone);
  const bool is_waiting = item.kind == NotificationKind::waiting_ended;
  writer.key(is_waiting ? "waiting" : "reservation").text(item.about.str());
  if (item.kind == NotificationKind::reservation_refunded) {
    writer.key("refunded").begin_object();
    writer.key("amount").number(item.refunded.minor);
    writer.key("currency").text(item.currency.view()).end_object();
  }
  if (item.kind == NotificationKind::waiting_offer) {
    write_time(writer, "until", item.until, zone);
  }
}

}  // namespace

engine::Result<SettingsInput, BadInput> read_settings(
    const Json& value, const std::vector<std::string>& languages) {
  Findings findings;
  SettingsInput input;
  const auto root = Path::root();
  ObjectReader reader(value, root, findings);
  // What was read before may be sent back as it came.
  reader.allow_only({"email", "language", "languages"});
  input.email = read_optional_text(reader, "email", {.min = 1, .max = 254});
  if (!input.email.empty() && !engine::is_email_address(input.email)) {
    reader.fault("email", "must be an e-mail address: \"alice@example.org\"");
  }
  input.language = read_optional_text(reader, "language", {.min = 1, .max = 35});
  const bool is_written =
      languages.empty() || input.language.empty()
      || std::find(languages.begin(), languages.end(), input.language) != languages.end();
  if (!is_written) reader.fault("language", words_of(languages));
  if (findings.any()) return findings.take();
  return input;
}

engine::Result<engine::Timestamp, BadInput> read_read_until(const Json& value) {
  Findings findings;
  const auto root = Path::root();
  ObjectReader reader(value, root, findings);
  reader.allow_only({"until"});
  engine::Timestamp until;
  if (reader.require("until") != nullptr) {
    const auto text = reader.text("until", {.min = 1, .max = 64});
    if (text) {
      const auto time = parse_time(*text, TimeZone::utc());
      if (time) {
        until = *time;
      } else {
        reader.fault("until", time.error());
      }
    }
  }
  if (findings.any()) return findings.take();
  return until;
}

void append_settings(
    std::string& out,
    const engine::PersonSettings& settings,
    const std::vector<std::string>& languages) {
  Writer writer(out);
  const auto write = [&](std::string_view name, const std::string& text) {
    writer.key(name);
    if (text.empty()) {
      writer.null();
    } else {
      writer.text(text);
    }
  };
  writer.begin_object();
  write("email", settings.email);
  write("language", settings.language);
  writer.key("languages").begin_array();
  for (const auto& language : languages) writer.text(language);
  writer.end_array().end_object();
}

void append_notification(std::string& out, const engine::InboxEntry& entry) {
  const auto& card = card_of(entry.definition);
  Writer writer(out);
  writer.begin_object();
  write_item(writer, entry.item, card.zone);
  writer.key("read").boolean(entry.is_read);
  writer.key("offering");
  if (card.members.empty()) {
    writer.null();
  } else {
    writer.raw("{" + card.members + "}");
  }
  writer.end_object();
}

void append_dead_letter(std::string& out, const engine::MailDelivery& letter) {
  Writer writer(out);
  writer.begin_object();
  write_item(writer, letter.item, TimeZone::utc());
  writer.key("user").text(letter.user);
  writer.key("attempts").number(letter.attempts);
  write_time(writer, "given_up_at", letter.next_at, TimeZone::utc());
  writer.key("status");
  if (letter.status == 0) {
    writer.null();
  } else {
    writer.number(letter.status);
  }
  writer.key("detail").text(letter.detail).end_object();
}

}  // namespace cavea::http::json
