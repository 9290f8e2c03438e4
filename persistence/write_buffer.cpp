#include "persistence/write_buffer.hpp"

#include "engine/assert.hpp"
#include "persistence/sorted_runs.hpp"

#include <rocksdb/memtablerep.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <mutex>
#include <new>
#include <vector>

namespace cavea::persistence {

namespace {

using rocksdb::MemTableRep;
using rocksdb::Slice;

/// An internal key of RocksDB ends with eight bytes of sequence number and type.
constexpr std::size_t trailer_size = 8;

std::string_view user_key(const Slice& internal_key) {
  return {internal_key.data(), internal_key.size() - trailer_size};
}

/// Gives memory of one of RocksDB's arenas. Their class is not in its public headers, but this is a
/// public function that asks one for memory.
class ArenaMemory final : public MemTableRep {
 public:
  /// Every version has derived `Arena` from `Allocator` alone, so that they are at one address.
  explicit ArenaMemory(rocksdb::Arena* arena)
      : MemTableRep(reinterpret_cast<rocksdb::Allocator*>(arena)) {}

  template <class T>
  void* room_for() {
    char* memory = nullptr;
    std::size_t size = sizeof(T) + alignof(T);
    Allocate(size, &memory);
    void* place = memory;
    return std::align(alignof(T), sizeof(T), place, size);
  }

 private:
  void Insert(rocksdb::KeyHandle /*handle*/) override {}

  [[nodiscard]] bool Contains(const char* /*key*/) const override { return false; }

  std::size_t ApproximateMemoryUsage() override { return 0; }

  Iterator* GetIterator(rocksdb::Arena* /*arena*/) override { return nullptr; }
};

class WriteBuffer final : public MemTableRep {
 public:
  WriteBuffer(const KeyComparator& compare, rocksdb::Allocator* allocator)
      : MemTableRep(allocator),
        compare_(compare),
        records_([&compare](const char* a, const char* b) { return compare(a, b); }) {}

  void Insert(rocksdb::KeyHandle handle) override {
    const auto* const record = static_cast<const char*>(handle);
    const auto key = UserKey(record);
    const std::lock_guard lock(mutex_);
    records_.insert({key.data(), key.size()}, record);
    bytes_.store(records_.size() * sizeof(SortedRuns::Entry), std::memory_order_relaxed);
  }

  [[nodiscard]] bool Contains(const char* key) const override {
    Walk walk(*this);
    walk.Seek(compare_.decode_key(key), key);
    return walk.Valid() && compare_(walk.key(), key) == 0;
  }

  std::size_t ApproximateMemoryUsage() override { return bytes_.load(std::memory_order_relaxed); }

  Iterator* GetIterator(rocksdb::Arena* arena) override {
    if (arena == nullptr) return new Walk(*this);
    return new (ArenaMemory(arena).room_for<Walk>()) Walk(*this);
  }

  /// There are no prefixes here. Without an arena, only `MemTableRep::Get` asks.
  Iterator* GetDynamicPrefixIterator(rocksdb::Arena* arena) override {
    if (arena != nullptr) return GetIterator(arena);
    return LookUp::begin(*this);
  }

 private:
  /// A key that is looked for. Its bytes must outlive this.
  class Place {
   public:
    Place(const KeyComparator& compare, const Slice& internal_key)
        : compare_(compare),
          internal_key_(internal_key),
          start_(SortedRuns::entry(user_key(internal_key), nullptr)) {}

    /// Less than zero when the record comes before the place.
    [[nodiscard]] int order(const SortedRuns::Entry& entry) const {
      if (entry.first != start_.first) return entry.first < start_.first ? -1 : 1;
      if (entry.second != start_.second) return entry.second < start_.second ? -1 : 1;
      return compare_(entry.record, internal_key_);
    }

    /// Whether the record is one of the same key, and not newer than what is looked for.
    [[nodiscard]] bool is_there(const SortedRuns::Entry& entry) const {
      return entry.first == start_.first && entry.second == start_.second
             && user_key(compare_.decode_key(entry.record)) == user_key(internal_key_)
             && compare_(entry.record, internal_key_) >= 0;
    }

   private:
    const KeyComparator& compare_;
    Slice internal_key_;
    SortedRuns::Entry start_;
  };

  class Walk final : public Iterator {
   public:
    explicit Walk(const WriteBuffer& buffer)
        : compare_(buffer.compare_), records_(buffer.records_, buffer.runs()) {}

    [[nodiscard]] bool Valid() const override { return key() != nullptr; }

    [[nodiscard]] const char* key() const override { return records_.record(); }

    void Next() override { records_.next(); }

