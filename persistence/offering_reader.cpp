#include "persistence/keys.hpp"
#include "persistence/record_codec.hpp"
#include "persistence/seal.hpp"
#include "persistence/state_reader.hpp"

#include <algorithm>
#include <memory>
#include <utility>

// Offerings, from a view of one moment.

namespace cavea::persistence {

namespace {

StoreError disagrees(std::string_view what, std::string_view key, std::string_view why) {
  return corrupt_record(what, key, std::string(why) + "; run 'cavea check'");
}

void start_places(engine::Offering& offering) {
  offering.places = engine::PlaceTable(offering.definition->place_count());
  const auto* seated = offering.definition->performance();
  if (seated == nullptr) return;
  offering.places.reserve_all();
  const auto& seats = seated->seat_map->seats();
  for (std::uint32_t value = 0; value < seats.size(); ++value) {
    if (seats[value].traits.retired) offering.places.retire({value});
  }
}

bool is_free(const engine::PlaceTable& table, engine::Place place) {
  return place.value < table.size() && table.is_free(place);
}

engine::WaitingList& waiting_list_of(engine::Offering& offering) {
  if (!offering.waiting) offering.waiting = std::make_unique<engine::WaitingList>();
  return *offering.waiting;
}

std::optional<StoreError> add_block(
    engine::Offering& offering,
    std::string_view key,
    std::string_view part,
    std::string_view value) {
  const engine::Place place{KeyReader(part).big_endian<std::uint32_t>()};
  auto reason = decode_text_record(key, value);
  if (!reason) return std::move(reason).error();
  if (!is_free(offering.places, place)) {
    return disagrees("block", key, "the place is no place, or it is blocked or retired already");
  }
  offering.places.block(place);
  if (*reason == engine::kept_for_waiting) waiting_list_of(offering).keep(place);
  offering.block_reasons[place] = std::move(reason).value();
  return std::nullopt;
}

std::optional<StoreError> add_claim(
    engine::Offering& offering,
    std::string_view key,
    std::string_view part,
    std::string_view value) {
  const auto id = KeyReader(part).id();
  auto claim = decode_claim(key, value);
  if (!claim) return std::move(claim).error();
  if (claim->is_held && (claim->until.ms <= 0 || claim->until.ms % 1000 != 0)) {
    return disagrees("claim", key, "its deadline is no whole second");
  }
  if (claim->places.empty()) return disagrees("claim", key, "it has no places");
  if (offering.places.has(id)) return disagrees("claim", key, "another claim has its low half");
  const auto& places = claim->places;
  for (auto place = places.begin(); place != places.end(); ++place) {
    const bool is_twice_in_it = std::find(places.begin(), place, *place) != place;
    if (!is_free(offering.places, *place) || is_twice_in_it) {
      return disagrees("claim", key, "it has a place that is not free: a double sale or damage");
    }
  }
  offering.places.take(id, claim->person, claim->places, claim->until);
  offering.was_ever_taken = true;
  return std::nullopt;
}

}  // namespace

Read<engine::Offering> StateReader::offering(
    engine::ShardId shard, const engine::OfferingId& id) const {
  const auto view = store_.snapshot();
  engine::Offering offering;
  offering.id = id;
  const auto key = keys::offering(shard, id);
  auto stored = view->get(Column::state, key);
  if (!stored) return std::move(stored).error();
  if (!*stored) return offering;

  auto record = decode_offering(
      key, **stored, [&](const MapDigest& digest) { return find_map(*view, shard, digest); });
  if (!record) return std::move(record).error();
  offering.status = record->status;
  offering.revision = record->revision;
  offering.cancel_reason = std::move(record->cancel_reason);
  offering.definition =
      std::make_shared<const engine::OfferingDefinition>(std::move(record->definition));
  if (auto error = load_places(*view, shard, offering)) return std::move(*error);
  if (auto error = load_waiting(*view, shard, offering)) return std::move(*error);

  const auto counters_key = keys::counters(shard, id);
  auto counters = view->get(Column::state, counters_key);
  if (!counters) return std::move(counters).error();
  if (!*counters) return disagrees("counters", counters_key, "they are missing");
  auto numbers = decode_counters(counters_key, **counters);
  if (!numbers) return std::move(numbers).error();
  offering.version = numbers->version;
  if (numbers->counts != offering.places.counts()) {
    return disagrees("counters", counters_key, "they are not what the claims add up to");
  }
  return offering;
}

std::optional<StoreError> StateReader::load_places(
    const View& view, engine::ShardId shard, engine::Offering& offering) const {
  const auto ended = keys::offering_part(shard, offering.id, keys::OfferingTag::ended);
  const auto first_ended = view.cursor(Column::state, ended, ended.end(), Direction::forward);
  if (auto failure = first_ended->error()) return failure;
  offering.was_ever_taken = first_ended->valid();
  if (!offering.exists()) return std::nullopt;

  start_places(offering);
  const auto blocks = keys::offering_part(shard, offering.id, keys::OfferingTag::block);
  const auto prefix = blocks.view().size();
  std::optional<StoreError> broken;
  auto error =
      view.scan(Column::state, blocks, ended, [&](std::string_view key, std::string_view value) {
        const auto part = key.substr(prefix);
        const bool is_block = key[prefix - 1] == static_cast<char>(keys::OfferingTag::block);
        broken = is_block ? add_block(offering, key, part, value)
                          : add_claim(offering, key, part, value);
        return !broken;
      });
  return error ? error : broken;
}

std::optional<StoreError> StateReader::load_waiting(
    const View& view, engine::ShardId shard, engine::Offering& offering) const {
  const auto marks = keys::offering_part(shard, offering.id, keys::OfferingTag::waiting);
  const auto prefix = marks.view().size();
  std::optional<StoreError> broken;
  auto error = view.scan(
      Column::state, marks, marks.end(), [&](std::string_view key, std::string_view value) {
        const auto order = KeyReader(key.substr(prefix)).big_endian<std::uint64_t>();
        auto record = waiting_at(view, shard, key, value);
        if (!record) {
          broken = std::move(record).error();
          return false;
        }
        auto& list = waiting_list_of(offering);
        auto& party = record->party;
        const bool is_this_one = record->status == engine::WaitingStatus::waiting
                                 && record->offering == offering.id && party.order == order;
        if (!is_this_one || list.find(party.id) || list.has(party.person)) {
          broken = disagrees("waiting list", key, "it names a party that does not wait so");
          return false;
        }
        list.join(record->wish, std::move(party));
        return true;
      });
  return error ? error : broken;
}

Read<std::optional<engine::OfferingView>> StateReader::view_of(
    const View& view, engine::ShardId shard, const engine::OfferingId& id) const {
  const auto key = keys::offering(shard, id);
  auto stored = view.get(Column::state, key);
  if (!stored) return std::move(stored).error();
  if (!*stored) return std::optional<engine::OfferingView>{};
  auto record = decode_offering(
      key, **stored, [&](const MapDigest& digest) { return find_map(view, shard, digest); });
  if (!record) return std::move(record).error();
  if (record->status == engine::OfferingStatus::deleted)
    return std::optional<engine::OfferingView>{};

  const auto counters_key = keys::counters(shard, id);
  auto counters = view.get(Column::state, counters_key);
  if (!counters) return std::move(counters).error();
  if (!*counters) return disagrees("counters", counters_key, "they are missing");
  auto numbers = decode_counters(counters_key, **counters);
  if (!numbers) return std::move(numbers).error();
  return std::optional<engine::OfferingView>(
      {.id = id,
       .status = record->status,
       .revision = record->revision,
       .version = numbers->version,
       .definition =
           std::make_shared<const engine::OfferingDefinition>(std::move(record->definition)),
       .counts = numbers->counts,
       .cancel_reason = std::move(record->cancel_reason)});
}

Read<engine::DefinitionRef> StateReader::definition_of(
    const View& view, engine::ShardId shard, const engine::OfferingId& id) const {
  const auto key = keys::offering(shard, id);
  auto stored = view.get(Column::state, key);
  if (!stored) return std::move(stored).error();
  if (!*stored) return engine::DefinitionRef{};
  auto record = decode_offering(
      key, **stored, [&](const MapDigest& digest) { return find_map(view, shard, digest); });
  if (!record) return std::move(record).error();
  return engine::DefinitionRef(
      std::make_shared<const engine::OfferingDefinition>(std::move(record->definition)));
}

Read<engine::SeatMapRef> StateReader::find_map(
    const View& view, engine::ShardId shard, const MapDigest& digest) const {
  if (auto known = maps_.find(digest)) return known;
  const auto key = keys::seat_map(shard, digest);
  auto stored = view.get(Column::state, key);
  if (!stored) return std::move(stored).error();
  if (!*stored) return disagrees("seat map", key, "it is missing");
  auto map = decode_map_record(key, **stored);
  if (!map) return std::move(map).error();
  return maps_.add(digest, std::move(map).value());
}

}  // namespace cavea::persistence
