#include "persistence/write_buffer.hpp"

#include "fixtures.hpp"

#include <doctest/doctest.h>
#include <rocksdb/db.h>
#include <rocksdb/merge_operator.h>

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace cavea::persistence {

namespace {

using Content = std::map<std::string, std::string>;

/// Joins what is merged by commas, in the order in which it came.
class Joining final : public rocksdb::AssociativeMergeOperator {
 public:
  bool Merge(
      const rocksdb::Slice& /*key*/,
      const rocksdb::Slice* before,
      const rocksdb::Slice& value,
      std::string* joined,
      rocksdb::Logger* /*logger*/) const override {
    *joined = before == nullptr ? value.ToString() : before->ToString() + "," + value.ToString();
    return true;
  }

  [[nodiscard]] const char* Name() const override { return "joining"; }
};

/// A database whose records stay in its write buffer, unless it is small.
class Buffered {
 public:
  explicit Buffered(
      std::size_t buffer_bytes = 64u << 20,
      const std::shared_ptr<rocksdb::MergeOperator>& merge = nullptr) {
    rocksdb::Options options;
    options.merge_operator = merge;
    options.create_if_missing = true;
    options.allow_concurrent_memtable_write = false;
    options.write_buffer_size = buffer_bytes;
    options.memtable_factory = sorted_write_buffers();
    options.memtable_prefix_bloom_size_ratio = 0.05;
    options.memtable_whole_key_filtering = true;
    rocksdb::DB* db = nullptr;
    REQUIRE(rocksdb::DB::Open(options, folder_.path(), &db).ok());
    db_.reset(db);
  }

  void put(const std::string& key, const std::string& value) {
    REQUIRE(db_->Put({}, key, value).ok());
  }

  void remove(const std::string& key) { REQUIRE(db_->Delete({}, key).ok()); }

  [[nodiscard]] std::optional<std::string> get(
      const std::string& key, const rocksdb::Snapshot* snapshot = nullptr) const {
    rocksdb::ReadOptions options;
    options.snapshot = snapshot;
    std::string value;
    const auto status = db_->Get(options, key, &value);
    if (status.IsNotFound()) return std::nullopt;
    REQUIRE(status.ok());
    return value;
  }

  [[nodiscard]] std::unique_ptr<rocksdb::Iterator> walk(
      const rocksdb::Snapshot* snapshot = nullptr) const {
    rocksdb::ReadOptions options;
    options.snapshot = snapshot;
    return std::unique_ptr<rocksdb::Iterator>(db_->NewIterator(options));
  }

  [[nodiscard]] rocksdb::DB& db() const { return *db_; }

 private:
  test::ScratchFolder folder_;
  std::unique_ptr<rocksdb::DB> db_;
};

void check_equal(
    const Buffered& buffered, const Content& content, const rocksdb::Snapshot* snapshot) {
  const auto walk = buffered.walk(snapshot);
  auto expected = content.begin();
  for (walk->SeekToFirst(); walk->Valid(); walk->Next(), ++expected) {
    REQUIRE(expected != content.end());
    REQUIRE(walk->key().ToString() == expected->first);
    REQUIRE(walk->value().ToString() == expected->second);
  }
  REQUIRE(expected == content.end());

  auto backward = content.rbegin();
  for (walk->SeekToLast(); walk->Valid(); walk->Prev(), ++backward) {
    REQUIRE(backward != content.rend());
    REQUIRE(walk->key().ToString() == backward->first);
  }
  REQUIRE(backward == content.rend());
}

/// Keys of many lengths, that often begin alike, and with bytes of all values.
std::string random_key(std::mt19937_64& random) {
  static const std::vector<std::string> starts{
      "", "a", "reservation-", std::string(20, '\0'), "a long beginning that all of these share "};
  auto key = starts[random() % starts.size()];
  for (auto length = 1 + random() % 3; length > 0; --length) {
    key.push_back(static_cast<char>(random() % 8 == 0 ? random() % 256 : 'a' + random() % 6));
  }
  return key;
}

void check_walk_at(const Buffered& buffered, const Content& content, std::mt19937_64& random) {
  const auto walk = buffered.walk();
  const auto from = random_key(random);
  const bool is_backward = random() % 2 == 0;
  auto expected = content.lower_bound(from);
  if (is_backward) {
    walk->SeekForPrev(from);
    expected = content.upper_bound(from);
    if (expected == content.begin()) {
      REQUIRE_FALSE(walk->Valid());
      return;
    }
    --expected;
  } else {
    walk->Seek(from);
  }
  // Turns round at random.
  for (int step = 0; step < 12; ++step) {
    REQUIRE(walk->Valid() == (expected != content.end()));
    if (!walk->Valid()) return;
    REQUIRE(walk->key().ToString() == expected->first);
    if (random() % 3 != 0) {
      walk->Next();
      ++expected;
    } else {
      walk->Prev();
      if (expected == content.begin()) {
        REQUIRE_FALSE(walk->Valid());
        return;
      }
      --expected;
    }
  }
}

}  // namespace

TEST_CASE("A write buffer has what was put into it, in order, whatever was read meanwhile") {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    INFO("seed " << seed);
    std::mt19937_64 random(seed);
    // Small buffers are written to tables meanwhile.
    Buffered buffered(seed % 3 == 0 ? 64u << 10 : 64u << 20);
    const auto reads_one_in = std::uint64_t{1} << (seed % 4 * 4);
    Content content;
    for (int step = 0; step < 6'000; ++step) {
      const auto key = random_key(random);
      if (random() % 5 == 0) {
        buffered.remove(key);
        content.erase(key);
      } else {
        const auto value = std::to_string(random());
        buffered.put(key, value);
        content[key] = value;
      }
      if (random() % reads_one_in != 0) continue;
      const auto asked = random_key(random);
      const auto expected = content.find(asked);
      const auto found = buffered.get(asked);
      REQUIRE(found.has_value() == (expected != content.end()));
      if (found) REQUIRE(*found == expected->second);
      check_walk_at(buffered, content, random);
    }
    check_equal(buffered, content, nullptr);
  }
}

