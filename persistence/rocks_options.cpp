#include "persistence/rocks_options.hpp"

#include "persistence/write_buffer.hpp"

#include <rocksdb/convenience.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

#include <algorithm>

namespace cavea::persistence {

namespace {

/// Bits of a Bloom filter for a key: one look-up in a hundred that finds nothing asks a table.
constexpr double filter_bits_per_key = 10;

/// The part of a write buffer that its own Bloom filter takes.
constexpr double buffer_filter_part = 0.05;

rocksdb::CompressionType best_compression() {
  const auto known = rocksdb::GetSupportedCompressions();
  const bool has_lz4 =
      std::find(known.begin(), known.end(), rocksdb::kLZ4Compression) != known.end();
  return has_lz4 ? rocksdb::kLZ4Compression : rocksdb::kNoCompression;
}

StoreError::Kind kind_of(const rocksdb::Status& status, const std::string& text) {
  if (status.IsNoSpace()) return StoreError::Kind::no_space;
  if (status.IsCorruption()) return StoreError::Kind::corrupt;
  // RocksDB has no code for this; its two messages are "While lock file" and "lock hold by current
  // process".
  const bool is_about_lock =
      text.find("lock file") != std::string::npos || text.find("lock hold") != std::string::npos;
  if (status.IsIOError() && is_about_lock) return StoreError::Kind::in_use;
  return StoreError::Kind::io;
}

std::string advice_for(StoreError::Kind kind) {
  switch (kind) {
    case StoreError::Kind::in_use:
      return "another process has the data open; stop it, or give this one a data directory of its "
             "own";
    case StoreError::Kind::no_space:
      return "the disk is full; make room and start again, nothing that was acknowledged is lost";
    case StoreError::Kind::corrupt:
      return "the data is damaged; keep a copy of the directory, see 'cavea check' for how much, "
             "and restore it from a backup or from another node";
    case StoreError::Kind::newer_format:
    case StoreError::Kind::mismatch:
    case StoreError::Kind::io:
      break;
  }
  return "check that the directory exists, that it is readable and writable, and that the disk is "
         "sound";
}

}  // namespace

rocksdb::DBOptions database_options(const RocksSettings& settings) {
  rocksdb::DBOptions options;
  options.create_if_missing = !settings.read_only;
  options.create_missing_column_families = !settings.read_only;

  // Damage is to be found, at the price of a little time at the start.
  options.paranoid_checks = true;

  // What may be missing after a crash is the end of the write-ahead log that nobody was told of: a
  // record that was being written. That is forgiven. A checksum that does not match is not: behind
  // it lie synced records, and the modes that go on (point in time, skip) would drop them silently.
  // (Recycling old log files would save the file system some work, but RocksDB switches it off in
  // every mode that tells damage from a torn end.)
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.recycle_log_file_num = 0;
  // Remembers how long each finished log file was when it was synced, and misses what was cut off.
  options.track_and_verify_wals_in_manifest = true;
  options.max_total_wal_size = settings.wal_bytes_max;

  // Written out steadily instead of in one burst, for which an fsync would have to wait.
  options.bytes_per_sync = 1u << 20;

  // Two write, the log and the state (which has no log of its own): while one puts its records into
  // a buffer, the other may wait for the disk.
  options.enable_pipelined_write = true;
  options.allow_concurrent_memtable_write = false;
  options.enable_write_thread_adaptive_yield = false;

  // One flush and one compaction at a time: two cores have other work.
  options.max_background_jobs = 2;
  // Merging tables can wait for a processor, people cannot. (Writing a buffer out cannot wait: room
  // for new records depends on it.)
  options.env->LowerThreadPoolCPUPriority(rocksdb::Env::LOW, rocksdb::CpuPriority::kLow);
  options.max_open_files = 512;

  // The information log is for us, not for a disk full of it.
  options.info_log_level = rocksdb::WARN_LEVEL;
  options.keep_log_file_num = 4;
  options.max_log_file_size = 4u << 20;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  return options;
}

rocksdb::ColumnFamilyOptions column_options(
    Column column, const RocksSettings& settings, const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  // Indexes and filters count as cache, so that the bound on memory is a bound. Those of the newest
  // tables stay.
  table.cache_index_and_filter_blocks = true;
  table.cache_index_and_filter_blocks_with_high_priority = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.block_size = 8 * 1024;
  table.format_version = 5;
  table.checksum = rocksdb::kXXH3;

  rocksdb::ColumnFamilyOptions options;
  options.compression = best_compression();
  options.level_compaction_dynamic_level_bytes = true;
  options.force_consistency_checks = true;
  options.memtable_factory = sorted_write_buffers();
  switch (column) {
    case Column::log:
      options.write_buffer_size = settings.log_buffer_bytes;
      options.max_write_buffer_number = 3;
      break;
    case Column::meta:
      options.write_buffer_size = 1u << 20;
      break;
    case Column::state:
      // A new idempotency key is asked for and not there with every command: filters make that cost
      // less than a microsecond, in tables and in the write buffer.
      table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(filter_bits_per_key));
      table.whole_key_filtering = true;
      table.optimize_filters_for_memory = true;
      options.memtable_prefix_bloom_size_ratio = buffer_filter_part;
      options.memtable_whole_key_filtering = true;
      options.write_buffer_size = settings.state_buffer_bytes;
      options.max_write_buffer_number = 4;
      // Tiers: tables are merged with others of their size. Levels would write the whole of a level
      // again for every eight small tables, since new keys are spread all over it.
      options.compaction_style = rocksdb::kCompactionStyleUniversal;
      options.compaction_options_universal.allow_trivial_move = true;
      options.level0_file_num_compaction_trigger = 8;
      options.level0_slowdown_writes_trigger = 32;
      options.level0_stop_writes_trigger = 48;
      // Their filters stay below a megabyte.
      options.target_file_size_base = 32u << 20;
      break;
  }
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

StoreError error_of(
    const rocksdb::Status& status, std::string_view doing, const std::string& path) {
  const auto told = status.ToString();
  const auto kind = kind_of(status, told);
  std::string text(doing);
  text.append(" the store in ").append(path).append(" failed: ").append(advice_for(kind));
  text.append(" (").append(told).append(")");
  return {kind, std::move(text)};
}

}  // namespace cavea::persistence
