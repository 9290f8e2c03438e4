#include "persistence/rocks_store.hpp"

#include "engine/assert.hpp"
#include "persistence/rocks_options.hpp"
#include "persistence/seal.hpp"

#include <rocksdb/db.h>
#include <rocksdb/perf_level.h>
#include <rocksdb/write_batch.h>

#include <array>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

namespace cavea::persistence {

namespace {

rocksdb::Slice slice(std::string_view text) {
  return {text.data(), text.size()};
}

std::string_view view(const rocksdb::Slice& text) {
  return {text.data(), text.size()};
}

/// The cache has two to the power of this many parts, with a lock each.
constexpr int cache_part_bits = 2;

std::array<std::string, column_count> column_names() {
  // The default column family cannot be left out, so it carries what is written most.
  return {rocksdb::kDefaultColumnFamilyName, "meta", "state"};
}

}  // namespace

/// The open database; shared with snapshots so that it closes last.
class RocksStore::Database {
 public:
  explicit Database(RocksSettings settings) : settings_(std::move(settings)) {}

  ~Database() {
    for (auto* handle : handles_) db_->DestroyColumnFamilyHandle(handle);
    db_.reset();
    if (lock_ != nullptr) rocksdb::Env::Default()->UnlockFile(lock_);
  }

  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  std::optional<StoreError> open() {
    if (auto error = prepare_folder()) return error;
    // Parts of the cache are bounded each by itself. With the usual 64 of them the filter of one
    // table would not fit into its part, and be read from the file again for every look-up.
    const auto cache = rocksdb::NewLRUCache(settings_.block_cache_bytes, cache_part_bits);
    std::vector<rocksdb::ColumnFamilyDescriptor> columns;
    for (std::size_t i = 0; i < column_count; ++i) {
      columns.emplace_back(
          column_names()[i], column_options(static_cast<Column>(i), settings_, cache));
    }
    const auto options = database_options(settings_);
    rocksdb::DB* db = nullptr;
    const auto status =
        settings_.read_only
            ? rocksdb::DB::OpenForReadOnly(options, settings_.path, columns, &handles_, &db)
            : rocksdb::DB::Open(options, settings_.path, columns, &handles_, &db);
    if (!status.ok()) return error_of(status, "opening", settings_.path);
    db_.reset(db);
    return std::nullopt;
  }

  [[nodiscard]] rocksdb::DB& db() const { return *db_; }

  [[nodiscard]] rocksdb::ColumnFamilyHandle* handle(Column column) const {
    return handles_[static_cast<std::size_t>(column)];
  }

  [[nodiscard]] const std::string& path() const { return settings_.path; }

  [[nodiscard]] Read<std::optional<std::string>> get(
      const rocksdb::ReadOptions& options, Column column, std::string_view key) const {
    // Its counters are for this thread alone, nobody reads them, and counting is a tenth of the
    // work.
    rocksdb::SetPerfLevel(rocksdb::kDisable);
    rocksdb::PinnableSlice stored;
    const auto status = db_->Get(options, handle(column), slice(key), &stored);
    if (status.IsNotFound()) return std::optional<std::string>{};
    if (!status.ok()) return error_of(status, "reading from", path());
    const auto value = unseal(column, key, view(stored));
    if (!value) return damaged_record(column, key);
    return std::optional<std::string>(*value);
  }

 private:
  std::optional<StoreError> prepare_folder() {
    if (!settings_.read_only) {
      std::error_code code;
      std::filesystem::create_directories(settings_.path, code);
      if (code) {
        return StoreError{
            code == std::errc::no_space_on_device ? StoreError::Kind::no_space
                                                  : StoreError::Kind::io,
            "the data directory " + settings_.path + " cannot be made: " + code.message()};
      }
      return std::nullopt;
    }
    if (!std::filesystem::exists(settings_.path + "/CURRENT")) {
      return StoreError{
          StoreError::Kind::io,
          "there is no store in " + settings_.path + "; give the data directory of a node"};
    }
    // RocksDB would let a reader in beside a writer, whose files then vanish under it.
    const auto status = rocksdb::Env::Default()->LockFile(settings_.path + "/LOCK", &lock_);
    if (!status.ok()) return error_of(status, "opening", settings_.path);
    return std::nullopt;
  }