TEST_CASE("A snapshot of a write buffer shows what was there, while more is written over it") {
  Buffered buffered;
  std::mt19937_64 random(7);
  Content content;
  std::vector<std::pair<const rocksdb::Snapshot*, Content>> snapshots;
  for (int round = 0; round < 8; ++round) {
    for (int i = 0; i < 1'500; ++i) {
      const auto key = random_key(random);
      const auto value = std::to_string(i) + " of " + std::to_string(round);
      buffered.put(key, value);
      content[key] = value;
    }
    snapshots.emplace_back(buffered.db().GetSnapshot(), content);
  }
  for (const auto& [snapshot, then] : snapshots) {
    check_equal(buffered, then, snapshot);
    for (int i = 0; i < 500; ++i) {
      const auto key = random_key(random);
      const auto expected = then.find(key);
      const auto found = buffered.get(key, snapshot);
      REQUIRE(found.has_value() == (expected != then.end()));
      if (found) REQUIRE(*found == expected->second);
    }
    buffered.db().ReleaseSnapshot(snapshot);
  }
}

TEST_CASE("What is merged under one key is read whole, from all parts of a write buffer") {
  Buffered buffered(64u << 20, std::make_shared<Joining>());
  std::string expected;
  // More than is gathered before it is sorted, with other keys between.
  for (int i = 0; i < 3'000; ++i) {
    const auto part = std::to_string(i);
    REQUIRE(buffered.db().Merge({}, "joined", part).ok());
    expected += (expected.empty() ? "" : ",") + part;
    buffered.put("other-" + part, part);
    if (i % 500 == 0) CHECK(buffered.get("joined") == expected);
  }
  CHECK(buffered.get("joined") == expected);
  buffered.put("joined", "anew");
  REQUIRE(buffered.db().Merge({}, "joined", "more").ok());
  CHECK(buffered.get("joined") == "anew,more");
}

TEST_CASE("A key that is written over and over is read as it was written last") {
  Buffered buffered;
  std::vector<const rocksdb::Snapshot*> snapshots;
  for (int i = 0; i < 5'000; ++i) {
    buffered.put("counter", std::to_string(i));
    if (i % 700 == 0) snapshots.push_back(buffered.db().GetSnapshot());
    if (i % 50 == 0) REQUIRE(buffered.get("counter") == std::to_string(i));
  }
  for (std::size_t i = 0; i < snapshots.size(); ++i) {
    CHECK(buffered.get("counter", snapshots[i]) == std::to_string(i * 700));
    buffered.db().ReleaseSnapshot(snapshots[i]);
  }
  buffered.remove("counter");
  CHECK_FALSE(buffered.get("counter"));
}

TEST_CASE(
    "Threads read a write buffer while another writes, and see each record once it is there") {
  Buffered buffered;
  constexpr std::uint64_t count = 40'000;
  std::atomic<std::uint64_t> written = 0;
  const auto key_of = [](std::uint64_t number) {
    // Spread, so that each falls between others.
    return std::to_string(number * 0x9e3779b97f4a7c15u);
  };
  std::atomic<std::uint64_t> missing = 0;
  std::atomic<std::uint64_t> out_of_order = 0;
  std::vector<std::thread> readers;
  for (std::uint64_t reader = 0; reader < 2; ++reader) {
    readers.emplace_back([&, reader] {
      std::mt19937_64 random(reader);
      while (written.load() < count) {
        const auto known = written.load();
        if (known == 0) continue;
        std::string value;
        if (!buffered.db().Get({}, key_of(random() % known), &value).ok()) ++missing;
        const auto walk = buffered.walk();
        std::string last;
        walk->Seek(key_of(random()));
        for (int i = 0; i < 20 && walk->Valid(); ++i, walk->Next()) {
          auto key = walk->key().ToString();
          if (key <= last) ++out_of_order;
          last = std::move(key);
        }
      }
    });
  }
  for (std::uint64_t number = 0; number < count; ++number) {
    if (!buffered.db().Put({}, key_of(number), "there").ok()) ++missing;
    written.store(number + 1);
  }
  for (auto& reader : readers) reader.join();
  CHECK(missing == 0);
  CHECK(out_of_order == 0);
  std::uint64_t found = 0;
  const auto walk = buffered.walk();
  for (walk->SeekToFirst(); walk->Valid(); walk->Next()) ++found;
  CHECK(found == count);
}

}  // namespace cavea::persistence
