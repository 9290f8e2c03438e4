#include "persistence/rebuild_my_page.hpp"

#include "persistence/keys.hpp"
#include "persistence/record_codec.hpp"
#include "persistence/saga_codec.hpp"
#include "persistence/seal.hpp"
#include "persistence/state_overlay.hpp"
#include "persistence/waiting_codec.hpp"

#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace cavea::persistence {

namespace {

using RebuildFailure = std::optional<StoreError>;

/// Works out what has to be written, shard by shard, over a snapshot of one moment.
class MyPageRebuild {
 public:
  MyPageRebuild(const View& view, const CheckProgress& progress)
      : view_(view), changes_(view), progress_(progress) {}

  RebuildFailure run(engine::ShardId shard) {
    step_ = "reservations";
    if (auto failure = list_reservations(shard)) return failure;
    if (auto failure = list_sagas(shard)) return failure;
    if (auto failure = clear_reservations(shard)) return failure;
    step_ = "waiting lists";
    if (auto failure = list_wishes(shard)) return failure;
    return clear_wishes(shard);
  }

  [[nodiscard]] StateOverlay& changes() noexcept { return changes_; }

  [[nodiscard]] const MendedLists& reservations() const noexcept { return reservations_; }

  [[nodiscard]] const MendedLists& wishes() const noexcept { return wishes_; }

 private:
  using EntryVisitor = std::function<RebuildFailure(std::string_view key, KeyReader& rest)>;

  // ---- What must be listed ----------------------------------------------------------------------

  RebuildFailure list_reservations(engine::ShardId shard) {
    return each(keys::all(shard, keys::Tag::reservation), [&](auto, KeyReader& rest) {
      const auto id = rest.id();
      auto reservation = reservation_at(shard, id);
      if (!reservation) return RebuildFailure(std::move(reservation).error());
      if (!*reservation || !is_listed(**reservation)) return RebuildFailure();
      const auto person = engine::PersonKey::of((*reservation)->user);
      return expect(keys::user_reservation(shard, person, id), reservations_);
    });
  }

  RebuildFailure list_sagas(engine::ShardId shard) {
    return each(keys::all(shard, keys::Tag::saga), [&](auto, KeyReader& rest) {
      const auto id = rest.id();
      auto saga = saga_at(shard, id);
      if (!saga) return RebuildFailure(std::move(saga).error());
      if (!*saga) return RebuildFailure();
      const auto person = engine::PersonKey::of((*saga)->user);
      return expect(keys::user_reservation(shard, person, id), reservations_);
    });
  }

  RebuildFailure list_wishes(engine::ShardId shard) {
    const auto parties =
        keys::all(shard, keys::Tag::waiting).tag(static_cast<char>(keys::WaitingTag::party));
    return each(parties, [&](auto, KeyReader& rest) {
      const auto id = rest.id();
      auto record = party_at(shard, id);
      if (!record) return RebuildFailure(std::move(record).error());
      if (!*record || !is_first(**record)) return RebuildFailure();
      const auto person = engine::PersonKey::of((*record)->party.user);
      return expect(keys::user_waiting(shard, person, id), wishes_);
    });
  }

  /// Adds the entry unless it is there.
  RebuildFailure expect(const Key& key, MendedLists& lists) {
    auto stored = changes_.get(key);
    if (!stored && stored.error().kind != StoreError::Kind::corrupt) {
      return std::move(stored).error();
    }
    const bool is_damaged = !stored || (*stored && !(*stored)->empty());
    if (!is_damaged && *stored) return std::nullopt;
    ++(is_damaged ? lists.damaged : lists.missing);
    if (!is_damaged) ++lists.entries;
    changes_.put(key, {});
    return std::nullopt;
  }

  // ---- What must not be listed ------------------------------------------------------------------

  RebuildFailure clear_reservations(engine::ShardId shard) {
    return each(keys::all(shard, keys::Tag::user), [&](auto key, KeyReader& rest) {
      const engine::PersonKey person{rest.big_endian<std::uint64_t>()};
      const auto id = rest.id();
      if (!rest.finished()) return remove(key, false, reservations_);
      auto reservation = reservation_at(shard, id);
      if (!reservation) return RebuildFailure(std::move(reservation).error());
      auto saga = saga_at(shard, id);
      if (!saga) return RebuildFailure(std::move(saga).error());
      const bool is_of_saga = *saga && engine::PersonKey::of((*saga)->user) == person;
      const bool is_of_reservation = *reservation && is_listed(**reservation)
                                     && engine::PersonKey::of((*reservation)->user) == person;
      if (is_of_saga || is_of_reservation) return keep(reservations_);
      return remove(key, *reservation || *saga, reservations_);
    });
  }

