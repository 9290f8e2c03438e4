#include "actors/reads.hpp"
#include "cluster/placement.hpp"
#include "engine/due_notifications.hpp"
#include "persistence/notification_codec.hpp"

#include <algorithm>
#include <utility>

// What people were told, and what could not be delivered.

namespace cavea::actors {

namespace {

using persistence::RecordKind;
namespace record_keys = persistence::record_keys;

bool is_about_waiting(engine::NotificationKind kind) {
  return kind == engine::NotificationKind::waiting_ended;
}

/// Of all that it is about.
std::vector<engine::DefinitionRef> definitions_in(const engine::Notification& what) {
  if (what.reservation != nullptr) {
    const auto& view = *what.reservation;
    return view.saga != nullptr ? view.saga->definitions : std::vector{view.definition};
  }
  std::vector<engine::DefinitionRef> definitions;
  if (what.waiting == nullptr) return definitions;
  for (const auto& item : what.waiting->items) definitions.push_back(item.definition);
  return definitions;
}

/// Never zero, which is what who has seen nothing has seen.
std::uint64_t version_of(const engine::InboxPage& page) {
  auto text = std::to_string(page.unread);
  for (const auto& entry : page.entries) {
    text += ' ' + engine::text_of(entry.item.id) + (entry.is_read ? 'r' : 'u');
  }
  return engine::stable_hash(text) | 1;
}

}  // namespace

engine::Notification Reads::notification_of(
    const engine::InboxItem& item, const std::string& user, std::uint16_t shard_count) const {
  engine::Notification what;
  what.id = item.id;
  what.kind = item.kind;
  what.at = item.at;
  what.user = user;
  what.refunded = item.refunded;
  what.until = item.until;
  if (is_about_waiting(item.kind)) {
    auto view = value_or_fail(reader_.waiting_view(item.about));
    if (view) what.waiting = std::make_shared<const engine::WaitingView>(std::move(*view));
    what.venues = venues_of(definitions_in(what), shard_count);
    return what;
  }
  auto view = view_of(item.about);
  if (!view) return what;
  what.reason = cancel_reason_of(*view, shard_count);
  what.reservation = std::make_shared<const engine::ReservationView>(std::move(*view));
  what.venues = venues_of(definitions_in(what), shard_count);
  return what;
}

/// Of the first offering of a reservation that was cancelled; empty: none was.
std::string Reads::cancel_reason_of(
    const engine::ReservationView& view, std::uint16_t shard_count) const {
  std::vector<engine::OfferingId> offerings;
  if (view.saga != nullptr) {
    for (const auto& leg : view.saga->saga.legs) offerings.push_back(leg.offering);
  } else if (view.reservation.cause == engine::Cause::offering_cancelled) {
    offerings.push_back(view.reservation.offering);
  }
  for (const auto& id : offerings) {
    const auto shard = cluster::shard_of(id.view(), shard_count);
    const auto offering = value_or_fail(reader_.offering_view(shard, id));
    if (offering && !offering->cancel_reason.empty()) return offering->cancel_reason;
  }
  return {};
}

std::vector<engine::Venue> Reads::venues_of(
    const std::vector<engine::DefinitionRef>& definitions, std::uint16_t shard_count) const {
  std::vector<engine::Venue> venues;
  for (const auto& definition : definitions) {
    if (definition == nullptr) continue;
    const auto& id = definition->venue;
    if (std::ranges::find(venues, id, &engine::Venue::id) != venues.end()) continue;
    auto venue = value_or_fail(reader_.venue(cluster::shard_of(id.view(), shard_count), id));
    if (venue.exists()) venues.push_back(std::move(venue));
  }
  return venues;
}

engine::PersonSettings Reads::settings_of(
    const std::string& user, std::uint16_t shard_count) const {
  const auto stored = value_or_fail(reader_.record(
      cluster::shard_of(user, shard_count), RecordKind::person, record_keys::person(user)));
  if (!stored) return {};
  return value_or_fail(persistence::decode_person(*stored));
}

/// Nothing when it is not about something of this person: keys have only hashes of names.
std::optional<engine::InboxEntry> Reads::entry_of(
    engine::InboxItem item, const std::string& user) const {
  engine::InboxEntry entry;
  if (is_about_waiting(item.kind)) {
    const auto record = value_or_fail(reader_.waiting(item.about.shard(), item.about));
    if (!record || record->party.user != user) return std::nullopt;
    entry.definition = value_or_fail(reader_.definition(item.about.shard(), record->offering));
  } else {
    const auto view = view_of(item.about);
    if (!view) return std::nullopt;
    const auto& owner = view->saga != nullptr ? view->saga->saga.user : view->reservation.user;
    if (owner != user) return std::nullopt;
    entry.definition = view->saga == nullptr || view->saga->definitions.empty()
                           ? view->definition
                           : view->saga->definitions.front();
  }
  entry.item = std::move(item);
  return entry;
}

engine::Answer Reads::answer_of(const engine::ListInbox& query, std::uint16_t shard_count) {
  return inbox_page(query, shard_count);
}

engine::InboxPage Reads::inbox_page(
    const engine::ListInbox& query, std::uint16_t shard_count) const {
  const auto newer = [](const engine::InboxItem& a, const engine::InboxItem& b) {
    return engine::InboxCursor{a.at, a.id} > engine::InboxCursor{b.at, b.id};
  };
  const auto settings = settings_of(query.user, shard_count);
  std::vector<engine::InboxItem> items;
  engine::InboxPage page;
  for (std::uint16_t number = 0; number < shard_count; ++number) {
    persistence::RecordRange range;
    range.kind = RecordKind::inbox;
    range.prefix = record_keys::inbox_of(query.user);
    range.newest_first = true;
    range.limit = query.limit + 1;
    if (query.after) {
      // Of the same moment there may be others on this shard: they are left out below.
      range.after = record_keys::inbox(
          query.user, {query.after->at + engine::Duration{1}, engine::NotificationId{}});
      range.limit += engine::InboxPage::same_moment_max;
    }
    for (const auto& record : value_or_fail(reader_.records({number}, range))) {
      auto item = value_or_fail(persistence::decode_inbox_item(record.value));
      if (query.after && !(engine::InboxCursor{item.at, item.id} < *query.after)) continue;
      items.push_back(std::move(item));
    }
    range = {};
    range.kind = RecordKind::inbox;
    range.prefix = record_keys::inbox_of(query.user);
    if (settings.read_until != engine::Timestamp{}) {
      range.after = record_keys::inbox(
          query.user, {settings.read_until + engine::Duration{1}, engine::NotificationId{}});
    }
    range.limit = engine::InboxPage::unread_max;
    page.unread +=
        static_cast<std::uint32_t>(value_or_fail(reader_.records({number}, range)).size());
  }
  for (auto& item : items_in_records(query)) items.push_back(std::move(item));
  page.unread += unread_in_records(query.user, settings.read_until);
  page.unread = std::min(page.unread, engine::InboxPage::unread_max);
  std::sort(items.begin(), items.end(), newer);
  const bool has_more = items.size() > query.limit;
  if (has_more) items.resize(query.limit);
  if (has_more) page.next = engine::InboxCursor{items.back().at, items.back().id};
  for (auto& item : items) {
    auto entry = entry_of(std::move(item), query.user);
    if (!entry) continue;
    entry->is_read = entry->item.at <= settings.read_until;
    page.entries.push_back(std::move(*entry));
  }
  page.version = version_of(page);
  return page;
}

/// What reservations tell themselves, newest first, not after `until`, as long as it goes on.
void Reads::for_each_item_in_records(
    const std::string& user,
    std::optional<engine::Timestamp> until,
    const std::function<bool(const engine::InboxItem&)>& goes_on) const {
  engine::ListReservations all;
  all.user = user;
  if (until) all.after = engine::ReservationId::make(*until + engine::Duration{1}, {}, 0);
  do {
    const auto page = value_or_fail(reader_.reservations(all));
    for (const auto& view : page.reservations) {
      // A saga over several has no record that tells.
      if (view.reservation.lines.empty()) continue;
      const auto item = engine::item_of(view.reservation);
      if (item && !goes_on(*item)) return;
    }
    all.after = page.next;
  } while (all.after);
}

/// Enough of them for a page.
std::vector<engine::InboxItem> Reads::items_in_records(const engine::ListInbox& query) const {
  std::vector<engine::InboxItem> items;
  const auto until = query.after ? std::optional(query.after->at) : std::nullopt;
  for_each_item_in_records(query.user, until, [&](const engine::InboxItem& item) {
    const bool is_behind = !query.after || engine::InboxCursor{item.at, item.id} < *query.after;
    if (is_behind) items.push_back(item);
    return items.size() <= query.limit;
  });
  return items;
}

std::uint32_t Reads::unread_in_records(
    const std::string& user, engine::Timestamp read_until) const {
  std::uint32_t unread = 0;
  for_each_item_in_records(user, std::nullopt, [&](const engine::InboxItem& item) {
    if (item.at <= read_until) return false;
    return ++unread < engine::InboxPage::unread_max;
  });
  return unread;
}

engine::Answer Reads::answer_of(const engine::GetPerson& query, std::uint16_t shard_count) {
  return engine::PersonView{settings_of(query.user, shard_count)};
}

engine::Answer Reads::answer_of(const engine::ListDeadLetters& query, std::uint16_t shard_count) {
  engine::DeadLetterPage page;
  const std::uint16_t first = query.after ? query.after->shard.value : 0;
  for (std::uint16_t number = first; number < shard_count; ++number) {
    persistence::RecordRange range;
    range.kind = RecordKind::dead_letter;
    if (query.after && number == first) range.after = record_keys::dead_letter(*query.after);
    range.limit = query.limit + 1 - page.letters.size();
    for (const auto& record : value_or_fail(reader_.records({number}, range))) {
      page.letters.push_back(value_or_fail(persistence::decode_delivery(record.value)));
    }
    if (page.letters.size() > query.limit) {
      page.letters.pop_back();
      page.next = page.letters.back().item.id;
      break;
    }
  }
  return page;
}

}  // namespace cavea::actors
