#include "persistence/notification_codec.hpp"

#include "persistence/definition_codec.hpp"
#include "persistence/keys.hpp"
#include "persistence/record_reader.hpp"
#include "persistence/saga_codec.hpp"

namespace cavea::persistence {

namespace {

void encode_time(Encoder& out, engine::Timestamp time) {
  out.svarint(time.ms);
}

engine::Timestamp decode_time(Decoder& in) {
  return {in.svarint()};
}

void encode_notification_id(Encoder& out, const engine::NotificationId& id) {
  out.varint(id.shard.value);
  out.varint(id.index);
  out.varint(id.ordinal);
  out.varint(id.of_reservation);
}

engine::NotificationId decode_notification_id(Decoder& in) {
  engine::NotificationId id;
  id.shard.value = in.varint16();
  id.index = in.varint();
  id.ordinal = in.varint32();
  id.of_reservation = in.varint();
  return id;
}

engine::NotificationKind decode_kind(Decoder& in) {
  const auto number = in.u8();
  if (number < 1
      || number > static_cast<std::uint8_t>(engine::NotificationKind::exchange_expired)) {
    in.fail();
  }
  return static_cast<engine::NotificationKind>(number);
}

void encode_item(Encoder& out, const engine::InboxItem& item) {
  encode_notification_id(out, item.id);
  out.u8(static_cast<std::uint8_t>(item.kind));
  encode_time(out, item.at);
  encode_id(out, item.about);
  out.svarint(item.refunded.minor);
  encode_currency(out, item.currency);
  encode_time(out, item.until);
}

engine::InboxItem decode_item(Decoder& in) {
  engine::InboxItem item;
  item.id = decode_notification_id(in);
  item.kind = decode_kind(in);
  item.at = decode_time(in);
  item.about = decode_id(in);
  item.refunded.minor = in.svarint();
  item.currency = decode_currency(in);
  item.until = decode_time(in);
  return item;
}

/// Of a person whose calendar has had other addresses; the others have the first.
constexpr std::uint8_t person_version_with_calendar = 2;

/// A value that begins with its version.
class Value {
 public:
  explicit Value(std::uint8_t version = record_version) { to_.u8(version); }

  Encoder* operator->() noexcept { return &to_; }

  Encoder& operator*() noexcept { return to_; }

