#include "engine/limits.hpp"
#include "http/json/object_reader.hpp"
#include "http/json/reservation_codec.hpp"

#include <limits>
#include <utility>

namespace cavea::http::json {

namespace {

namespace limits = engine::limits;
using engine::saga_limits::legs_max;

/// Any number that the engine can be asked about; it refuses what is too large with a name.
constexpr IntegerLimits quantity_limits{.max = std::numeric_limits<std::uint32_t>::max()};

/// Section, row and number with two dashes.
constexpr TextLimits seat_limits{.min = 1, .max = 3 * limits::label_length_max + 2};
constexpr TextLimits reason_limits{.min = 1, .max = limits::reason_length_max};

std::uint32_t read_quantity(ObjectReader& reader, std::string_view name) {
  return static_cast<std::uint32_t>(reader.integer(name, quantity_limits).value_or(0));
}

/// Labels in their order; one that comes twice is left to the engine, which refuses it by name.
std::vector<std::string> read_seats(ObjectReader& reader, std::size_t count_max) {
  std::vector<std::string> seats;
  const auto* list = reader.find("seats");
  if (list == nullptr) return seats;
  if (!list->is_array() || list->size() > count_max) {
    reader.fault(
        "seats", "must be an array of at most " + std::to_string(count_max) + " seat labels");
    return seats;
  }
  const auto at = reader.path("seats");
  seats.reserve(list->size());
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto& seat = (*list)[i];
    if (!seat.is_string()) {
      reader.findings().shape(at.element(i), "must be a string");
    } else if (auto wrong = text_fault(seat.get_ref<const std::string&>(), seat_limits)) {
      reader.findings().shape(at.element(i), std::move(*wrong));
    } else {
      seats.push_back(seat.get_ref<const std::string&>());
    }
  }
  return seats;
}

engine::BestAvailable read_best_available(ObjectReader& item, Findings& findings) {
  const auto at = item.path("best_available");
  ObjectReader reader(*item.find("best_available"), at, findings);
  reader.allow_only({"party_size", "zones", "sections", "accessible"});
  engine::BestAvailable best;
  if (reader.require("party_size") != nullptr)
    best.party_size = read_quantity(reader, "party_size");
  constexpr TextLimits name_limits{.min = 1, .max = 64};
  best.zones = reader.texts("zones", limits::zones_max, name_limits);
  best.sections = reader.texts("sections", limits::sections_max, name_limits);
  best.accessible = reader.boolean("accessible").value_or(false);
  return best;
}

engine::WantedLeg read_item(const Json& value, const Path& at, Findings& findings) {
  engine::WantedLeg wanted;
  ObjectReader reader(value, at, findings);
  if (!reader.is_object()) return wanted;
  reader.allow_only({"offering", "quantity", "seats", "best_available"});
  if (reader.require("offering") != nullptr) {
    wanted.offering = reader.name<engine::OfferingId>("offering").value_or(engine::OfferingId());
  }
  const int claims = reader.has("quantity") + reader.has("seats") + reader.has("best_available");
  if (claims != 1) {
    findings.shape(at, "must have exactly one of quantity, seats, best_available");
  } else if (reader.has("quantity")) {
    wanted.claim = engine::Quantity{read_quantity(reader, "quantity")};
  } else if (reader.has("seats")) {
    wanted.claim = engine::NamedSeats{read_seats(reader, limits::places_per_block_max)};
  } else {
    wanted.claim = read_best_available(reader, findings);
  }
  return wanted;
}

/// Nothing: they are missing, none or too many.
std::vector<engine::WantedLeg> read_items(ObjectReader& reader, Findings& findings) {
  const auto* items = reader.require("items");
  if (items == nullptr) return {};
  if (!items->is_array() || items->empty() || items->size() > legs_max) {
    const auto most = std::to_string(legs_max);
    reader.fault("items", "must be an array of 1 to " + most + " items");
    return {};
  }
  const auto at = reader.path("items");
  std::vector<engine::WantedLeg> wanted;
  for (std::size_t i = 0; i < items->size(); ++i) {
    wanted.push_back(read_item((*items)[i], at.element(i), findings));
  }
  return wanted;
}

constexpr IntegerLimits item_limits{.max = engine::saga_limits::legs_kept_max - 1};

/// Which places of an item go: the members seats and quantity.
void check_places(
    ObjectReader& reader, Findings& findings, const Path& at, const PlacesInput& input) {
  if (reader.has("seats") && reader.has("quantity")) {
    findings.shape(at, "must not have both seats and quantity");
  } else if (reader.has("seats") && input.seats.empty() && !findings.any()) {
    // Without this, an empty selection would mean everything.
    reader.fault("seats", "must name at least one seat; leave it out to give back everything");
  } else if (reader.has("quantity") && input.quantity == 0 && !findings.any()) {
    reader.fault("quantity", "must be at least 1; leave it out to give back everything");
  }
}

engine::ExchangedPart read_given_back(const Json& value, const Path& at, Findings& findings) {
  engine::ExchangedPart part;
  ObjectReader reader(value, at, findings);
  if (!reader.is_object()) return part;
  reader.allow_only({"item", "seats", "quantity"});
  PlacesInput places;
  if (reader.require("item") != nullptr) {
    part.leg = static_cast<std::uint32_t>(reader.integer("item", item_limits).value_or(0));
  }
  places.seats = read_seats(reader, limits::places_per_reservation_max);
  places.quantity = read_quantity(reader, "quantity");
  check_places(reader, findings, at, places);
  part.seats = std::move(places.seats);
  part.quantity = places.quantity;
  return part;
}

}  // namespace

