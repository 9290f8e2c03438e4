#include "persistence/state_overlay.hpp"

#include "persistence/memory_store.hpp"

#include <doctest/doctest.h>

#include <string>

namespace cavea::persistence {

TEST_CASE("After one large batch small ones do not go on clearing a large table") {
  MemoryStore store;
  StateOverlay overlay(store);
  const auto batch = store.make_batch();
  const auto small = overlay.slots();
  constexpr int count = 100'000;
  for (int i = 0; i < count; ++i) overlay.put("key-" + std::to_string(i), "value");
  CHECK(overlay.slots() > count);
  overlay.flush_into(*batch);
  overlay.put("key-7", "new");
  CHECK(*overlay.get("key-7") == "new");
  overlay.flush_into(*batch);
  CHECK(overlay.slots() == small);

  overlay.put("key-8", "new");
  CHECK(*overlay.get("key-8") == "new");
  overlay.flush_into(*batch);
  REQUIRE_FALSE(store.write(*batch, Durability::logged).has_value());
  CHECK(store.size(Column::state) == count);
  CHECK(*overlay.get("key-8") == "new");
  CHECK(*overlay.get("key-9") == "value");
}

}  // namespace cavea::persistence
