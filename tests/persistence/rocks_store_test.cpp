#include "persistence/rocks_store.hpp"

#include "fixtures.hpp"
#include "persistence/disk_space.hpp"
#include "persistence/format_mark.hpp"
#include "persistence/keys.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace cavea::persistence {

namespace {

std::unique_ptr<RocksStore> open(const std::string& path) {
  auto store = RocksStore::open({.path = path});
  REQUIRE_MESSAGE(store.has_value(), store.error().text);
  return std::move(store).value();
}

void put_state(Store& store, std::string_view key, std::string_view value, bool sync) {
  const auto batch = store.make_batch();
  batch->put(Column::state, key, value);
  REQUIRE_FALSE(store.write(*batch, sync ? Durability::synced : Durability::logged).has_value());
}

/// The newest file of a kind: the write-ahead log (".log") or a table (".sst").
std::filesystem::path newest(const std::string& folder, std::string_view extension) {
  std::filesystem::path found;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (file.path().extension() == extension && file.path() > found) found = file.path();
  }
  REQUIRE_FALSE(found.empty());
  return found;
}

void flip_byte(const std::filesystem::path& path, std::uint64_t at) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(at));
  const auto byte = static_cast<char>(file.get() ^ 0x20);
  file.seekp(static_cast<std::streamoff>(at));
  file.put(byte);
}

/// A copy of a store as a crash leaves it: nothing was closed.
void copy_alive(const std::string& from, const std::string& to) {
  std::filesystem::copy(
      from,
      to,
      std::filesystem::copy_options::recursive | std::filesystem::copy_options::overwrite_existing);
}

}  // namespace

TEST_CASE("A second process, or a second store in this one, is told that the data is in use") {
  const test::ScratchFolder folder;
  const auto first = open(folder.path());
  for (const bool read_only : {false, true}) {
    const auto second = RocksStore::open({.path = folder.path(), .read_only = read_only});
    REQUIRE_FALSE(second.has_value());
    CHECK(second.error().kind == StoreError::Kind::in_use);
    CHECK(second.error().text.find("another process has the data open") != std::string::npos);
  }
}

