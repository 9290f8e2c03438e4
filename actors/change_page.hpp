#pragma once

#include "actors/reads.hpp"
#include "actors/swept_reservations.hpp"
#include "engine/command_bus.hpp"
#include "persistence/turn_log.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace cavea::actors {

/// Reads one page of the event feed: the turns of all shards of a part, merged by their time, as
/// events. Of one thread, for one page.
class ChangePageReader {
 public:
  struct Sources {
    const persistence::StateReader& reader;
    const Reads& reads;
    SweptReservations& swept;
    std::uint16_t shard_count = 1;
    std::uint32_t data = 0;                 ///< Stands for the data; see `engine::ChangesPosition`.
    std::optional<engine::ShardId> only{};  ///< Of the others nothing is told.
  };

  /// All must outlive it.
  ChangePageReader(const Sources& from, const engine::ListChanges& query)
      : from_(from), query_(query), log_(from.reader.turn_log()) {}

  /// A `ChangePage`, `ChangesGone`, or a `Refusal` of the position.
  [[nodiscard]] engine::Answer read();

 private:
  /// A shard with turns that are still to be told.
  struct Source {
    std::uint16_t place = 0;  ///< In the position.
    engine::ShardId shard;
    persistence::TurnWalk walk;
    std::size_t bytes_before = 0;  ///< Read of the shard before `turn`.
    persistence::LoggedTurn turn{};
    engine::Timestamp at{};
  };

  // Where to begin.
  [[nodiscard]] std::optional<engine::Refusal> refuse_part();
  [[nodiscard]] std::optional<engine::Refusal> refuse_position() const;
  [[nodiscard]] std::optional<engine::ChangesGone> gone() const;
  [[nodiscard]] std::vector<bool> wanted_places() const;
  void begin();
  void open_sources();

  // Telling.
  void merge();
  [[nodiscard]] bool take_next(Source& source);
  [[nodiscard]] bool is_full() const;
  [[nodiscard]] bool tell(Source& source);
  [[nodiscard]] bool tell(
      const Source& source, persistence::OfferingChange& change, std::uint32_t& ordinal);
  [[nodiscard]] bool tell(
      const Source& source, persistence::SagaChange& change, std::uint32_t& ordinal);
  [[nodiscard]] bool tell(
      const Source& source, persistence::VenueChange& change, std::uint32_t& ordinal);
  [[nodiscard]] static bool tell(
      const Source& source, const persistence::RecordsChange& change, std::uint32_t& ordinal);
  [[nodiscard]] bool must_stop_before(const Source& source, std::uint32_t ordinal);
  [[nodiscard]] bool was_told(const Source& source, std::uint32_t ordinal) const;
  [[nodiscard]] engine::ChangeEvent& add_event(
      const Source& source, std::uint32_t ordinal, engine::ChangeType type, engine::Timestamp at);
  void complete(engine::ChangeEvent& event, const engine::OfferingId& offering);
  [[nodiscard]] engine::DefinitionRef definition_of(
      engine::ShardId shard, const engine::OfferingId& offering);

  [[nodiscard]] engine::ShardId shard_at(std::size_t place) const;

  Sources from_;
  const engine::ListChanges& query_;
  persistence::TurnLog log_;
  std::vector<persistence::KeptTurns> kept_;  ///< By place in the position.
  std::vector<Source> sources_;
  std::size_t entries_ = 0;  ///< That were told, or passed over.
  std::size_t bytes_ = 0;
  std::unordered_map<engine::OfferingId, engine::DefinitionRef> definitions_;
  engine::ChangePage page_;
};

}  // namespace cavea::actors
