#include "persistence/keys.hpp"
#include "persistence/merge.hpp"
#include "persistence/seal.hpp"
#include "persistence/state_reader.hpp"
#include "persistence/waiting_codec.hpp"

#include <utility>

// Parties that wait or waited, and their wishes.

namespace cavea::persistence {

namespace {

struct NewerWishFirst {
  bool operator()(const engine::WaitingId& a, const engine::WaitingId& b) const { return a > b; }
};

/// The line in front of a party.
struct Ahead {
  std::uint32_t parties = 0;
  std::uint32_t places = 0;

  void add(const WaitingMark& mark) {
    ++parties;
    places += mark.party_size;
  }
};

/// Visits the parties that wait for an offering in [from, to).
template <class Visit>
std::optional<StoreError> each_mark(
    const View& view, std::string_view from, std::string_view to, const Visit& visit) {
  std::optional<StoreError> broken;
  auto error =
      view.scan(Column::state, from, to, [&](std::string_view key, std::string_view value) {
        auto mark = decode_waiting_mark(key, value);
        if (mark) return visit(*mark);
        broken = std::move(mark).error();
        return false;
      });
  return error ? error : broken;
}

StoreError missing_party(std::string_view key) {
  return corrupt_record("waiting list", key, "it names a party that is not there");
}

}  // namespace

Read<std::optional<engine::WaitingRecord>> StateReader::waiting(
    engine::ShardId shard, engine::WaitingId id) const {
  return waiting_of(store_, shard, id);
}

Read<std::optional<engine::WaitingRecord>> StateReader::waiting_of(
    const View& view, engine::ShardId shard, engine::WaitingId id) const {
  const auto key = keys::waiting_party(shard, id);
  auto stored = view.get(Column::state, key);
  if (!stored) return std::move(stored).error();
  if (!*stored) return std::optional<engine::WaitingRecord>{};
  auto record = decode_waiting(key, **stored, id);
  if (!record) return std::move(record).error();
  return std::optional<engine::WaitingRecord>(std::move(record).value());
}

Read<std::vector<engine::WaitingRecord>> StateReader::waiting_parties(
    engine::ShardId shard, engine::WaitingId after, std::size_t limit) const {
  // A key goes on behind its id nowhere, so that the one after begins with it and a zero.
  const auto all =
      keys::all(shard, keys::Tag::waiting).tag(static_cast<char>(keys::WaitingTag::party));
  const auto prefix = all.view().size();
  const auto begin = std::string(keys::waiting_party(shard, after).view()) + '\0';
  std::vector<engine::WaitingRecord> parties;
  std::optional<StoreError> broken;
  auto error = store_.snapshot()->scan(
      Column::state, begin, all.end(), [&](std::string_view key, std::string_view value) {
        auto record = decode_waiting(key, value, KeyReader(key.substr(prefix)).id());
        if (!record) {
          broken = std::move(record).error();
          return false;
        }
        parties.push_back(std::move(record).value());
        return parties.size() < limit;
      });
  if (error) return *std::move(error);
  if (broken) return *std::move(broken);
  return parties;
}

Read<engine::WaitingRecord> StateReader::waiting_at(
    const View& view,
    engine::ShardId shard,
    std::string_view mark_key,
    std::string_view mark) const {
  auto named = decode_waiting_mark(mark_key, mark);
  if (!named) return std::move(named).error();
  auto record = waiting_of(view, shard, named->id);
  if (!record) return std::move(record).error();
  if (!*record) return missing_party(mark_key);
  return std::move(**record);
}

Read<engine::WaitingItem> StateReader::waiting_item(
    const View& view, engine::ShardId shard, engine::WaitingRecord record) const {
  engine::WaitingItem item;
  auto definition = definition_of(view, shard, record.offering);
  if (!definition) return std::move(definition).error();
  item.definition = std::move(definition).value();
  if (record.status == engine::WaitingStatus::waiting) {
    Ahead ahead;
    const auto error = each_mark(
        view,
        keys::offering_part(shard, record.offering, keys::OfferingTag::waiting),
        keys::waiting_mark(shard, record.offering, record.party.order),
        [&](const WaitingMark& mark) {
          ahead.add(mark);
          return true;
        });
    if (error) return *error;
    item.parties_ahead = ahead.parties;
    item.places_ahead = ahead.places;
  }
  item.record = std::move(record);
  return item;
}

Read<std::optional<engine::WaitingView>> StateReader::waiting_view(engine::WaitingId id) const {
  return waiting_view_of(*store_.snapshot(), id);
}

Read<std::optional<engine::WaitingView>> StateReader::waiting_view_of(
    const View& view, engine::WaitingId id) const {
  const std::optional<engine::WaitingView> nothing;
  if (id.shard().value >= shard_count_) return nothing;
  auto record = waiting_of(view, id.shard(), id);
  if (!record) return std::move(record).error();
  if (!*record) return nothing;
  auto item = waiting_item(view, id.shard(), std::move(**record));
  if (!item) return std::move(item).error();
  engine::WaitingView wish;
  wish.items.push_back(std::move(item).value());
  return std::optional<engine::WaitingView>(std::move(wish));
}

Read<engine::WaitingPage> StateReader::waiting(const engine::ListWaiting& query) const {
  const auto view = store_.snapshot();
  Merge<engine::WaitingId, NewerWishFirst> merge;
  for (std::uint16_t shard = 0; shard < shard_count_; ++shard) {
    const auto prefix = keys::waiting_user({shard}, engine::PersonKey::of(query.user));
    auto bound = prefix;
    const auto to = query.after ? bound.id(*query.after) : prefix.end();
    merge.add(
        view->cursor(Column::state, prefix, to, Direction::backward),
        [skip = prefix.view().size()](std::string_view key) {
          return KeyReader(key.substr(skip)).id();
        });
  }
  engine::WaitingPage page;
  while (const auto id = merge.next()) {
    if (page.wishes.size() == query.limit) {
      page.next = page.wishes.back().items.front().record.party.id;
      return page;
    }
    auto wish = waiting_view_of(*view, *id);
    if (!wish) return std::move(wish).error();
    if (!*wish) return missing_party(keys::waiting_party(id->shard(), *id));
    // Two users may have the same hash.
    if ((*wish)->items.front().record.party.user != query.user) continue;
    page.wishes.push_back(std::move(**wish));
  }
  if (merge.error()) return *merge.error();
  return page;
}

Read<engine::WaitingPage> StateReader::waiting(const engine::ListWaitingParties& query) const {
  const auto view = store_.snapshot();
  const engine::ShardId shard{
      static_cast<std::uint16_t>(engine::stable_hash(query.offering.view()) % shard_count_)};
  std::uint64_t after = 0;
  if (query.after) {
    auto record = waiting_of(*view, shard, *query.after);
    if (!record) return std::move(record).error();
    if (*record) after = (*record)->party.order;
  }
  auto definition = definition_of(*view, shard, query.offering);
  if (!definition) return std::move(definition).error();

  engine::WaitingPage page;
  Ahead ahead;
  std::optional<StoreError> broken;
  const auto marks = keys::offering_part(shard, query.offering, keys::OfferingTag::waiting);
  const auto error = each_mark(*view, marks, marks.end(), [&](const WaitingMark& mark) {
    auto record = waiting_of(*view, shard, mark.id);
    if (!record || !*record) {
      broken = record ? missing_party(keys::waiting_party(shard, mark.id)) : record.error();
      return false;
    }
    if ((*record)->party.order > after) {
      if (page.wishes.size() == query.limit) {
        page.next = page.wishes.back().items.front().record.party.id;
        return false;
      }
      engine::WaitingView wish;
      wish.items.push_back(
          {.record = std::move(**record),
           .definition = *definition,
           .parties_ahead = ahead.parties,
           .places_ahead = ahead.places});
      page.wishes.push_back(std::move(wish));
    }
    ahead.add(mark);
    return true;
  });
  if (error) return *error;
  if (broken) return *broken;
  return page;
}

}  // namespace cavea::persistence