  RocksSettings settings_;
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;
  rocksdb::FileLock* lock_ = nullptr;
};

class RocksStore::Batch final : public WriteBatch {
 public:
  explicit Batch(std::shared_ptr<Database> database) : database_(std::move(database)) {}

  void put(Column column, std::string_view key, std::string_view value) override {
    const auto key_slice = slice(key);
    if (value.empty()) {
      check(batch_.Put(database_->handle(column), key_slice, rocksdb::Slice()));
      return;
    }
    const auto seal = seal_of(column, key, value);
    const std::array parts{slice(value), rocksdb::Slice(seal.data(), seal.size())};
    check(batch_.Put(
        database_->handle(column),
        rocksdb::SliceParts(&key_slice, 1),
        rocksdb::SliceParts(parts.data(), static_cast<int>(parts.size()))));
  }

  void remove(Column column, std::string_view key) override {
    check(batch_.Delete(database_->handle(column), slice(key)));
  }

  void remove_range(Column column, std::string_view from, std::string_view to) override {
    CAVEA_ASSERT(!to.empty());
    if (from >= to) return;
    check(batch_.DeleteRange(database_->handle(column), slice(from), slice(to)));
  }

  [[nodiscard]] bool empty() const override { return batch_.Count() == 0; }

  [[nodiscard]] std::size_t bytes() const override { return batch_.GetDataSize(); }

  void clear() override { batch_.Clear(); }

  [[nodiscard]] rocksdb::WriteBatch& content() { return batch_; }

 private:
  /// A batch in memory has no reason to fail but keys of gigabytes.
  static void check(const rocksdb::Status& status) { CAVEA_ASSERT(status.ok()); }

  std::shared_ptr<Database> database_;
  rocksdb::WriteBatch batch_;
};

class RocksStore::Walk final : public Cursor {
 public:
  Walk(
      const Database& database,
      const rocksdb::Snapshot* snapshot,
      Column column,
      std::string_view from,
      std::string_view to,
      Direction direction)
      : database_(database),
        column_(column),
        direction_(direction),
        from_(from),
        to_(to),
        from_slice_(from_),
        to_slice_(to_) {
    rocksdb::ReadOptions options;
    options.snapshot = snapshot;
    // People ask for the state, in snapshots. Who walks over the store as it is, or over the log (a
    // start, a check), passes by once and should not fill the cache with what nobody asks for.
    options.fill_cache = snapshot != nullptr && column == Column::state;
    options.iterate_lower_bound = &from_slice_;
    if (!to_.empty()) options.iterate_upper_bound = &to_slice_;
    iterator_.reset(database.db().NewIterator(options, database.handle(column)));
    if (direction == Direction::forward) {
      iterator_->Seek(from_slice_);
    } else {
      iterator_->SeekToLast();
    }
  }

  [[nodiscard]] bool valid() const override { return iterator_->Valid(); }

  [[nodiscard]] std::string_view key() const override { return view(iterator_->key()); }

  [[nodiscard]] std::optional<std::string_view> value() const override {
    return unseal(column_, key(), view(iterator_->value()));
  }

  void next() override {
    if (direction_ == Direction::forward) {
      iterator_->Next();
    } else {
      iterator_->Prev();
    }
  }

  [[nodiscard]] std::optional<StoreError> error() const override {
    if (iterator_->status().ok()) return std::nullopt;
    return error_of(iterator_->status(), "reading from", database_.path());
  }

 private:
  const Database& database_;
  Column column_;
  Direction direction_;
  std::string from_;
  std::string to_;
  // RocksDB keeps pointers to these.
  rocksdb::Slice from_slice_;
  rocksdb::Slice to_slice_;
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

class RocksStore::Snapshot final : public View {
 public:
  explicit Snapshot(std::shared_ptr<Database> database)
      : database_(std::move(database)), snapshot_(database_->db().GetSnapshot()) {}

  ~Snapshot() override { database_->db().ReleaseSnapshot(snapshot_); }

  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  [[nodiscard]] Read<std::optional<std::string>> get(
      Column column, std::string_view key) const override {
    rocksdb::ReadOptions options;
    options.snapshot = snapshot_;
    return database_->get(options, column, key);
  }