engine::Result<ReservationInput, BadInput> read_reservation(const Json& value) {
  Findings findings;
  ReservationInput input;
  const auto root = Path::root();
  ObjectReader reader(value, root, findings);
  reader.allow_only({"items", "user"});
  constexpr TextLimits user_limits{.min = 1, .max = limits::user_length_max};
  input.user = reader.text("user", user_limits).value_or(std::string());
  auto wanted = read_items(reader, findings);
  if (findings.any()) return findings.take();
  if (wanted.size() > 1) {
    input.legs = std::move(wanted);
  } else {
    input.offering = wanted.front().offering;
    input.claim = std::move(wanted.front().claim);
  }
  return input;
}

engine::Result<engine::BeginExchange, BadInput> read_exchange(const Json& value) {
  Findings findings;
  engine::BeginExchange input;
  const auto root = Path::root();
  ObjectReader reader(value, root, findings);
  reader.allow_only({"give_back", "items"});
  if (const auto* parts = reader.require("give_back")) {
    if (!parts->is_array() || parts->empty() || parts->size() > legs_max) {
      reader.fault(
          "give_back", "must be an array of 1 to " + std::to_string(legs_max) + " parts, each of "
                       "another item");
    } else {
      const auto at = reader.path("give_back");
      for (std::size_t i = 0; i < parts->size(); ++i) {
        input.gives.push_back(read_given_back((*parts)[i], at.element(i), findings));
      }
    }
  }
  input.legs = read_items(reader, findings);
  if (findings.any()) return findings.take();
  return input;
}

engine::Result<PlacesInput, BadInput> read_cancellation(const Json& value) {
  Findings findings;
  PlacesInput input;
  const auto root = Path::root();
  ObjectReader reader(value, root, findings);
  reader.allow_only({"item", "seats", "quantity"});
  if (const auto item = reader.integer("item", item_limits)) {
    input.item = static_cast<std::uint32_t>(*item);
  }
  input.seats = read_seats(reader, limits::places_per_reservation_max);
  input.quantity = read_quantity(reader, "quantity");
  check_places(reader, findings, root, input);
  if (findings.any()) return findings.take();
  return input;
}

engine::Result<PlacesInput, BadInput> read_block(const Json& value, bool needs_reason) {
  Findings findings;
  PlacesInput input;
  const auto root = Path::root();
  ObjectReader reader(value, root, findings);
  if (needs_reason) {
    reader.allow_only({"seats", "quantity", "reason"});
    if (reader.require("reason") != nullptr) {
      input.reason = reader.text("reason", reason_limits).value_or(std::string());
    }
  } else {
    reader.allow_only({"seats", "quantity"});
  }
  input.seats = read_seats(reader, limits::places_per_block_max);
  input.quantity = read_quantity(reader, "quantity");
  if (reader.is_object() && reader.has("seats") == reader.has("quantity")) {
    findings.shape(root, "must have exactly one of seats and quantity");
  }
  if (findings.any()) return findings.take();
  return input;
}

engine::Result<std::string, BadInput> read_reason(const Json& value) {
  Findings findings;
  const auto root = Path::root();
  ObjectReader reader(value, root, findings);
  reader.allow_only({"reason"});
  std::string reason;
  if (reader.require("reason") != nullptr) {
    reason = reader.text("reason", reason_limits).value_or(std::string());
  }
  if (findings.any()) return findings.take();
  return reason;
}

}  // namespace cavea::http::json