  RebuildFailure clear_wishes(engine::ShardId shard) {
    const auto users =
        keys::all(shard, keys::Tag::waiting).tag(static_cast<char>(keys::WaitingTag::user));
    return each(users, [&](auto key, KeyReader& rest) {
      const engine::PersonKey person{rest.big_endian<std::uint64_t>()};
      const auto id = rest.id();
      if (!rest.finished()) return remove(key, false, wishes_);
      auto record = party_at(shard, id);
      if (!record) return RebuildFailure(std::move(record).error());
      const bool is_theirs =
          *record && is_first(**record) && engine::PersonKey::of((*record)->party.user) == person;
      return is_theirs ? keep(wishes_) : remove(key, record->has_value(), wishes_);
    });
  }

  static RebuildFailure keep(MendedLists& lists) {
    ++lists.entries;
    return std::nullopt;
  }

  /// `is_known`: what it names is there, but not in this list.
  RebuildFailure remove(std::string_view key, bool is_known, MendedLists& lists) {
    ++(is_known ? lists.stale : lists.invented);
    changes_.remove(key);
    return std::nullopt;
  }

  // ---- Rules, as those who write the lists have them --------------------------------------------

  /// What a saga with an id of its own carries is listed there.
  static bool is_listed(const engine::Reservation& reservation) {
    return !reservation.saga || *reservation.saga == reservation.id;
  }

  /// A wish for any of several is listed by its first party.
  static bool is_first(const engine::WaitingRecord& record) {
    return !record.party.any_of || record.party.any_of->rank == 0;
  }

  // ---- Reading ----------------------------------------------------------------------------------

  /// Goes over the keys that are stored; those that this adds or removes make no difference.
  RebuildFailure each(const Key& range, const EntryVisitor& visit) {
    const auto cursor = view_.cursor(Column::state, range, range.end(), Direction::forward);
    for (; cursor->valid(); cursor->next()) {
      if (++done_ % progress_every == 0 && progress_) progress_(step_, done_);
      KeyReader rest(cursor->key().substr(range.view().size()));
      if (auto failure = visit(cursor->key(), rest)) return failure;
    }
    return cursor->error();
  }

  /// What is stored under a key, decoded; nothing when there is nothing.
  template <class Decode>
  auto record_at(const Key& key, const Decode& decode)
      -> Read<std::optional<std::decay_t<decltype(*decode(key, std::string_view()))>>> {
    using Record = std::decay_t<decltype(*decode(key, std::string_view()))>;
    auto stored = view_.get(Column::state, key);
    if (!stored) return std::move(stored).error();
    if (!*stored) return std::optional<Record>{};
    auto record = decode(key, std::string_view(**stored));
    if (!record) return std::move(record).error();
    return std::optional<Record>(std::move(record).value());
  }

  Read<std::optional<engine::Reservation>> reservation_at(
      engine::ShardId shard, engine::ReservationId id) {
    return record_at(keys::reservation(shard, id), [id](std::string_view key, auto value) {
      return decode_reservation(key, value, id);
    });
  }

  Read<std::optional<engine::Saga>> saga_at(engine::ShardId shard, engine::ReservationId id) {
    return record_at(keys::saga(shard, id), [id](std::string_view key, auto value) {
      return decode_saga_record(key, value, id);
    });
  }

  Read<std::optional<engine::WaitingRecord>> party_at(engine::ShardId shard, engine::WaitingId id) {
    return record_at(keys::waiting_party(shard, id), [id](std::string_view key, auto value) {
      return decode_waiting(key, value, id);
    });
  }

  static constexpr std::uint64_t progress_every = 50'000;

  const View& view_;
  StateOverlay changes_;
  const CheckProgress& progress_;
  std::string_view step_;
  std::uint64_t done_ = 0;
  MendedLists reservations_;
  MendedLists wishes_;
};

}  // namespace

Read<MyPageRebuilt> rebuild_my_page(Store& store, bool is_dry_run, const CheckProgress& progress) {
  const auto view = store.snapshot();
  auto mark = read_format_mark(*view);
  if (!mark) return std::move(mark).error();
  if (!*mark) return corrupt_record("format mark", keys::format_mark(), "it is not there");
  MyPageRebuild rebuild(*view, progress);
  for (std::uint16_t number = 0; number < (*mark)->shard_count; ++number) {
    if (auto failure = rebuild.run({number})) return std::move(*failure);
  }
  if (!is_dry_run && !rebuild.changes().empty()) {
    const auto batch = store.make_batch();
    rebuild.changes().flush_into(*batch);
    if (auto failure = store.write(*batch, Durability::unlogged)) return std::move(*failure);
  }
  return MyPageRebuilt{**mark, rebuild.reservations(), rebuild.wishes()};
}

}  // namespace cavea::persistence
