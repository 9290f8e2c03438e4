#include "persistence/store.hpp"

#include "fixtures.hpp"
#include "persistence/memory_store.hpp"
#include "persistence/rocks_store.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

// What both stores promise, asked of both.

namespace cavea::persistence {

namespace {

struct InMemory {
  MemoryStore store_;

  Store& store() { return store_; }
};

struct OnDisk {
  test::ScratchFolder folder;
  std::unique_ptr<RocksStore> store_ = RocksStore::open({.path = folder.path()}).value();

  Store& store() { return *store_; }
};

void put(Store& store, Column column, std::string_view key, std::string_view value) {
  const auto batch = store.make_batch();
  batch->put(column, key, value);
  REQUIRE_FALSE(store.write(*batch, Durability::logged).has_value());
}

std::string all(const View& view, std::string_view from, std::string_view to, Direction direction) {
  std::string text;
  const auto add = [&text](std::string_view key, std::string_view value) {
    text.append(key).append("=").append(value).append(" ");
    return true;
  };
  const auto error = direction == Direction::forward
                         ? view.scan(Column::state, from, to, add)
                         : view.scan_backwards(Column::state, from, to, add);
  REQUIRE_FALSE(error.has_value());
  return text;
}

}  // namespace

TEST_CASE_TEMPLATE("What was put is read until it is removed", Kind, InMemory, OnDisk) {
  Kind kind;
  auto& store = kind.store();
  put(store, Column::state, "a", "1");
  put(store, Column::log, "a", "2");
  put(store, Column::state, "empty", "");
  CHECK(store.get(Column::state, "a")->value() == "1");
  CHECK(store.get(Column::log, "a")->value() == "2");
  CHECK(store.get(Column::state, "empty")->value().empty());
  CHECK_FALSE(store.get(Column::meta, "a")->has_value());

  const auto batch = store.make_batch();
  CHECK(batch->empty());
  batch->remove(Column::state, "a");
  CHECK_FALSE(batch->empty());
  CHECK(batch->bytes() > 0);
  REQUIRE_FALSE(store.write(*batch, Durability::synced).has_value());
  CHECK_FALSE(store.get(Column::state, "a")->has_value());
}

TEST_CASE_TEMPLATE(
    "Ranges are read in order, both ways, without their end", Kind, InMemory, OnDisk) {
  Kind kind;
  auto& store = kind.store();
  for (const auto* key : {"c", "a", "d", "b"}) put(store, Column::state, key, key);
  CHECK(all(store, "a", "d", Direction::forward) == "a=a b=b c=c ");
  CHECK(all(store, "a", "d", Direction::backward) == "c=c b=b a=a ");
  CHECK(all(store, "b", {}, Direction::forward) == "b=b c=c d=d ");
  CHECK(all(store, "b", {}, Direction::backward) == "d=d c=c b=b ");
  CHECK(all(store, "x", "y", Direction::forward).empty());
  CHECK(all(store, "x", "y", Direction::backward).empty());
}

TEST_CASE_TEMPLATE("A batch happens in its order", Kind, InMemory, OnDisk) {
  Kind kind;
  auto& store = kind.store();
  for (const auto* key : {"a", "b", "c", "d"}) put(store, Column::state, key, key);
  const auto batch = store.make_batch();
  batch->remove_range(Column::state, "a", "d");
  batch->put(Column::state, "b", "new");
  REQUIRE_FALSE(store.write(*batch, Durability::synced).has_value());
  CHECK(all(store, "a", {}, Direction::forward) == "b=new d=d ");
  batch->clear();
  CHECK(batch->empty());
}

TEST_CASE_TEMPLATE("A snapshot does not see what is written later", Kind, InMemory, OnDisk) {
  Kind kind;
  auto& store = kind.store();
  put(store, Column::state, "a", "1");
  const auto before = store.snapshot();
  const auto cursor = store.cursor(Column::state, {}, {}, Direction::forward);
  put(store, Column::state, "a", "2");
  put(store, Column::state, "b", "2");
  CHECK(before->get(Column::state, "a")->value() == "1");
  CHECK(all(*before, {}, {}, Direction::forward) == "a=1 ");
  CHECK(all(store, {}, {}, Direction::forward) == "a=2 b=2 ");
  REQUIRE(cursor->valid());
  CHECK(cursor->value() == "1");
  cursor->next();
  CHECK_FALSE(cursor->valid());
}

}  // namespace cavea::persistence