  [[nodiscard]] std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
  Encoder to_{bytes_};
};

void append_id(Key& key, const engine::NotificationId& id) {
  key.big_endian(id.index).big_endian(id.ordinal).big_endian(id.of_reservation);
}

std::string text_of(const Key& key) {
  return std::string(key.view());
}

}  // namespace

namespace record_keys {

std::string position(std::string_view consumer) {
  return std::string(consumer);
}

std::string inbox_of(std::string_view user) {
  return text_of(Key().big_endian(engine::PersonKey::of(user).value));
}

std::string inbox(std::string_view user, const engine::InboxCursor& at) {
  Key key;
  key.big_endian(engine::PersonKey::of(user).value).time(at.at);
  append_id(key, at.id);
  return text_of(key);
}

engine::PersonKey person_of_inbox(std::string_view key) {
  return {KeyReader(key).big_endian<std::uint64_t>()};
}

std::string delivery(engine::Timestamp next_at, const engine::NotificationId& id) {
  Key key;
  key.time(next_at);
  append_id(key, id);
  return text_of(key);
}

std::string deliveries_before(engine::Timestamp time) {
  return text_of(Key().time(time));
}

std::string dead_letter(const engine::NotificationId& id) {
  Key key;
  append_id(key, id);
  return text_of(key);
}

std::string person(std::string_view user) {
  // The name itself: a hash would let somebody choose another's. Few are longer than a key.
  constexpr std::size_t name_max = 88;
  Key key;
  key.bytes(user.substr(0, name_max));
  if (user.size() > name_max) key.big_endian(engine::PersonKey::of(user).value);
  return text_of(key);
}

std::string round(engine::Timestamp due_at, const NotificationRound& round) {
  return text_of(
      Key().time(due_at).u8(static_cast<std::uint8_t>(round.kind)).bytes(round.offering.view()));
}

std::string rounds_before(engine::Timestamp time) {
  return text_of(Key().time(time));
}

std::string told(const engine::OfferingId& offering) {
  return "o" + std::string(offering.view());
}

std::string told(engine::ReservationId saga) {
  return text_of(Key().tag('s').id(saga));
}

}  // namespace record_keys

std::string encode_position(std::uint64_t index) {
  Value value;
  value->varint(index);
  return value.take();
}

std::string encode(const engine::InboxItem& item) {
  Value value;
  encode_item(*value, item);
  return value.take();
}

std::string encode(const engine::MailDelivery& delivery) {
  Value value;
  encode_item(*value, delivery.item);
  value->text(delivery.user);
  value->varint(delivery.attempts);
  encode_time(*value, delivery.next_at);
  value->varint(delivery.status);
  value->text(delivery.detail);
  return value.take();
}

std::string encode(const engine::PersonSettings& settings) {
  const bool is_reset = settings.calendar_epoch != 0;
  Value value(is_reset ? person_version_with_calendar : record_version);
  value->text(settings.email);
  value->text(settings.language);
  encode_time(*value, settings.read_until);
  if (is_reset) value->varint(settings.calendar_epoch);
  return value.take();
}

std::string encode(const NotificationRound& round) {
  Value value;
  value->u8(static_cast<std::uint8_t>(round.kind));
  value->text(round.offering.view());
  encode_time(*value, round.at);
  encode_notification_id(*value, round.id);
  encode_id(*value, round.after);
  return value.take();
}

std::string encode(const OfferingTold& told) {
  Value value;
  encode_time(*value, told.starts_at);
  value->text(told.venue);
  encode_time(*value, told.reminder_at);
  return value.take();
}

std::string encode(const engine::SagaTold& told) {
  Value value;
  value->u8(static_cast<std::uint8_t>((told.is_confirmed ? 1 : 0) | (told.has_ended ? 2 : 0)));
  value->varint(told.places);
  value->svarint(told.refunded.minor);
  return value.take();
}

Read<std::uint64_t> decode_position(std::string_view value) {
  RecordReader in("position of a consumer", {}, value);
  return in.finish(in->varint());
}

Read<engine::InboxItem> decode_inbox_item(std::string_view value) {
  RecordReader in("notification", {}, value);
  return in.finish(decode_item(*in));
}

Read<engine::MailDelivery> decode_delivery(std::string_view value) {
  RecordReader in("delivery", {}, value);
  engine::MailDelivery delivery;
  delivery.item = decode_item(*in);
  delivery.user = in->text();
  delivery.attempts = in->varint32();
  delivery.next_at = decode_time(*in);
  delivery.status = in->varint32();
  delivery.detail = in->text();
  return in.finish(std::move(delivery));
}

Read<engine::PersonSettings> decode_person(std::string_view value) {
  RecordReader in("settings of a person", {}, value, person_version_with_calendar);
  engine::PersonSettings settings;
  settings.email = in->text();
  settings.language = in->text();
  settings.read_until = decode_time(*in);
  if (in.version() == person_version_with_calendar) settings.calendar_epoch = in->varint32();
  return in.finish(std::move(settings));
}

Read<NotificationRound> decode_round(std::string_view value) {
  RecordReader in("round of notifications", {}, value);
  NotificationRound round;
  round.kind = decode_kind(*in);
  round.offering = decode_name<engine::OfferingId>(*in);
  round.at = decode_time(*in);
  round.id = decode_notification_id(*in);
  round.after = decode_id(*in);
  return in.finish(std::move(round));
}

Read<OfferingTold> decode_offering_told(std::string_view value) {
  RecordReader in("what was told of an offering", {}, value);
  OfferingTold told;
  told.starts_at = decode_time(*in);
  told.venue = in->text();
  told.reminder_at = decode_time(*in);
  return in.finish(std::move(told));
}

Read<engine::SagaTold> decode_saga_told(std::string_view value) {
  RecordReader in("what was told of a saga", {}, value);
  engine::SagaTold told;
  const auto bits = in->u8();
  if (bits > 3) in->fail();
  told.is_confirmed = (bits & 1) != 0;
  told.has_ended = (bits & 2) != 0;
  told.places = in->varint32();
  told.refunded.minor = in->svarint();
  return in.finish(told);
}

}  // namespace cavea::persistence
