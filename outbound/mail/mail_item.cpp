#include "outbound/mail/mail_item.hpp"

#include <algorithm>

namespace cavea::outbound::mail {

namespace {

using engine::DefinitionRef;
using engine::ReservationLine;

/// What is counted of an item: places that are the person's, or all that ever were.
enum class Counted { kept, all };

void add_item(
    std::vector<MailItem>& items,
    const DefinitionRef& definition,
    const std::vector<ReservationLine>& lines,
    Counted counted,
    std::uint32_t index) {
  if (definition == nullptr) return;
  MailItem item{
      .definition = definition,
      .index = index,
      .quantity = 0,
      .seats = {},
      .price = {},
      .currency = definition->currency};
  const auto* seated = definition->performance();
  for (const auto& line : lines) {
    if (counted == Counted::kept && line.given_back) continue;
    ++item.quantity;
    item.price.minor += line.price.minor;
    if (seated == nullptr || line.place.value >= seated->seat_map->seat_count()) continue;
    if (!item.seats.empty()) item.seats += ", ";
    item.seats += seated->seat_map->label(line.place);
  }
  if (item.quantity > 0) items.push_back(std::move(item));
}

/// Whether places of a leg are the person's, or may become theirs.
bool is_kept(const engine::SagaLeg& leg) {
  using enum engine::LegState;
  return leg.state == found || leg.state == held || leg.state == sold;
}

std::vector<MailItem> items_of_reservation(const engine::ReservationView& view, Counted counted) {
  std::vector<MailItem> items;
  if (view.saga == nullptr) {
    add_item(items, view.definition, view.reservation.lines, counted, 0);
    return items;
  }
  const auto& legs = view.saga->saga.legs;
  const auto& definitions = view.saga->definitions;
  for (std::size_t i = 0; i < legs.size() && i < definitions.size(); ++i) {
    if (counted == Counted::kept && !is_kept(legs[i])) continue;
    add_item(items, definitions[i], legs[i].lines, counted, static_cast<std::uint32_t>(i));
  }
  return items;
}

std::vector<MailItem> items_of_wish(const engine::WaitingView& view) {
  std::vector<MailItem> items;
  for (const auto& waited : view.items) {
    if (waited.definition == nullptr) continue;
    items.push_back(
        {.definition = waited.definition,
         .index = static_cast<std::uint32_t>(items.size()),
         .quantity = waited.record.wish.party_size,
         .seats = {},
         .price = {},
         .currency = waited.definition->currency});
  }
  return items;
}

}  // namespace

bool is_going_on(const engine::ReservationView& view) {
  if (view.saga != nullptr) {
    using enum engine::SagaStatus;
    const auto status = status_of(view.saga->saga);
    return status == claiming || status == held || status == awaiting_payment
           || status == confirmed;
  }
  const auto status = view.reservation.status;
  return status == engine::ReservationStatus::held
         || status == engine::ReservationStatus::confirmed;
}

std::vector<MailItem> items_of(const engine::Notification& what) {
  if (what.reservation != nullptr) {
    std::vector<MailItem> items;
    if (is_going_on(*what.reservation)) {
      items = items_of_reservation(*what.reservation, Counted::kept);
    }
    if (items.empty()) items = items_of_reservation(*what.reservation, Counted::all);
    return items;
  }
  if (what.waiting != nullptr) return items_of_wish(*what.waiting);
  return {};
}

}  // namespace cavea::outbound::mail