    void Prev() override { records_.previous(); }

    void SeekToFirst() override { records_.to_first(); }

    void SeekToLast() override { records_.to_last(); }

    void Seek(const Slice& internal_key, const char* /*memtable_key*/) override {
      const Place place(compare_, internal_key);
      records_.seek([&place](const auto& entry) { return place.order(entry) < 0; });
    }

    void SeekForPrev(const Slice& internal_key, const char* /*memtable_key*/) override {
      const Place place(compare_, internal_key);
      records_.seek_last([&place](const auto& entry) { return place.order(entry) <= 0; });
    }

   private:
    const KeyComparator& compare_;
    RunsWalk records_;
  };

  /// All that the buffer has of one key, newest first; what else is there is not seen. RocksDB uses
  /// it until the thread's next look-up and forgets to delete it (7.8), so that each thread keeps
  /// its own; a version that does delete it gets a new one.
  class LookUp final : public Iterator {
   public:
    static LookUp* begin(const WriteBuffer& buffer) {
      auto*& look_up = of_thread();
      if (look_up == nullptr) look_up = new LookUp;
      look_up->buffer_ = &buffer;
      look_up->clear();
      return look_up;
    }

    ~LookUp() override { of_thread() = nullptr; }

    LookUp(const LookUp&) = delete;
    LookUp& operator=(const LookUp&) = delete;

    [[nodiscard]] bool Valid() const override { return current_ != nullptr; }

    [[nodiscard]] const char* key() const override { return current_; }

    /// Seldom asked for: the first record of a key is what it is now.
    void Next() override {
      if (found_.empty()) find_all();
      current_ = ++at_ < found_.size() ? found_[at_].record : nullptr;
    }

    void Seek(const Slice& internal_key, const char* /*memtable_key*/) override {
      clear();
      const Place place(buffer_->compare_, internal_key);
      const std::lock_guard lock(buffer_->mutex_);
      current_ = buffer_->records_.find_first(
          [&place](const auto& entry) { return place.order(entry) < 0; },
          [&place](const auto& entry) { return place.is_there(entry); });
    }

    void Prev() override { CAVEA_ASSERT(false); }

    void SeekForPrev(const Slice& /*key*/, const char* /*key*/) override { CAVEA_ASSERT(false); }

    void SeekToFirst() override { CAVEA_ASSERT(false); }

    void SeekToLast() override { CAVEA_ASSERT(false); }

   private:
    LookUp() = default;

    static LookUp*& of_thread() {
      struct Kept {
        LookUp* look_up = nullptr;

        ~Kept() { delete look_up; }
      };

      thread_local Kept kept;
      return kept.look_up;
    }

    void clear() {
      current_ = nullptr;
      found_.clear();
      at_ = 0;
    }

    /// The current record, and those of its key behind it.
    void find_all() {
      const Place place(buffer_->compare_, buffer_->compare_.decode_key(current_));
      const std::lock_guard lock(buffer_->mutex_);
      const auto& records = buffer_->records_;
      records.find(
          [&place](const auto& entry) { return place.order(entry) < 0; },
          [&place](const auto& entry) { return place.is_there(entry); },
          [this](const auto& entry) { found_.push_back(entry); });
      std::sort(found_.begin(), found_.end(), [&records](const auto& a, const auto& b) {
        return records.less(a, b);
      });
    }

    const WriteBuffer* buffer_ = nullptr;
    const char* current_ = nullptr;
    std::vector<SortedRuns::Entry> found_;  ///< Empty until somebody goes on.
    std::size_t at_ = 0;
  };

  [[nodiscard]] SortedRuns::Runs runs() const {
    const std::lock_guard lock(mutex_);
    return records_.runs();
  }

  const KeyComparator& compare_;
  mutable std::mutex mutex_;
  mutable SortedRuns records_;  ///< What was inserted is sorted when somebody asks.
  std::atomic<std::size_t> bytes_ = 0;
};

class WriteBufferFactory final : public rocksdb::MemTableRepFactory {
 public:
  using MemTableRepFactory::CreateMemTableRep;

  MemTableRep* CreateMemTableRep(
      const MemTableRep::KeyComparator& compare,
      rocksdb::Allocator* allocator,
      const rocksdb::SliceTransform* /*prefix*/,
      rocksdb::Logger* /*logger*/) override {
    return new WriteBuffer(compare, allocator);
  }

  [[nodiscard]] const char* Name() const override { return "cavea.SortedRuns"; }
};

}  // namespace

std::shared_ptr<rocksdb::MemTableRepFactory> sorted_write_buffers() {
  return std::make_shared<WriteBufferFactory>();
}

}  // namespace cavea::persistence
