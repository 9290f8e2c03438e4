#include "persistence/check.hpp"

#include "persistence/keys.hpp"
#include "persistence/seal.hpp"
#include "persistence/store_check.hpp"

#include <utility>

namespace cavea::persistence {

Read<CheckReport> check_store(const Store& store, const CheckProgress& progress) {
  return StoreCheck(store, progress).run();
}

StoreCheck::StoreCheck(const Store& store, CheckProgress progress)
    : view_(store.snapshot()), progress_(std::move(progress)) {}

Read<CheckReport> StoreCheck::run() {
  auto mark = read_format_mark(view_);
  if (!mark && mark.error().kind != StoreError::Kind::corrupt) return std::move(mark).error();
  if (auto failure = check_checksums()) return std::move(*failure);
  if (!mark || !*mark) {
    problem(keys::format_mark(), "the mark of the format is missing or damaged", Column::meta);
    return std::move(report_);
  }
  report_.mark = **mark;
  reader_.emplace(view_, report_.mark->shard_count);
  for (std::uint16_t number = 0; number < report_.mark->shard_count; ++number) {
    if (auto failure = check_shard({number})) return std::move(*failure);
  }
  return std::move(report_);
}

StoreCheck::Failure StoreCheck::check_checksums() {
  step("checksums");
  for (const auto column : {Column::log, Column::meta, Column::state}) {
    const auto cursor = view_.cursor(column, {}, {}, Direction::forward);
    for (; cursor->valid(); cursor->next()) {
      ++report_.records;
      if (++done_ % progress_every == 0 && progress_) progress_(step_, done_);
      if (!cursor->value()) problem(cursor->key(), "its checksum is wrong", column);
    }
    const auto error = cursor->error();
    // A block that RocksDB finds damaged hides what lies behind it.
    if (error && error->kind == StoreError::Kind::corrupt) problem({}, error->text, column);
    if (error && error->kind != StoreError::Kind::corrupt) return error;
  }
  return std::nullopt;
}

StoreCheck::Failure StoreCheck::check_shard(engine::ShardId shard) {
  map_uses_.clear();
  view_.clear();
  auto start = check_log(shard);
  // What is only part of a copy is not held together by anything yet; the node fetches it again.
  if (start && start->lacks_state) return std::nullopt;
  if (start) carry_out_rest(shard, *start);
  for (const auto check :
       {&StoreCheck::check_offerings,
        &StoreCheck::check_reservations,
        &StoreCheck::check_sagas,
        &StoreCheck::check_lists,
        &StoreCheck::check_waiting,
        &StoreCheck::check_maps}) {
    if (auto failure = (this->*check)(shard)) return failure;
  }
  return start ? check_replay(shard, *start) : std::nullopt;
}

StoreCheck::Failure StoreCheck::check_offerings(engine::ShardId shard) {
  step("offerings");
  const auto range = keys::all(shard, keys::Tag::offering);
  return walk(Column::state, range, range.end(), [&](std::string_view key, std::string_view value) {
    const auto name_end = key.find('\0', range.view().size());
    if (name_end == std::string_view::npos || name_end + 1 == key.size()) {
      return problem(key, "the key makes no sense");
    }
    const auto tag = static_cast<keys::OfferingTag>(key[name_end + 1]);
    if (tag == keys::OfferingTag::record) check_offering(shard, key, value);
  });
}

void StoreCheck::check_offering(
    engine::ShardId shard, std::string_view key, std::string_view value) {
  ++report_.offerings;
  const auto id = KeyReader(key.substr(keys::all(shard, keys::Tag::offering).view().size()))
                      .name<engine::OfferingId>();
  auto head = decode_offering_head(key, value);
  if (!head) return problem(key, head.error().text);
  if (head->map) ++map_uses_[*head->map];

  // Loading finds places with two owners and counts that are wrong.
  auto offering = reader_->offering(shard, id);
  if (!offering) return problem(key, offering.error().text);
  offering->places.check_invariants();
  check_wakes(shard, *offering, offering->waiting && offering->waiting->size() > 0);
  const auto& definition = *offering->definition;
  const auto start_key = keys::start(shard, kind_of(definition), definition.starts_at, id);
  expect(
      has(start_key) == offering->exists(),
      start_key,
      offering->exists() ? "the list by start lacks the offering"
                         : "the list by start names a deleted offering");
  if (offering->status != engine::OfferingStatus::cancelled) return;

  const auto& counts = offering->places.counts();
  const auto mark = keys::deadline(shard, head->cancelled_at, id, {});
  expect(
      has(mark) == (counts.held + counts.sold > 0),
      mark,
      "the mark that a cancelled offering gives back what is left does not fit what is left");
}

StoreCheck::Failure StoreCheck::walk(
    Column column,
    std::string_view from,
    std::string_view to,
    const std::function<void(std::string_view key, std::string_view value)>& visit) {
  const auto cursor = view_.cursor(column, from, to, Direction::forward);
  for (; cursor->valid(); cursor->next()) {
    if (++done_ % progress_every == 0 && progress_) progress_(step_, done_);
    if (const auto value = cursor->value()) visit(cursor->key(), *value);
  }
  auto error = cursor->error();
  if (error && error->kind == StoreError::Kind::corrupt) return std::nullopt;
  return error;
}

std::optional<std::string> StoreCheck::value_at(std::string_view key) const {
  auto stored = view_.get(Column::state, key);
  if (!stored) return std::nullopt;
  return std::move(stored).value();
}

std::optional<engine::Reservation> StoreCheck::reservation_at(
    engine::ShardId shard, engine::ReservationId id) const {
  const auto key = keys::reservation(shard, id);
  const auto stored = value_at(key);
  if (!stored) return std::nullopt;
  auto reservation = decode_reservation(key, *stored, id);
  if (!reservation) return std::nullopt;
  return std::move(reservation).value();
}

std::optional<engine::Saga> StoreCheck::saga_at(
    engine::ShardId shard, engine::ReservationId id) const {
  const auto key = keys::saga(shard, id);
  const auto stored = value_at(key);
  if (!stored) return std::nullopt;
  auto saga = decode_saga_record(key, *stored, id);
  if (!saga) return std::nullopt;
  return std::move(saga).value();
}

void StoreCheck::expect(bool is_so, std::string_view key, std::string_view what) {
  if (!is_so) problem(key, what);
}

void StoreCheck::problem(std::string_view key, std::string_view what, Column column) {
  ++report_.problem_count;
  if (report_.problems.size() == CheckReport::problems_max) return;
  report_.problems.push_back(
      {std::string(name_of(column)) + " " + printable(key), std::string(what)});
}

void StoreCheck::step(std::string_view name) {
  if (step_ == name) return;
  step_ = name;
  done_ = 0;
  if (progress_) progress_(step_, done_);
}

}  // namespace cavea::persistence
