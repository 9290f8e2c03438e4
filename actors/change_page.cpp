#include "actors/change_page.hpp"

#include "actors/limits.hpp"
#include "cluster/placement.hpp"

#include <algorithm>
#include <tuple>
#include <utility>
#include <variant>

namespace cavea::actors {

namespace {

using engine::ChangesPosition;
using engine::Rejection;

engine::Refusal refuse(Rejection reason, const char* field, std::string why) {
  engine::Refusal refusal(reason);
  refusal.faults.push_back({field, std::move(why)});
  return refusal;
}

std::uint16_t shards_in_part(std::uint16_t shard_count, std::uint16_t part) {
  const auto first = part * ChangesPosition::shards_per_part;
  return static_cast<std::uint16_t>(
      std::min<int>(ChangesPosition::shards_per_part, shard_count - first));
}

}  // namespace

engine::ShardId ChangePageReader::shard_at(std::size_t place) const {
  return {static_cast<std::uint16_t>(page_.next.part * ChangesPosition::shards_per_part + place)};
}

// ---- Where to begin -----------------------------------------------------------------------------

engine::Answer ChangePageReader::read() {
  if (auto refusal = refuse_part()) return *std::move(refusal);
  const auto places = shards_in_part(from_.shard_count, page_.next.part);
  for (std::uint16_t place = 0; place < places; ++place) {
    const bool is_read = !from_.only || *from_.only == shard_at(place);
    kept_.push_back(
        is_read ? from_.reads.value_or_fail(log_.kept(shard_at(place))) : persistence::KeptTurns{});
  }
  begin();
  if (auto refusal = refuse_position()) return *std::move(refusal);
  if (auto where = gone()) return *std::move(where);
  open_sources();
  merge();
  return std::move(page_);
}

std::optional<engine::Refusal> ChangePageReader::refuse_part() {
  const auto parts = ChangesPosition::parts_of(from_.shard_count);
  page_.parts = parts;
  page_.next.data = from_.data;
  if (query_.after) {
    const auto& after = *query_.after;
    const bool is_ours = after.data == from_.data && after.part < parts
                         && after.read.size() == shards_in_part(from_.shard_count, after.part)
                         && (!after.within || after.within->place < after.read.size());
    if (!is_ours) {
      return refuse(
          Rejection::changes_cursor_unknown, "?cursor", "is of other data than this node's");
    }
    page_.next = after;
    return std::nullopt;
  }
  page_.next.part = query_.part.value_or(0);
  if (page_.next.part < parts && (query_.part || parts == 1)) return std::nullopt;
  return refuse(
      Rejection::changes_part_unknown,
      "?part",
      "must be a number from 0 to " + std::to_string(parts - 1) + ", each followed by itself");
}

void ChangePageReader::begin() {
  if (query_.after) return;
  for (const auto& kept : kept_) {
    const bool is_now = query_.start == engine::ListChanges::Start::now;
    page_.next.read.push_back(is_now ? std::max(kept.applied, kept.first - 1) : kept.first - 1);
  }
}

std::optional<engine::Refusal> ChangePageReader::refuse_position() const {
  const auto& next = page_.next;
  for (std::size_t place = 0; place < kept_.size(); ++place) {
    const bool is_within = next.within && next.within->place == place;
    const auto newest = std::max(kept_[place].applied, kept_[place].first - 1);
    if (next.read[place] + (is_within ? 1 : 0) <= newest) continue;
    return refuse(
        Rejection::changes_cursor_unknown,
        "?cursor",
        "is ahead of this node's data, as after a backup was put back");
  }
  return std::nullopt;
}

std::optional<engine::ChangesGone> ChangePageReader::gone() const {
  const auto wanted = wanted_places();
  engine::ChangesGone gone{page_.next, std::nullopt};
  bool is_gone = false;
  for (std::size_t place = 0; place < kept_.size(); ++place) {
    auto& read = gone.next.read[place];
    if (!wanted[place] || read + 1 >= kept_[place].first) continue;
    is_gone = true;
    read = kept_[place].first - 1;
    if (gone.next.within && gone.next.within->place == place) gone.next.within.reset();
    const auto oldest =
        from_.reads.value_or_fail(log_.first_since(shard_at(place), {INT64_MIN})).at;
    if (oldest) gone.oldest_at = std::min(gone.oldest_at.value_or(*oldest), *oldest);
  }
  if (!is_gone) return std::nullopt;
  return gone;
}

/// Events of an offering are all in its shard.
std::vector<bool> ChangePageReader::wanted_places() const {
  const auto& offerings = query_.filter.offerings;
  std::vector<bool> wanted(kept_.size(), offerings.empty());
  if (from_.only) {
    for (std::size_t place = 0; place < wanted.size(); ++place) {
      wanted[place] = shard_at(place) == *from_.only;
    }
    return wanted;
  }
  for (const auto& offering : offerings) {
    const auto shard = cluster::shard_of(offering.view(), from_.shard_count).value;
    const auto first = shard_at(0).value;
    if (shard >= first && shard - first < static_cast<int>(wanted.size())) {
      wanted[shard - first] = true;
    }
  }
  return wanted;
}

void ChangePageReader::open_sources() {
  const auto wanted = wanted_places();
  auto& next = page_.next;
  for (std::size_t place = 0; place < kept_.size(); ++place) {
    const bool is_within = next.within && next.within->place == place;
    if (!wanted[place]) {
      // There is nothing in it for this follower.
      next.read[place] = std::max(next.read[place], kept_[place].applied);
      if (is_within) next.within.reset();
      continue;
    }
    if (next.read[place] >= kept_[place].applied) continue;
    const auto shard = shard_at(place);
    Source source{
        static_cast<std::uint16_t>(place), shard, log_.walk(shard, kept_[place], next.read[place])};
    if (take_next(source)) sources_.push_back(std::move(source));
  }
}

// ---- Telling ------------------------------------------------------------------------------------

void ChangePageReader::merge() {
  while (!sources_.empty()) {
    const auto earliest =
        std::min_element(sources_.begin(), sources_.end(), [](const auto& a, const auto& b) {
          return std::tie(a.at, a.place) < std::tie(b.at, b.place);
        });
    if (is_full() || !tell(*earliest)) {
      page_.has_more = true;
      return;
    }
    ++entries_;
    bytes_ += earliest->walk.bytes() - earliest->bytes_before;
    page_.next.read[earliest->place] = earliest->turn.index;
    if (page_.next.within && page_.next.within->place == earliest->place) {
      page_.next.within.reset();
    }
    if (!take_next(*earliest)) sources_.erase(earliest);
  }
}

bool ChangePageReader::is_full() const {
  return page_.events.size() >= query_.limit || entries_ >= limits::change_entries_max
         || bytes_ >= limits::change_bytes_max;
}

/// Reads the next turn of a shard; false: there is none.
bool ChangePageReader::take_next(Source& source) {
  source.bytes_before = source.walk.bytes();
  auto turn = from_.reads.value_or_fail(source.walk.next());
  if (!turn) {
    page_.next.read[source.place] = source.walk.read_to();
    return false;
  }
  source.turn = *std::move(turn);
  if (!source.turn.turn.changes.empty()) {
    source.at =
        std::visit([](const auto& change) { return change.at; }, source.turn.turn.changes.front());
  }
  return true;
}

/// False: the page is full before the turn is told.
bool ChangePageReader::tell(Source& source) {
  std::uint32_t ordinal = 0;
  for (auto& change : source.turn.turn.changes) {
    const bool is_told = std::visit([&](auto& one) { return tell(source, one, ordinal); }, change);
    if (!is_told) return false;
  }
  return true;
}

bool ChangePageReader::was_told(const Source& source, std::uint32_t ordinal) const {
  const auto& within = page_.next.within;
  return within && within->place == source.place && ordinal < within->events;
}

bool ChangePageReader::must_stop_before(const Source& source, std::uint32_t ordinal) {
  if (page_.events.size() < query_.limit) return false;
  page_.next.within = {source.place, ordinal};
  return true;
}

/// A step of a saga takes up a number for each thing that it did, and at least one.
bool ChangePageReader::tell(
    const Source& source, persistence::SagaChange& change, std::uint32_t& ordinal) {
  const auto first = ordinal;
  std::shared_ptr<const engine::Saga> saga;
  bool is_told = true;
  change.events.for_each([&](engine::SagaEvent what) {
    const auto number = ordinal++;
    const auto type = engine::change_type_of(what);
    if (!is_told || was_told(source, number) || !query_.filter.types.has(type)
        || !query_.filter.wants_others()) {
      return;
    }
    is_told = !must_stop_before(source, number);
    if (!is_told) return;
    if (saga == nullptr) saga = std::make_shared<const engine::Saga>(std::move(change.saga));
    auto& event = add_event(source, number, type, change.at);
    event.subject = saga->id;
    event.version = saga->version;
    event.user = saga->user;
    engine::OrderEvent order{what, saga, {}};
    for (const auto& leg : saga->legs) {
      order.definitions.push_back(definition_of(leg.reservation.shard(), leg.offering));
    }
    event.event = std::move(order);
  });
  if (ordinal == first) ++ordinal;
  return is_told;
}

/// What the parts of the node keep for themselves is no event.
bool ChangePageReader::tell(
    const Source& /*source*/,
    const persistence::RecordsChange& /*change*/,
    std::uint32_t& /*ordinal*/) {
  return true;
}

bool ChangePageReader::tell(
    const Source& source, persistence::OfferingChange& change, std::uint32_t& ordinal) {
  auto version = change.version.value - change.events.size();
  for (auto& one : change.events) {
    ++version;
    const auto number = ordinal++;
    const auto type = engine::change_type_of(one);
    if (was_told(source, number) || !query_.filter.types.has(type)
        || !query_.filter.wants(change.offering)) {
      continue;
    }
    if (must_stop_before(source, number)) return false;
    auto& event = add_event(source, number, type, change.at);
    event.subject = change.offering;
    event.version = version;
    event.revision = change.revision;
    event.counts = change.counts;
    event.event = std::move(one);
    complete(event, change.offering);
  }
  return true;
}

bool ChangePageReader::tell(
    const Source& source, persistence::VenueChange& change, std::uint32_t& ordinal) {
  const auto number = ordinal++;
  const auto type = engine::change_type_of(change.event);
  if (was_told(source, number) || !query_.filter.types.has(type) || !query_.filter.wants_others()) {
    return true;
  }
  if (must_stop_before(source, number)) return false;
  auto& event = add_event(source, number, type, change.at);
  event.subject = change.venue;
  event.version = change.revision.value;
  event.event = std::move(change.event);
  return true;
}

engine::ChangeEvent& ChangePageReader::add_event(
    const Source& source, std::uint32_t ordinal, engine::ChangeType type, engine::Timestamp at) {
  auto& event = page_.events.emplace_back();
  event.shard = source.shard;
  event.index = source.turn.index;
  event.ordinal = ordinal;
  event.type = type;
  event.at = at;
  return event;
}

engine::DefinitionRef ChangePageReader::definition_of(
    engine::ShardId shard, const engine::OfferingId& offering) {
  auto& definition = definitions_[offering];
  if (definition == nullptr) {
    definition = from_.reads.value_or_fail(from_.reader.definition(shard, offering));
  }
  return definition;
}

/// Adds what the log leaves out because the state has it.
void ChangePageReader::complete(engine::ChangeEvent& event, const engine::OfferingId& offering) {
  event.definition = definition_of(event.shard, offering);
  auto& what = std::get<engine::OfferingEvent>(event.event);
  auto* id = engine::reservation_in(what);
  if (id == nullptr) return;
  if (id->high == 0) *id = from_.swept.whole(from_.reader, from_.reads, event.shard, offering, *id);
  if (const auto* user = engine::user_in(what)) {
    event.user = *user;
    return;
  }
  const auto reservation = from_.reads.value_or_fail(from_.reader.reservation(event.shard, *id));
  if (reservation) event.user = reservation->user;
}

}  // namespace cavea::actors
