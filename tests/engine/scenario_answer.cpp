#include "tests/engine/scenario_answer.hpp"

#include "tests/engine/scenario_words.hpp"

namespace cavea::engine::testing {

namespace {

std::string name_of_cause(Cause cause) {
  switch (cause) {
    case Cause::user:
      return "user";
    case Cause::administrator:
      return "administrator";
    case Cause::deadline:
      return "deadline";
    case Cause::offering_cancelled:
      return "offering cancelled";
  }
  return "";
}

std::string name_of_end(WaitingEnd end) {
  switch (end) {
    case WaitingEnd::none:
      return "none";
    case WaitingEnd::user:
      return "user";
    case WaitingEnd::administrator:
      return "administrator";
    case WaitingEnd::sale_closed:
      return "sale closed";
    case WaitingEnd::offering_cancelled:
      return "offering cancelled";
    case WaitingEnd::offering_deleted:
      return "offering deleted";
    case WaitingEnd::offering_changed:
      return "offering changed";
    case WaitingEnd::person_limit:
      return "person limit";
    case WaitingEnd::granted_elsewhere:
      return "granted elsewhere";
  }
  return "";
}

std::string total_of(const std::vector<ReservationLine>& lines, Currency currency) {
  std::int64_t total = 0;
  for (const auto& line : lines) total += line.price.minor;
  return std::to_string(total) + " " + std::string(currency.view());
}

}  // namespace

std::string Answer::say(const Decision& decision) const {
  if (const auto* refusal = std::get_if<Refusal>(&decision)) return say(*refusal);
  if (const auto* replayed = std::get_if<Replayed>(&decision)) {
    return "replayed " + name_of_(replayed->reservation);
  }
  if (const auto* ask = std::get_if<AskDiary>(&decision)) {
    return "asks the diary for " + name_of_(ask->question.reservation);
  }
  std::string text;
  for (const auto& event : std::get<OfferingEvents>(decision)) {
    text += (text.empty() ? "" : "; ") + say(event);
  }
  return text.empty() ? "nothing" : text;
}

std::string Answer::say(const VenueDecision& decision) const {
  if (const auto* refusal = std::get_if<Refusal>(&decision)) return say(*refusal);
  const auto& event = std::get<VenueEvent>(decision);
  const auto* changed = std::get_if<VenueChanged>(&event);
  if (changed == nullptr) {
    return std::holds_alternative<VenueCreated>(event) ? "venue created" : "venue deleted";
  }
  std::string text = "venue changed:";
  const auto& map = *changed->definition.seat_map;
  for (const auto& row : map.rows()) {
    for (const auto place : row.seats) {
      text += " " + map.label(place) + "=" + std::to_string(place.value);
    }
  }
  for (std::uint32_t value = 0; value < map.seat_count(); ++value) {
    if (map.seat({value}).traits.retired) text += " retired=" + std::to_string(value);
  }
  return text;
}

std::string Answer::say(const Refusal& refusal) const {
  std::string text = "refused " + std::string(name_of(refusal.reason));
  for (const auto& place : refusal.places) {
    text += ", " + label(place.place) + " " + std::string(name_of(place.state));
  }
  for (const auto& name : refusal.unknown_names) text += ", unknown " + name;
  for (const auto& fault : refusal.faults) text += ", " + fault.field;
  if (refusal.available.value_or(0) != 0) {
    text += ", available " + std::to_string(*refusal.available);
  }
  if (refusal.at != Timestamp{}) text += ", at " + text_of(refusal.at);
  for (const auto& places : refusal.alternatives) text += ", or" + labels(places);
  return text;
}

std::string Answer::say(const OfferingEvent& event) const {
  return std::visit([this](const auto& one) { return say_one(one); }, event);
}

std::string Answer::say_one(const OfferingCreated& /*event*/) const {
  return "created";
}

std::string Answer::say_one(const OfferingChanged& /*event*/) const {
  return "changed";
}

std::string Answer::say_one(const OfferingCancelled& event) const {
  return "offering cancelled because " + event.reason;
}

std::string Answer::say_one(const OfferingDeleted& /*event*/) const {
  return "deleted";
}

std::string Answer::say_one(const PlacesHeld& event) const {
  return "held " + name_of_(event.reservation) + ":" + labels(event.lines) + ", "
         + total_of(event.lines, event.currency) + ", until " + text_of(event.until);
}

std::string Answer::say_one(const PlacesSold& event) const {
  return "sold " + name_of_(event.reservation) + ":" + labels(event.lines);
}

std::string Answer::say_one(const ReservationConfirmed& event) const {
  return "confirmed " + name_of_(event.reservation);
}

std::string Answer::say_one(const HoldExpired& event) const {
  return "expired " + name_of_(event.reservation);
}

std::string Answer::say_one(const PlacesGivenBack& event) const {
  return "gave back of " + name_of_(event.reservation) + ":" + labels(event.places) + " ("
         + name_of_cause(event.cause) + ")";
}

std::string Answer::say_one(const ReservationCancelled& event) const {
  return "cancelled " + name_of_(event.reservation) + " (" + name_of_cause(event.cause) + ")";
}

std::string Answer::say_one(const PlacesBlocked& event) const {
  return "blocked" + labels(event.places) + " because " + event.reason;
}

std::string Answer::say_one(const PlacesUnblocked& event) const {
  return "unblocked" + labels(event.places);
}

std::string Answer::say_one(const HoldPinned& event) const {
  const auto pinned = "pinned " + name_of_(event.reservation) + " for " + name_of_(event.saga);
  return event.until == Timestamp{} ? pinned : pinned + ", until " + text_of(event.until);
}

std::string Answer::say_one(const WaitingJoined& event) const {
  return name_of_(event.id) + " waits";
}

std::string Answer::say_one(const WaitingLeft& event) const {
  return name_of_(event.id) + " left (" + name_of_end(event.end) + ")";
}

std::string Answer::say_one(const WaitingGranted& event) const {
  return "granted " + name_of_(event.id);
}

std::string Answer::say_one(const WaitingPassedOver& event) const {
  return "passed over " + name_of_(event.id) + " (" + std::to_string(event.times) + ")";
}

std::string Answer::say_one(const WaitingClosed& event) const {
  return "nobody waits any more (" + name_of_end(event.end) + ")";
}

std::string Answer::label(Place place) const {
  if (definition_ == nullptr || definition_->performance() == nullptr) {
    return std::to_string(place.value);
  }
  return definition_->performance()->seat_map->label(place);
}

std::string Answer::labels(const std::vector<Place>& places) const {
  std::string text;
  for (const auto place : places) text += " " + label(place);
  return text;
}

std::string Answer::labels(const std::vector<ReservationLine>& lines) const {
  std::string text;
  for (const auto& line : lines) text += " " + label(line.place);
  return text;
}

}  // namespace cavea::engine::testing
