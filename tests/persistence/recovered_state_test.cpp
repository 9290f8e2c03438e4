#include "persistence/recovered_state.hpp"

#include "persistence/memory_store.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

namespace cavea::persistence {

namespace {

using Records = std::vector<std::pair<std::string, std::string>>;

Records records_of(
    const View& view, std::string_view from, std::string_view to, Direction direction) {
  Records records;
  const auto cursor = view.cursor(Column::state, from, to, direction);
  for (; cursor->valid(); cursor->next()) records.emplace_back(cursor->key(), *cursor->value());
  CHECK_FALSE(cursor->error().has_value());
  return records;
}

/// The same changes, at random, to two overlays.
void change(std::mt19937_64& random, StateOverlay& one, StateOverlay& other) {
  const auto key = "key-" + std::to_string(random() % 60);
  switch (random() % 5) {
    case 0:
      one.remove(key);
      other.remove(key);
      break;
    case 1:
      one.remove_range(key, key + "9");
      other.remove_range(key, key + "9");
      break;
    default:
      const auto value = std::to_string(random());
      one.put(key, value);
      other.put(key, value);
  }
}

}  // namespace

TEST_CASE("A state with changes laid over it reads as if they were written") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    INFO("seed " << seed);
    std::mt19937_64 random(seed);
    MemoryStore store;
    MemoryStore written;
    StateOverlay begin(store);
    StateOverlay writing(written);
    for (int i = 0; i < 60; ++i) change(random, begin, writing);
    for (auto [overlay, target] : {std::pair(&begin, &store), std::pair(&writing, &written)}) {
      const auto batch = target->make_batch();
      overlay->flush_into(*batch);
      REQUIRE_FALSE(target->write(*batch, Durability::synced).has_value());
    }

    RecoveredState recovered(store.snapshot());
    StateOverlay changes(recovered);
    for (int round = 0; round < 3; ++round) {
      for (int i = 0; i < 15; ++i) change(random, changes, writing);
      recovered.take(changes);
      const auto batch = written.make_batch();
      writing.flush_into(*batch);
      if (!batch->empty()) REQUIRE_FALSE(written.write(*batch, Durability::synced).has_value());
      for (const auto direction : {Direction::forward, Direction::backward}) {
        CHECK(records_of(recovered, {}, {}, direction) == records_of(written, {}, {}, direction));
        CHECK(
            records_of(recovered, "key-2", "key-45", direction)
            == records_of(written, "key-2", "key-45", direction));
      }
      for (int i = 0; i < 60; ++i) {
        const auto key = "key-" + std::to_string(i);
        CHECK(*recovered.get(Column::state, key) == *written.get(Column::state, key));
      }
    }
    recovered.clear();
    CHECK(
        records_of(recovered, {}, {}, Direction::forward)
        == records_of(store, {}, {}, Direction::forward));
  }
}

}  // namespace cavea::persistence
