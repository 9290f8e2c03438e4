#include "outbound/mail/mail_values.hpp"

#include "outbound/mail/mail_item.hpp"

#include <algorithm>

namespace cavea::outbound::mail {

namespace {

namespace mustache = kainjow::mustache;
using engine::Notification;
using engine::NotificationKind;

void set_if(mustache::data& values, const char* name, const std::string& text) {
  if (!text.empty()) values.set(name, text);
}

/// A section without values of its own.
void set_flag(mustache::data& values, const char* name, bool holds) {
  values.set(name, mustache::data(holds));
}

mustache::data values_of_item(
    const MailItem& item, const std::vector<engine::Venue>& venues, const Wording& wording) {
  const auto& definition = *item.definition;
  const auto& zone = definition.time_zone;
  mustache::data values;
  values.set("title", definition.title);
  values.set("starts", wording.date_time(definition.starts_at, zone));
  const bool is_short = is_same_day(definition.starts_at, definition.ends_at, zone);
  values.set(
      "ends",
      is_short ? wording.time_of_day(definition.ends_at, zone)
               : wording.date_time(definition.ends_at, zone));
  values.set("zone", wording.zone_name(definition.starts_at, zone));
  const auto venue = std::ranges::find(venues, definition.venue, &engine::Venue::id);
  if (venue != venues.end()) {
    set_if(values, "venue", venue->definition.name);
    set_if(values, "address", venue->definition.address);
  }
  values.set("quantity", std::to_string(item.quantity));
  set_if(values, "seats", item.seats);
  if (item.price.minor > 0) values.set("price", wording.money(item.price, item.currency));
  return values;
}

/// In the currency of all items; nothing of what costs nothing.
std::string total_of(const std::vector<MailItem>& items, const Wording& wording) {
  engine::Money sum;
  for (const auto& item : items) sum.minor += item.price.minor;
  return sum.minor > 0 ? wording.money(sum, items.front().currency) : std::string();
}

void add_tickets(
    mustache::data& values, const MailParts& parts, const std::vector<MailItem>& items) {
  mustache::data list(mustache::data::type::list);
  for (std::size_t i = 0; i < parts.tickets.size(); ++i) {
    const auto& ticket = parts.tickets[i];
    mustache::data one;
    one.set("number", std::to_string(ticket.number));
    set_if(one, "seat", ticket.label);
    one.set("image", parts.images.at(i));
    const auto item = std::ranges::find(items, ticket.item, &MailItem::index);
    if (item != items.end()) one.set("title", item->definition->title);
    list.push_back(one);
  }
  set_flag(values, "has_tickets", !parts.tickets.empty());
  values.set("tickets", list);
  if (parts.tickets_left > 0) values.set("tickets_left", std::to_string(parts.tickets_left));
}

/// Why it ended, as far as there are words for it.
void add_cause(mustache::data& values, const Notification& what) {
  bool is_offering_cancelled = false;
  bool is_sale_closed = false;
  if (what.reservation != nullptr) {
    const auto& view = *what.reservation;
    const auto cause = view.saga != nullptr ? view.saga->saga.cause : view.reservation.cause;
    is_offering_cancelled = cause == engine::Cause::offering_cancelled
                            && what.kind == NotificationKind::reservation_cancelled;
    const bool is_partly =
        what.kind == NotificationKind::reservation_cancelled && is_going_on(view);
    set_flag(values, "in_part", is_partly);
    set_flag(values, "whole", !is_partly);
    set_flag(
        values, "was_paid", view.saga != nullptr && view.saga->saga.payment.captured.minor > 0);
  }
  if (what.waiting != nullptr) {
    for (const auto& item : what.waiting->items) {
      is_offering_cancelled |= item.record.end == engine::WaitingEnd::offering_cancelled;
      is_sale_closed |= item.record.end == engine::WaitingEnd::sale_closed;
    }
  }
  set_flag(values, "offering_cancelled", is_offering_cancelled);
  set_flag(values, "sale_closed", is_sale_closed && !is_offering_cancelled);
  set_flag(values, "otherwise", !is_offering_cancelled && !is_sale_closed);
}

}  // namespace

std::string link_of(const Notification& what, std::string page_url) {
  if (page_url.empty()) return {};
  while (page_url.ends_with('/')) page_url.pop_back();
  if (what.reservation != nullptr) {
    return page_url + "/reservations/" + what.reservation->reservation.id.str();
  }
  if (what.waiting == nullptr || what.waiting->items.empty()) return page_url;
  return page_url + "/waiting/" + what.waiting->items.front().record.party.id.str();
}

mustache::data values_of(const Notification& what, const MailParts& parts, const Wording& wording) {
  const auto items = items_of(what);
  mustache::data values;
  mustache::data list(mustache::data::type::list);
  for (const auto& item : items) list.push_back(values_of_item(item, what.venues, wording));
  values.set("items", list);
  const bool has_until = what.until != engine::Timestamp{};
  if (!items.empty()) {
    const auto& first = *items.front().definition;
    const auto& zone = first.time_zone;
    values.set("title", first.title);
    values.set("starts", wording.date_time(first.starts_at, zone));
    values.set("zone", wording.zone_name(has_until ? what.until : first.starts_at, zone));
    if (has_until) values.set("until", wording.date_time(what.until, zone));
    if (items.size() > 1) values.set("more", std::to_string(items.size() - 1));
    set_if(values, "total", total_of(items, wording));
  }
  if (what.reservation != nullptr) {
    const auto& view = *what.reservation;
    const auto& currency = view.saga ? view.saga->saga.currency : view.reservation.currency;
    values.set("reservation", view.reservation.id.str());
    if (what.refunded.minor > 0) values.set("refunded", wording.money(what.refunded, currency));
  }
  set_if(values, "reason", what.reason);
  set_if(values, "link", link_of(what, parts.page_url));
  set_flag(values, "calendar", parts.has_calendar);
  add_cause(values, what);
  add_tickets(values, parts, items);
  return values;
}

}  // namespace cavea::outbound::mail