TEST_CASE("A store that is not there is not made by a reader") {
  const test::ScratchFolder folder;
  const auto path = folder.path() + "/none";
  const auto store = RocksStore::open({.path = path, .read_only = true});
  REQUIRE_FALSE(store.has_value());
  CHECK(store.error().text.find("there is no store") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("A reader cannot write") {
  const test::ScratchFolder folder;
  put_state(*open(folder.path()), "a", "1", true);
  const auto store = RocksStore::open({.path = folder.path(), .read_only = true});
  REQUIRE(store.has_value());
  CHECK((*store)->get(Column::state, "a")->value() == "1");
  const auto batch = (*store)->make_batch();
  batch->put(Column::state, "b", "2");
  CHECK((*store)->write(*batch, Durability::logged).has_value());
}

TEST_CASE("A torn end of the write-ahead log costs the torn batch and nothing before it") {
  const test::ScratchFolder folder;
  const test::ScratchFolder copy;
  const auto store = open(folder.path());
  put_state(*store, "synced", std::string(100, 's'), true);
  const auto synced_size = std::filesystem::file_size(newest(folder.path(), ".log"));
  put_state(*store, "torn", std::string(100, 't'), true);
  const auto whole_size = std::filesystem::file_size(newest(folder.path(), ".log"));
  for (auto size = synced_size; size <= whole_size; size += 7) {
    CAPTURE(size);
    std::filesystem::remove_all(copy.path());
    copy_alive(folder.path(), copy.path());
    std::filesystem::resize_file(newest(copy.path(), ".log"), size);
    const auto again = open(copy.path());
    CHECK(again->get(Column::state, "synced")->has_value());
    CHECK(again->get(Column::state, "torn")->has_value() == (size == whole_size));
  }
}

TEST_CASE(
    "An unlogged write survives a crash once its column is in tables, and closing puts it there") {
  const test::ScratchFolder folder;
  const test::ScratchFolder crashed;
  const auto key = std::string("key");
  {
    const auto store = open(folder.path());
    const auto write = [&](std::string_view value) {
      const auto batch = store->make_batch();
      batch->put(Column::state, key, value);
      REQUIRE_FALSE(store->write(*batch, Durability::unlogged).has_value());
    };
    write("1");
    CHECK(store->get(Column::state, key)->value() == "1");
    CHECK_FALSE(store->get_persisted(Column::state, key)->has_value());

    REQUIRE_FALSE(store->persist(Column::state).has_value());
    while (!store->get_persisted(Column::state, key)->has_value()) std::this_thread::yield();
    write("2");
    CHECK(store->get(Column::state, key)->value() == "2");
    CHECK(store->get_persisted(Column::state, key)->value() == "1");
    copy_alive(folder.path(), crashed.path());
  }
  CHECK(open(crashed.path())->get(Column::state, key)->value() == "1");
  CHECK(open(folder.path())->get(Column::state, key)->value() == "2");
  CHECK(open(folder.path())->get_persisted(Column::state, key)->value() == "2");
}

TEST_CASE("Damage in the middle of the write-ahead log is not passed over") {
  const test::ScratchFolder folder;
  const test::ScratchFolder copy;
  const auto store = open(folder.path());
  for (int i = 0; i < 20; ++i)
    put_state(*store, "key" + std::to_string(i), std::string(100, 'x'), true);
  const auto size = std::filesystem::file_size(newest(folder.path(), ".log"));
  for (std::uint64_t at = size / 4; at < size * 3 / 4; at += 97) {
    CAPTURE(at);
    std::filesystem::remove_all(copy.path());
    copy_alive(folder.path(), copy.path());
    flip_byte(newest(copy.path(), ".log"), at);
    const auto again = RocksStore::open({.path = copy.path()});
    REQUIRE_FALSE(again.has_value());
    CHECK(again.error().kind == StoreError::Kind::corrupt);
  }
}

TEST_CASE("Damage in a table is found when it is read, and by a scan") {
  const test::ScratchFolder folder;
  {
    const auto store = open(folder.path());
    for (int i = 0; i < 200; ++i) {
      put_state(*store, "key" + std::to_string(i), "value" + std::to_string(i * 7919), false);
    }
    REQUIRE_FALSE(store->compact().has_value());
  }
  flip_byte(newest(folder.path(), ".sst"), 200);
  const auto store = RocksStore::open({.path = folder.path()});
  if (!store.has_value()) {
    CHECK(store.error().kind == StoreError::Kind::corrupt);
    return;
  }
  const auto error = (*store)->scan(Column::state, {}, {}, [](auto, auto) { return true; });
  REQUIRE(error.has_value());
  CHECK(error->kind == StoreError::Kind::corrupt);
}

TEST_CASE("A store keeps its number of shards and its node") {
  const test::ScratchFolder folder;
  const auto store = open(folder.path());
  CHECK_FALSE(read_format_mark(*store)->has_value());
  REQUIRE_FALSE(claim_store(*store, {.shard_count = 16, .node = "node-1"}).has_value());
  REQUIRE_FALSE(claim_store(*store, {.shard_count = 16, .node = "node-1"}).has_value());
  CHECK(read_format_mark(*store)->value().shard_count == 16);

  const auto other_count = claim_store(*store, {.shard_count = 8, .node = "node-1"});
  REQUIRE(other_count.has_value());
  CHECK(other_count->kind == StoreError::Kind::mismatch);
  CHECK(other_count->text.find("has 16 shards, the configuration says 8") != std::string::npos);

  const auto other_node = claim_store(*store, {.shard_count = 16, .node = "node-2"});
  REQUIRE(other_node.has_value());
  CHECK(other_node->text.find("belongs to node 'node-1'") != std::string::npos);
}

TEST_CASE("Data of a newer format is left alone") {
  const test::ScratchFolder folder;
  const auto store = open(folder.path());
  const auto batch = store->make_batch();
  batch->put(Column::meta, keys::format_mark(), std::string("\x01\x02 and more", 11));
  REQUIRE_FALSE(store->write(*batch, Durability::synced).has_value());
  const auto error = claim_store(*store, {.shard_count = 16, .node = "node-1"});
  REQUIRE(error.has_value());
  CHECK(error->kind == StoreError::Kind::newer_format);
  CHECK(error->text.find("the data has format 2") != std::string::npos);
}

TEST_CASE("Too little free space is named before anything is written") {
  const test::ScratchFolder folder;
  CHECK_FALSE(check_free_space(folder.path() + "/not/yet/there", 1).has_value());
  const auto error = check_free_space(folder.path(), UINT64_MAX);
  REQUIRE(error.has_value());
  CHECK(error->kind == StoreError::Kind::no_space);
}

}  // namespace cavea::persistence
