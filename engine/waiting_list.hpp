#pragma once

#include "engine/ids.hpp"
#include "engine/waiting.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

namespace cavea::engine {

/// Who waits for places of one offering, first come first.
///
/// Parties with the same wish form a queue: where the first of them does not fit, none does, so who
/// looks for a party that fits looks at queues, not at parties. Not thread-safe; deterministic.
class WaitingList {
 public:
  /// By `WaitingParty::order`.
  using Queue = std::map<std::uint64_t, WaitingParty>;

  /// Without empty queues.
  using Queues = std::map<WaitingWish, Queue>;

  struct Found {
    const WaitingWish* wish = nullptr;
    const WaitingParty* party = nullptr;
  };

  /// Whether nobody waits and nothing is kept.
  [[nodiscard]] bool is_idle() const noexcept { return by_id_.empty() && kept_.empty(); }

  /// How many parties wait.
  [[nodiscard]] std::size_t size() const noexcept { return by_id_.size(); }

  [[nodiscard]] const Queues& queues() const noexcept { return queues_; }

  /// Places that are blocked with `kept_for_waiting`.
  [[nodiscard]] const std::set<Place>& kept() const noexcept { return kept_; }

  [[nodiscard]] std::optional<Found> find(WaitingId id) const;

  [[nodiscard]] bool has(PersonKey person) const { return by_person_.contains(person.value); }

  /// All parties, first come first.
  [[nodiscard]] std::vector<Found> in_order() const;

  // Changes. They assert what `decide` has checked.

  void join(const WaitingWish& wish, WaitingParty party);
  void pass_over(WaitingId id, std::uint32_t times);

  /// Nothing happens when it does not wait.
  void leave(WaitingId id);
  void leave_all();

  void keep(Place place) { kept_.insert(place); }

  void give_free(Place place) { kept_.erase(place); }

  friend bool operator==(const WaitingList& a, const WaitingList& b) {
    return a.queues_ == b.queues_ && a.kept_ == b.kept_;
  }

 private:
  struct Position {
    Queues::iterator queue;
    std::uint64_t order = 0;
  };

  Queues queues_;
  std::unordered_map<std::uint64_t, Position> by_id_;           ///< By the low half.
  std::unordered_map<std::uint64_t, std::uint64_t> by_person_;  ///< The low half of the id.
  std::set<Place> kept_;
};

}  // namespace cavea::engine
