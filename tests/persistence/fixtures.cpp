#include "fixtures.hpp"

#include "persistence/state_reader.hpp"
#include "persistence/turn_codec.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <utility>

#include <unistd.h>

namespace cavea::test {

namespace {

constexpr engine::Duration day{24 * 3'600'000};

engine::OfferingDefinition common_definition() {
  engine::OfferingDefinition definition;
  definition.title = "Los Miserables";
  definition.description = "A musical";
  definition.venue = venue_id("theatre");
  definition.time_zone = "Europe/London";
  definition.starts_at = new_year + engine::Duration{60 * day.ms};
  definition.ends_at = definition.starts_at + engine::Duration{3 * 3'600'000};
  definition.sale_opens_at = new_year - day;
  definition.sale_closes_at = definition.starts_at;
  definition.cancellation_cutoff = {3'600'000};
  definition.currency = *engine::Currency::from("GBP");
  return definition;
}

}  // namespace

engine::OfferingId offering_id(std::string_view text) {
  return *engine::OfferingId::from(text);
}

engine::VenueId venue_id(std::string_view text) {
  return *engine::VenueId::from(text);
}

engine::SeatMapRef make_map(std::uint32_t rows, std::uint32_t seats, std::uint32_t retired) {
  engine::SeatMap::Parts parts;
  parts.sections.push_back({"stalls", "Stalls"});
  parts.zones.push_back({*engine::ZoneId::from("best"), "Best seats"});
  parts.zones.push_back({*engine::ZoneId::from("rest"), "The rest"});
  parts.focal_point = {0, -50};
  for (std::uint32_t row = 0; row < rows; ++row) {
    engine::Row one;
    one.label = "R" + std::to_string(row);
    parts.rows.push_back(std::move(one));
    for (std::uint32_t number = 0; number < seats; ++number) {
      engine::Seat seat;
      seat.row = row;
      seat.zone = row < rows / 2 ? 0 : 1;
      seat.traits.accessible = number == 0 && row == 0;
      seat.traits.retired = row * seats + number < retired;
      seat.at = {static_cast<std::int32_t>(number * 5), static_cast<std::int32_t>(row * 9)};
      seat.number = std::to_string(number + 1);
      parts.seats.push_back(std::move(seat));
    }
  }
  return engine::SeatMap::build(std::move(parts));
}

engine::OfferingDefinition performance_definition(engine::SeatMapRef map, std::int64_t price) {
  auto definition = common_definition();
  engine::PerformanceTerms terms;
  terms.zone_prices.assign(map->zones().size(), engine::Money{price});
  terms.seat_map = std::move(map);
  terms.seat_map_revision = {1};
  terms.refuse_single_gaps = false;
  definition.terms = std::move(terms);
  return definition;
}

engine::OfferingDefinition class_definition(std::uint32_t capacity, std::int64_t price) {
  auto definition = common_definition();
  definition.title = "Morning yoga";
  definition.description = "For everybody";
  definition.terms = engine::ClassTerms{.capacity = capacity, .price = {price}};
  return definition;
}

engine::DefinitionRef share(engine::OfferingDefinition definition) {
  return std::make_shared<const engine::OfferingDefinition>(std::move(definition));
}

engine::VenueDefinition venue_definition(engine::SeatMapRef map) {
  return {
      .name = "Theatre",
      .address = "1 Stage Street",
      .time_zone = "Europe/London",
      .seat_map = std::move(map)};
}

ScratchFolder::ScratchFolder() {
  static std::atomic<int> made{0};
  path_ = std::filesystem::temp_directory_path()
          / ("cavea-persistence-" + std::to_string(::getpid()) + "-" + std::to_string(made++));
  std::filesystem::remove_all(path_);
  std::filesystem::create_directories(path_);
}

ScratchFolder::~ScratchFolder() {
  std::error_code code;
  std::filesystem::remove_all(path_, code);
}

ShardDriver::ShardDriver(persistence::Store& store, engine::ShardId shard)
    : shard_(shard), journal_(store, probe, [](const persistence::StoreError& error) {
        FAIL_CHECK("the journal failed: " << error.text);
      }) {
  const auto start = persistence::StateReader(store, 1).shard_start(shard);
  REQUIRE(start.has_value());
  index_ = start->applied;
  for (const auto& entry : start->entries) index_ = std::max(index_, entry.index);
}

void ShardDriver::commit(const persistence::Turn& turn) {
  auto bytes = std::make_shared<std::string>();
  persistence::encode(turn, *bytes);
  persistence::ShardWrite log;
  log.shard = shard_;
  log.entries.push_back({.index = ++index_, .term = 1, .type = 1, .data = bytes});
  write(std::move(log));

  auto decoded = persistence::decode_turn(*bytes);
  REQUIRE(decoded.has_value());
  persistence::ShardWrite state;
  state.shard = shard_;
  state.committed.push_back(
      {index_, std::make_shared<const persistence::Turn>(std::move(decoded).value())});
  write(std::move(state));
}

void ShardDriver::write(persistence::ShardWrite&& write) {
  const bool has_log = !write.entries.empty() || write.snapshot || write.kept;
  std::promise<void> done;
  if (has_log) write.persisted = [&done] { done.set_value(); };
  journal_.write(std::move(write));
  if (!has_log) journal_.after_queued([&done] { done.set_value(); });
  done.get_future().wait();
}

void ShardDriver::cut_log() {
  persistence::ShardWrite cut;
  cut.shard = shard_;
  cut.snapshot = persistence::SnapshotMark{
      .index = index_, .term = 1, .configuration_index = 1, .configuration = "configuration"};
  cut.kept = persistence::KeptLog{.first = index_ + 1, .removed_before = index_ + 1};
  write(std::move(cut));
}

}  // namespace cavea::test