  [[nodiscard]] std::unique_ptr<Cursor> cursor(
      Column column,
      std::string_view from,
      std::string_view to,
      Direction direction) const override {
    return std::make_unique<Walk>(*database_, snapshot_, column, from, to, direction);
  }

 private:
  std::shared_ptr<Database> database_;
  const rocksdb::Snapshot* snapshot_;
};

Read<std::unique_ptr<RocksStore>> RocksStore::open(const RocksSettings& settings) {
  auto database = std::make_shared<Database>(settings);
  if (auto error = database->open()) return std::move(*error);
  return std::unique_ptr<RocksStore>(new RocksStore(std::move(database)));
}

RocksStore::RocksStore(std::shared_ptr<Database> database) : database_(std::move(database)) {}

RocksStore::~RocksStore() = default;

Read<std::optional<std::string>> RocksStore::get(Column column, std::string_view key) const {
  return database_->get({}, column, key);
}

std::unique_ptr<Cursor> RocksStore::cursor(
    Column column, std::string_view from, std::string_view to, Direction direction) const {
  return std::make_unique<Walk>(*database_, nullptr, column, from, to, direction);
}

std::unique_ptr<WriteBatch> RocksStore::make_batch() {
  return std::make_unique<Batch>(database_);
}

std::optional<StoreError> RocksStore::write(WriteBatch& batch, Durability durability) {
  auto* own = dynamic_cast<Batch*>(&batch);
  CAVEA_ASSERT(own != nullptr);
  rocksdb::SetPerfLevel(rocksdb::kDisable);
  rocksdb::WriteOptions options;
  options.sync = durability == Durability::synced;
  options.disableWAL = durability == Durability::unlogged;
  const auto status = database_->db().Write(options, &own->content());
  if (status.ok()) return std::nullopt;
  return error_of(status, "writing to", database_->path());
}

Read<std::optional<std::string>> RocksStore::get_persisted(
    Column column, std::string_view key) const {
  // Without a log, only what is in tables is persisted, and once a batch was written without one,
  // this looks nowhere else. Before, everything is in tables: a store is opened with empty buffers.
  rocksdb::ReadOptions options;
  options.read_tier = rocksdb::kPersistedTier;
  return database_->get(options, column, key);
}

std::optional<StoreError> RocksStore::persist(Column column) {
  rocksdb::FlushOptions options;
  options.wait = false;
  // Otherwise it would wait here for earlier ones to end.
  options.allow_write_stall = true;
  const auto status = database_->db().Flush(options, database_->handle(column));
  if (status.ok()) return std::nullopt;
  return error_of(status, "writing to", database_->path());
}

std::optional<StoreError> RocksStore::persist_and_wait(Column column) {
  const auto status = database_->db().Flush({}, database_->handle(column));
  if (status.ok()) return std::nullopt;
  return error_of(status, "writing to", database_->path());
}

std::shared_ptr<const View> RocksStore::snapshot() const {
  return std::make_shared<Snapshot>(database_);
}

std::uint64_t RocksStore::bytes_of(Column column) const {
  using Properties = rocksdb::DB::Properties;
  std::uint64_t sum = 0;
  for (const auto& property :
       {Properties::kTotalSstFilesSize,
        Properties::kTotalBlobFileSize,
        Properties::kSizeAllMemTables}) {
    std::uint64_t bytes = 0;
    if (database_->db().GetIntProperty(database_->handle(column), property, &bytes)) sum += bytes;
  }
  return sum;
}

std::uint64_t RocksStore::disk_bytes() const {
  std::uint64_t sum = 0;
  std::error_code code;
  for (const auto& file : std::filesystem::directory_iterator(database_->path(), code)) {
    const auto size = file.file_size(code);
    if (!code) sum += size;
  }
  return sum;
}

std::optional<StoreError> RocksStore::compact() {
  for (const auto column : {Column::log, Column::meta, Column::state}) {
    const auto status =
        database_->db().CompactRange({}, database_->handle(column), nullptr, nullptr);
    if (!status.ok()) return error_of(status, "compacting", database_->path());
  }
  return std::nullopt;
}

}  // namespace cavea::persistence
