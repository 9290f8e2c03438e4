#include "persistence/webhook_codec.hpp"

#include "persistence/definition_codec.hpp"
#include "persistence/keys.hpp"
#include "persistence/record_reader.hpp"

#include <variant>

namespace cavea::persistence {

namespace {

enum class StartTag : std::uint8_t { time = 0, position = 1 };

void encode_start(Encoder& out, const engine::Timestamp& time) {
  out.u8(static_cast<std::uint8_t>(StartTag::time));
  out.svarint(time.ms);
}

void encode_start(Encoder& out, const engine::ChangesPosition& position) {
  out.u8(static_cast<std::uint8_t>(StartTag::position));
  out.varint(position.data);
  out.varint(position.part);
  out.varint(position.read.size());
  for (const auto index : position.read) out.varint(index);
  out.u8(position.within ? 1 : 0);
  if (!position.within) return;
  out.varint(position.within->place);
  out.varint(position.within->events);
}

engine::WebhookStart decode_start(Decoder& in) {
  const auto tag = decode_enum(in, StartTag::time, StartTag::position);
  if (tag == StartTag::time) return engine::Timestamp{in.svarint()};
  engine::ChangesPosition position;
  position.data = in.varint32();
  position.part = in.varint16();
  const auto shards = in.count(1);
  for (std::size_t i = 0; i < shards && in.ok(); ++i) position.read.push_back(in.varint());
  if (in.boolean()) {
    position.within.emplace();
    position.within->place = in.varint16();
    position.within->events = in.varint32();
  }
  return position;
}

void encode_webhook_event(Encoder& out, const engine::WebhookEvent& event) {
  out.varint(event.index);
  out.varint(event.ordinal);
}

engine::WebhookEvent decode_webhook_event(Decoder& in) {
  engine::WebhookEvent event;
  event.index = in.varint();
  event.ordinal = in.varint32();
  return event;
}

void encode_parked(Encoder& out, const engine::ParkedEvent& parked) {
  encode_webhook_event(out, parked.event);
  out.svarint(parked.at.ms);
  out.fixed64(parked.subject);
  out.varint(parked.attempts);
  out.svarint(parked.first_at.ms);
  out.svarint(parked.next_at.ms);
}

engine::ParkedEvent decode_parked(Decoder& in) {
  engine::ParkedEvent parked;
  parked.event = decode_webhook_event(in);
  parked.at = {in.svarint()};
  parked.subject = in.fixed64();
  parked.attempts = in.varint32();
  parked.first_at = {in.svarint()};
  parked.next_at = {in.svarint()};
  return parked;
}

/// Bytes of a parked event at least.
constexpr std::size_t parked_bytes_min = 14;

std::string versioned() {
  return std::string(1, static_cast<char>(record_version));
}

}  // namespace

namespace record_keys {

std::string webhook(const engine::WebhookId& id) {
  return id.str();
}

std::string webhook_lane(const engine::WebhookId& id) {
  return id.str();
}

std::string webhook_deliveries_of(const engine::WebhookId& id) {
  return std::string(Key().name(id).view());
}

std::string webhook_delivery(
    const engine::WebhookId& id, engine::Timestamp at, const engine::WebhookEvent& event) {
  Key key;
  key.name(id).time(at).big_endian(event.index).big_endian(event.ordinal);
  return std::string(key.view());
}

}  // namespace record_keys

std::string encode(const engine::Webhook& webhook) {
  auto value = versioned();
  Encoder out(value);
  out.text(webhook.id.view());
  out.text(webhook.url);
  out.texts(webhook.types);
  out.text(webhook.description);
  out.text(webhook.secret);
  out.text(webhook.old_secret);
  out.svarint(webhook.old_secret_until.ms);
  out.u8(static_cast<std::uint8_t>(webhook.end));
  out.svarint(webhook.ended_at.ms);
  out.svarint(webhook.created_at.ms);
  out.varint(webhook.replays);
  out.varint(webhook.runs);
  std::visit([&](const auto& start) { encode_start(out, start); }, webhook.start);
  return value;
}

std::string encode(const engine::WebhookLane& lane) {
  auto value = versioned();
  Encoder out(value);
  out.varint(lane.replays);
  out.varint(lane.runs);
  out.varint(lane.place.index);
  out.varint(lane.place.events);
  out.varint(lane.failures);
  out.svarint(lane.next_at.ms);
  out.svarint(lane.failing_since.ms);
  out.varint(lane.parked.size());
  for (const auto& parked : lane.parked) encode_parked(out, parked);
  return value;
}

std::string encode(const engine::WebhookDelivery& delivery) {
  auto value = versioned();
  Encoder out(value);
  encode_webhook_event(out, delivery.event);
  out.svarint(delivery.at.ms);
  out.text(delivery.type);
  out.text(delivery.subject);
  out.u8(static_cast<std::uint8_t>(delivery.state));
  out.varint(delivery.attempts);
  out.varint(delivery.status);
  out.text(delivery.detail);
  out.svarint(delivery.took.ms);
  out.svarint(delivery.last_at.ms);
  out.svarint(delivery.next_at.ms);
  return value;
}

Read<engine::Webhook> decode_webhook(std::string_view value) {
  RecordReader in("webhook", {}, value);
  engine::Webhook webhook;
  webhook.id = decode_name<engine::WebhookId>(*in);
  webhook.url = in->text();
  webhook.types = in->texts();
  webhook.description = in->text();
  webhook.secret = in->text();
  webhook.old_secret = in->text();
  webhook.old_secret_until = {in->svarint()};
  webhook.end = decode_enum(*in, engine::WebhookEnd::none, engine::WebhookEnd::failing);
  webhook.ended_at = {in->svarint()};
  webhook.created_at = {in->svarint()};
  webhook.replays = in->varint();
  webhook.runs = in->varint();
  webhook.start = decode_start(*in);
  return in.finish(std::move(webhook));
}

Read<engine::WebhookLane> decode_webhook_lane(std::string_view value) {
  RecordReader in("lane of a webhook", {}, value);
  engine::WebhookLane lane;
  lane.replays = in->varint();
  lane.runs = in->varint();
  lane.place.index = in->varint();
  lane.place.events = in->varint32();
  lane.failures = in->varint32();
  lane.next_at = {in->svarint()};
  lane.failing_since = {in->svarint()};
  const auto parked = in->count(parked_bytes_min);
  for (std::size_t i = 0; i < parked && in->ok(); ++i) lane.parked.push_back(decode_parked(*in));
  return in.finish(std::move(lane));
}

Read<engine::WebhookDelivery> decode_webhook_delivery(std::string_view value) {
  RecordReader in("delivery to a webhook", {}, value);
  engine::WebhookDelivery delivery;
  delivery.event = decode_webhook_event(*in);
  delivery.at = {in->svarint()};
  delivery.type = in->text();
  delivery.subject = in->text();
  delivery.state = decode_enum(
      *in, engine::WebhookDeliveryState::delivered, engine::WebhookDeliveryState::missed);
  delivery.attempts = in->varint32();
  delivery.status = in->varint32();
  delivery.detail = in->text();
  delivery.took = {in->svarint()};
  delivery.last_at = {in->svarint()};
  delivery.next_at = {in->svarint()};
  return in.finish(std::move(delivery));
}

}  // namespace cavea::persistence
