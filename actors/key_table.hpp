#pragma once

#include "engine/command_bus.hpp"
#include "persistence/record_codec.hpp"
#include "persistence/turn.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>

namespace cavea::actors {

/// The idempotency keys of a shard that the store does not have yet: those whose command is on its
/// way, and those committed a moment ago. Older ones are found in the store.
class KeyTable {
 public:
  /// What is known of a key.
  struct Entry {
    engine::Fingerprint fingerprint;
    std::optional<persistence::Outcome> outcome;  ///< Nothing while its command runs.
    std::uint64_t owner = 0;  ///< Hash of the offering's id; see `abandon_all_of`.
  };

  /// The entry, nothing when the store must be asked.
  [[nodiscard]] const Entry* find(const engine::IdempotencyKey& key) const;

  /// The command of this key starts.
  void begin(const engine::IdempotencyKey& key, std::uint64_t owner);

  /// The command was refused by the state of its offering: the same request gets the same answer
  /// for a while, lest one that was given up and comes late is carried out after its repetition was
  /// refused.
  void remember_refusal(
      const engine::IdempotencyKey& key, const engine::Refusal& refusal, std::int64_t now_ms);

  /// The refusal that this very request got a moment ago; nothing when there was none.
  [[nodiscard]] const engine::Refusal* find_refusal(const engine::IdempotencyKey& key) const;

  /// Refusals older than this are forgotten.
  void forget_refusals_before(std::int64_t before_ms);

  /// Whose death frees the key from now on: an offering (by the hash of its id), or nobody (0),
  /// once its command is decided and on its way to the disk.
  void own(const engine::IdempotencyKey& key, std::uint64_t owner);

  /// The command was refused, or found nothing to do: the key may be used again.
  void abandon(const engine::IdempotencyKey& key);

  /// The actor of `owner` died: its running keys may be used again (the store tells who succeeded).
  void abandon_all_of(std::uint64_t owner);

  /// The command's change is committed in turn `turn`; the entry stays until `forget_until`.
  void commit(
      const engine::IdempotencyKey& key,
      persistence::Outcome outcome,
      std::uint64_t turn,
      std::int64_t now_ms);

  /// How long a committed key is remembered at least.
  static constexpr std::int64_t committed_kept_ms = 50;

  /// Everything up to this turn is in the store.
  void forget_until(std::uint64_t turn, std::int64_t now_ms);

  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

 private:
  /// Caller and key, as the store tells them apart.
  using Name = persistence::IdempotencyHash;

  struct HashOfName {
    std::size_t operator()(const Name& name) const noexcept;
  };

  std::unordered_map<Name, Entry, HashOfName> entries_;

  struct Committed {
    std::uint64_t turn = 0;
    std::int64_t at_ms = 0;
    Name name{};
  };

  std::deque<Committed> committed_;

  struct Refused {
    engine::Fingerprint fingerprint;
    engine::Refusal refusal;
    std::int64_t at_ms = 0;
  };

  std::unordered_map<Name, Refused, HashOfName> refused_;
  std::deque<std::pair<std::int64_t, Name>> refused_in_order_;
};

}  // namespace cavea::actors
