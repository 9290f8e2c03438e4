#include "tests/engine/scenario_world.hpp"

#include "engine/assert.hpp"

#include <stdexcept>

namespace cavea::engine::testing {

namespace {

Revision revision_from(Words& words) {
  const auto text = words.setting("revision");
  return {text ? static_cast<std::uint32_t>(std::stoul(*text)) : 0};
}

std::string reason_from(Words& words) {
  const auto length = words.setting("reason-length");
  return length ? std::string(std::stoul(*length), 'x') : words.reason();
}

std::vector<std::string> list_from(Words& words, const std::string& name) {
  return split(words.setting(name).value_or(""), ',');
}

/// "seats a b c" or a quantity.
template <class Command>
Command places_from(Words& words, Command command) {
  if (words.take("seats")) {
    command.seats = words.rest();
  } else {
    command.quantity = words.number().value_or(0);
  }
  return command;
}

VenueDefinition venue_definition(const std::string& house) {
  return {
      .name = "House",
      .address = "",
      .time_zone = "Europe/London",
      .seat_map = SeatMap::build(house_from(house))};
}

}  // namespace

std::string World::run(const std::string& line) {
  Words words(line);
  const auto verb = words.next();
  if (verb == "now") {
    now_ = time_from(words.next());
    return "";
  }
  if (verb == "house") {
    const auto definition = venue_definition(line.substr(verb.size()));
    const auto command = venue_.exists() ? VenueCommand(ChangeVenue{definition, {}})
                                         : VenueCommand(CreateVenue{definition});
    run_venue_command(command);
    return "";
  }
  if (verb == "show") return show();
  if (verb == "waiting") return show_waiting();
  if (verb == "crowd") return add_crowd(words.number().value());
  if (verb.ends_with("-venue")) return run_venue_command(parse_venue_command(verb, line));

  const auto command = parse_offering_command(verb, words);
  words.expect_end();
  return run_offering_command(command);
}

std::string World::run_offering_command(const OfferingCommand& command) {
  const auto decision = decide(offering_, command, now_);
  const auto name = [this](ReservationId id) { return name_of_reservation(id); };
  const auto definition = offering_.definition;
  const Answer answer(name, definition);
  if (const auto* refusal = std::get_if<Refusal>(&decision)) seen_.insert(refusal->reason);
  auto text = answer.say(decision);
  if (const auto* events = std::get_if<OfferingEvents>(&decision)) {
    carry_out(*events, answer);
    const Answer answer_after(name, offering_.definition);
    text += carry_out(decide_waiting(offering_, *events, now_), answer_after);
    // Whoever fits has places now.
    CAVEA_ASSERT(decide_waiting(offering_, {}, now_).empty());
  }
  return text;
}

std::string World::add_crowd(std::uint32_t count) {
  for (std::uint32_t i = 0; i < count; ++i) {
    Words words("w by crowd" + std::to_string(i) + " 1");
    auto command = parse_wait(words);
    command.id.low += i + 1;
    const auto decision = decide(offering_, command, now_);
    for (const auto& event : std::get<OfferingEvents>(decision)) {
      apply(offering_, event);
      history_.push_back(event);
    }
  }
  check();
  return "";
}

/// What happened, to be said behind what happened before.
std::string World::carry_out(const OfferingEvents& events, const Answer& answer) {
  std::string text;
  for (const auto& event : events) {
    apply(offering_, event);
    history_.push_back(event);
    check();
    text += "; " + answer.say(event);
  }
  return text;
}

std::string World::run_venue_command(const VenueCommand& command) {
  const auto decision = decide(venue_, command);
  if (const auto* refusal = std::get_if<Refusal>(&decision)) seen_.insert(refusal->reason);
  if (const auto* event = std::get_if<VenueEvent>(&decision)) apply(venue_, *event);
  return Answer({}, nullptr).say(decision);
}

std::string World::show() const {
  static const std::map<OfferingStatus, std::string> statuses = {
      {OfferingStatus::absent, "absent"},
      {OfferingStatus::scheduled, "scheduled"},
      {OfferingStatus::cancelled, "cancelled"},
      {OfferingStatus::deleted, "deleted"}};
  static const std::string letters = ".HSBx";
  std::string text = statuses.at(offering_.status);
  text += ", revision " + std::to_string(offering_.revision.value);
  text += ", version " + std::to_string(offering_.version.value) + ": ";
  if (offering_.places.size() == 0) return text + "no places";
  for (std::uint32_t value = 0; value < offering_.places.size(); ++value) {
    text += letters[static_cast<std::size_t>(offering_.places.state({value}))];
  }
  return text;
}

std::string World::show_waiting() const {
  if (!offering_.waiting) return "nobody";
  std::string text;
  for (const auto& [wish, party] : offering_.waiting->in_order()) {
    text += (text.empty() ? "" : ", ") + name_of_reservation(party->id) + " with "
            + std::to_string(wish->party_size);
    if (party->passed_over > 0) text += " passed over " + std::to_string(party->passed_over);
  }
  return text;
}

void World::check() const {
  offering_.places.check_invariants();
  CAVEA_ASSERT(offering_.block_reasons.size() == offering_.places.counts().blocked);
  Offering again;
  for (const auto& event : history_) apply(again, event);
  CAVEA_ASSERT(same_state(again, offering_));
}

OfferingCommand World::parse_offering_command(const std::string& verb, Words& words) {
  if (verb == "create") return parse_create(words);
  if (verb == "change") return parse_change(words);
  if (verb == "cancel-offering") {
    return CancelOffering{.reason = reason_from(words), .expected_revision = revision_from(words)};
  }
  if (verb == "delete-offering") return DeleteOffering{.expected_revision = revision_from(words)};
  if (verb == "hold") return parse_hold(words);
  if (verb == "confirm") return ConfirmReservation{.reservation = reservation(words.next())};
  if (verb == "expire") return ExpireHold{.reservation = reservation(words.next())};
  if (verb == "cancel") return parse_cancel(words);
  if (verb == "block") {
    return places_from(
        words, BlockPlaces{.seats = {}, .quantity = 0, .reason = reason_from(words)});
  }
  if (verb == "unblock") return places_from(words, UnblockPlaces{});
  if (verb == "sweep") return SweepCancelled{};
  if (verb == "pin") return parse_pin(words);
  if (verb == "wait") return parse_wait(words);
  if (verb == "leave") return parse_leave(words);
  if (verb == "accept") return parse_accept(words);
  if (verb == "match") return MatchWaiting{};
  throw std::runtime_error("not understood: " + verb);
}

CreateOffering World::parse_create(Words& words) {
  auto definition = definition_from(words, default_definition(), venue_.definition.seat_map);
  return {.definition = std::make_shared<const OfferingDefinition>(std::move(definition))};
}

ChangeOffering World::parse_change(Words& words) {
  const auto expected = revision_from(words);
  const auto base = offering_.definition ? *offering_.definition : default_definition();
  auto definition = definition_from(words, base, venue_.definition.seat_map);
  return {
      .definition = std::make_shared<const OfferingDefinition>(std::move(definition)),
      .expected_revision = expected};
}

HoldPlaces World::parse_hold(Words& words) {
  HoldPlaces hold;
  hold.reservation = reservation(words.next());
  if (words.take("for")) hold.saga = reservation(words.next());
  if (!words.take("by")) throw std::runtime_error("a hold needs \"by\"");
  hold.user = words.next();
  hold.person = PersonKey::of(hold.user);
  hold.diary_is_free = words.take("free");
  hold.claim = parse_claim(words);
  return hold;
}

PinHold World::parse_pin(Words& words) {
  const auto id = reservation(words.next());
  const bool is_sold = words.take("sold");
  if (!words.take("for")) throw std::runtime_error("a pin needs \"for\"");
  return {.reservation = id, .saga = reservation(words.next()), .is_sold = is_sold};
}

std::vector<ReservationLine> World::lines_of(ReservationId id) const {
  std::vector<ReservationLine> lines;
  for (const auto& event : history_) {
    if (const auto* held = std::get_if<PlacesHeld>(&event); held && held->reservation == id) {
      lines = held->lines;
    }
  }
  return lines;
}

Claim World::parse_claim(Words& words) {
  if (words.take("again")) return SamePlaces{lines_of(reservation(words.next()))};
  if (words.take("seats")) return NamedSeats{words.rest()};
  if (!words.take("best")) return Quantity{words.number().value_or(0)};
  BestAvailable best;
  best.party_size = words.number().value_or(0);
  best.zones = list_from(words, "zones");
  best.sections = list_from(words, "sections");
  best.accessible = words.take("accessible");
  return best;
}

CancelReservation World::parse_cancel(Words& words) {
  CancelReservation command;
  command.reservation = reservation(words.next());
  if (words.take("by")) command.person = PersonKey::of(words.next());
  if (words.take("late")) command.cause = Cause::deadline;
  while (words.take("place")) command.places.push_back({words.number().value()});
  return places_from(words, std::move(command));
}

JoinWaitingList World::parse_wait(Words& words) {
  JoinWaitingList command;
  command.id = reservation(words.next());
  if (!words.take("by")) throw std::runtime_error("who waits needs \"by\"");
  command.user = words.next();
  command.person = PersonKey::of(command.user);
  command.wish.party_size = words.number().value_or(0);
  command.wish.zones = list_from(words, "zones");
  command.wish.sections = list_from(words, "sections");
  command.wish.accessible = words.take("accessible");
  command.wish.together = words.take("together");
  command.book_at_once = words.take("book");
  if (words.take("also")) {
    const auto first = OfferingId::from("first").value();
    command.any_of = AnyOf{.wish = command.id, .offerings = {first, offering_.id}, .rank = 1};
  }
  return command;
}

LeaveWaitingList World::parse_leave(Words& words) {
  LeaveWaitingList command{.id = reservation(words.next()), .person = {}};
  if (words.take("by")) command.person = PersonKey::of(words.next());
  return command;
}

AcceptOffer World::parse_accept(Words& words) {
  const auto id = reservation(words.next());
  if (!words.take("by")) throw std::runtime_error("an offer needs \"by\"");
  AcceptOffer accept{.reservation = id, .person = PersonKey::of(words.next())};
  accept.diary_is_free = words.take("free");
  return accept;
}

VenueCommand World::parse_venue_command(const std::string& verb, const std::string& line) {
  const auto bar = line.find(" as");
  Words words(line.substr(0, bar));
  words.next();
  const auto expected = revision_from(words);
  if (verb == "delete-venue") return DeleteVenue{expected};
  auto definition = venue_definition(bar == std::string::npos ? "" : line.substr(bar + 3));
  if (const auto name = words.setting("name")) definition.name = *name;
  words.expect_end();
  if (verb == "create-venue") return CreateVenue{definition};
  if (verb == "change-venue") return ChangeVenue{definition, expected};
  throw std::runtime_error("not understood: " + verb);
}

ReservationId World::reservation(const std::string& name) {
  const ReservationId id{.high = 1, .low = stable_hash(name)};
  names_[id.low] = name;
  return id;
}

std::string World::name_of_reservation(ReservationId id) const {
  return names_.at(id.low);
}

}  // namespace cavea::engine::testing
