#include "persistence/memory_store.hpp"

#include "engine/assert.hpp"
#include "persistence/seal.hpp"
#include "persistence/wire.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace cavea::persistence {

namespace {

enum class Operation : std::uint8_t { put = 1, remove = 2, remove_range = 3 };

template <class Records>
auto bounds(Records& records, std::string_view from, std::string_view to) {
  auto begin = records.lower_bound(from);
  auto end = to.empty() ? records.end() : records.lower_bound(to);
  if (!to.empty() && to < from) end = begin;
  return std::pair(begin, end);
}

template <class Records>
Records& writable(std::shared_ptr<Records>& records) {
  if (records.use_count() > 1) records = std::make_shared<Records>(*records);
  return *records;
}

StoreError broken(StoreError::Kind kind) {
  return {kind, "the store in memory was told to fail"};
}

}  // namespace

class MemoryStore::Batch final : public WriteBatch {
 public:
  void put(Column column, std::string_view key, std::string_view value) override {
    begin(Operation::put, column, key);
    if (value.empty()) return Encoder(body_).text({});
    const auto seal = seal_of(column, key, value);
    Encoder out(body_);
    out.varint(value.size() + seal.size());
    out.bytes(value);
    out.bytes({seal.data(), seal.size()});
  }

  void remove(Column column, std::string_view key) override {
    begin(Operation::remove, column, key);
  }

  void remove_range(Column column, std::string_view from, std::string_view to) override {
    CAVEA_ASSERT(!to.empty());
    if (from >= to) return;
    begin(Operation::remove_range, column, from);
    Encoder(body_).text(to);
  }

  [[nodiscard]] bool empty() const override { return body_.empty(); }

  [[nodiscard]] std::size_t bytes() const override { return body_.size(); }

  void clear() override { body_.clear(); }

  [[nodiscard]] std::string_view body() const { return body_; }

 private:
  void begin(Operation operation, Column column, std::string_view key) {
    Encoder out(body_);
    out.u8(static_cast<std::uint8_t>(operation));
    out.u8(static_cast<std::uint8_t>(column));
    out.text(key);
  }

  std::string body_;
};

/// Holds on to the records that it walks over.
class MemoryStore::Walk final : public Cursor {
 public:
  Walk(
      std::shared_ptr<const Records> records,
      Column column,
      std::string_view from,
      std::string_view to,
      Direction direction)
      : records_(std::move(records)), column_(column), direction_(direction) {
    const auto [begin, end] = bounds(*records_, from, to);
    begin_ = begin;
    end_ = end;
    is_at_end_ = begin == end;
    at_ = direction == Direction::forward || is_at_end_ ? begin : std::prev(end);
  }

  [[nodiscard]] bool valid() const override { return !is_at_end_; }

  [[nodiscard]] std::string_view key() const override { return at_->first; }

  [[nodiscard]] std::optional<std::string_view> value() const override {
    return unseal(column_, at_->first, at_->second);
  }

  void next() override {
    if (direction_ == Direction::forward) {
      is_at_end_ = ++at_ == end_;
    } else if (at_ == begin_) {
      is_at_end_ = true;
    } else {
      --at_;
    }
  }

  [[nodiscard]] std::optional<StoreError> error() const override { return std::nullopt; }

 private:
  std::shared_ptr<const Records> records_;
  Column column_;
  Direction direction_;
  Records::const_iterator begin_;
  Records::const_iterator end_;
  Records::const_iterator at_;
  bool is_at_end_ = true;
};

class MemoryStore::Snapshot final : public View {
 public:
  explicit Snapshot(Columns columns) : columns_(std::move(columns)) {}

  [[nodiscard]] Read<std::optional<std::string>> get(
      Column column, std::string_view key) const override {
    const auto& records = *columns_[static_cast<std::size_t>(column)];
    const auto found = records.find(key);
    if (found == records.end()) return std::optional<std::string>{};
    const auto value = unseal(column, key, found->second);
    if (!value) return damaged_record(column, key);
    return std::optional<std::string>(*value);
  }

  [[nodiscard]] std::unique_ptr<Cursor> cursor(
      Column column,
      std::string_view from,
      std::string_view to,
      Direction direction) const override {
    return std::make_unique<Walk>(
        columns_[static_cast<std::size_t>(column)], column, from, to, direction);
  }

 private:
  Columns columns_;
};

MemoryStore::MemoryStore() {
  for (auto& records : current_) records = std::make_shared<Records>();
  for (auto& records : durable_) records = std::make_shared<Records>();
}

Read<std::optional<std::string>> MemoryStore::get(Column column, std::string_view key) const {
  return snapshot()->get(column, key);
}

std::unique_ptr<Cursor> MemoryStore::cursor(
    Column column, std::string_view from, std::string_view to, Direction direction) const {
  return snapshot()->cursor(column, from, to, direction);
}

std::unique_ptr<WriteBatch> MemoryStore::make_batch() {
  return std::make_unique<Batch>();
}

std::shared_ptr<const View> MemoryStore::snapshot() const {
  const std::lock_guard lock(mutex_);
  return std::make_shared<Snapshot>(current_);
}

std::optional<StoreError> MemoryStore::write(WriteBatch& batch, Durability durability) {
  const auto* own = dynamic_cast<Batch*>(&batch);
  CAVEA_ASSERT(own != nullptr);
  const std::lock_guard lock(mutex_);
  if (auto fault = next_fault(own->body().size())) return fault;

  std::string frame;
  Encoder out(frame);
  out.varint(own->body().size());
  out.fixed64(checksum_of(own->body()));
  out.bytes(own->body());
  carry_out(current_, frame);
  stored_bytes_ += own->body().size();
  (durability == Durability::unlogged ? unlogged_ : log_) += frame;
  if (durability != Durability::synced) return std::nullopt;
  if (sync_fails_) {
    writes_until_failure_ = 0;
    return broken(StoreError::Kind::io);
  }
  carry_out(durable_, log_);
  log_.clear();
  return std::nullopt;
}

Read<std::optional<std::string>> MemoryStore::get_persisted(
    Column column, std::string_view key) const {
  Columns durable;
  {
    const std::lock_guard lock(mutex_);
    durable = durable_;
  }
  return Snapshot(std::move(durable)).get(column, key);
}

std::optional<StoreError> MemoryStore::persist(Column /*column*/) {
  const std::lock_guard lock(mutex_);
  // There is one such column; others hold nothing unlogged.
  carry_out(durable_, unlogged_);
  unlogged_.clear();
  return std::nullopt;
}

std::optional<StoreError> MemoryStore::next_fault(std::size_t bytes) {
  if (writes_until_failure_) {
    if (*writes_until_failure_ == 0) return broken(failure_kind_);
    --*writes_until_failure_;
  }
  if (stored_bytes_ + bytes > bytes_max_) return broken(StoreError::Kind::no_space);
  return std::nullopt;
}

std::size_t MemoryStore::carry_out(Columns& columns, std::string_view log) {
  std::size_t frames = 0;
  for (Decoder in(log); in.ok() && !in.at_end(); ++frames) {
    const auto size = in.varint();
    const auto checksum = in.fixed64();
    const auto body = in.bytes(size);
    // A frame that is cut off or damaged is dropped whole, and so is what lies behind it.
    if (!in.ok() || checksum != checksum_of(body)) break;
    for (Decoder one(body); one.ok() && !one.at_end();) {
      const auto operation = static_cast<Operation>(one.u8());
      auto& records = writable(columns[one.u8() % column_count]);
      const auto key = one.text();
      if (operation == Operation::put) {
        records.insert_or_assign(std::string(key), std::string(one.text()));
      } else if (operation == Operation::remove) {
        const auto found = records.find(key);
        if (found != records.end()) records.erase(found);
      } else {
        const auto [begin, end] = bounds(records, key, one.text());
        records.erase(begin, end);
      }
    }
  }
  return frames;
}

void MemoryStore::crash(std::size_t surviving_bytes) {
  const std::lock_guard lock(mutex_);
  carry_out(durable_, std::string_view(log_).substr(0, surviving_bytes));
  log_.clear();
  unlogged_.clear();
  for (std::size_t i = 0; i < column_count; ++i) {
    current_[i] = std::make_shared<Records>(*durable_[i]);
  }
  writes_until_failure_ = std::nullopt;
  sync_fails_ = false;
}

std::size_t MemoryStore::unsynced_bytes() const {
  const std::lock_guard lock(mutex_);
  return log_.size();
}

void MemoryStore::flip_unsynced_bit(std::size_t bit) {
  const std::lock_guard lock(mutex_);
  CAVEA_ASSERT(!log_.empty());
  auto& byte = log_[bit / 8 % log_.size()];
  byte = static_cast<char>(static_cast<unsigned char>(byte) ^ 1u << bit % 8);
}

void MemoryStore::fail_write(std::size_t after, StoreError::Kind kind) {
  const std::lock_guard lock(mutex_);
  writes_until_failure_ = after;
  failure_kind_ = kind;
}

void MemoryStore::fail_sync() {
  const std::lock_guard lock(mutex_);
  sync_fails_ = true;
}

void MemoryStore::set_space(std::size_t bytes_max) {
  const std::lock_guard lock(mutex_);
  bytes_max_ = bytes_max;
}

bool MemoryStore::flip_bit(Column column, std::string_view key, std::size_t bit) {
  const std::lock_guard lock(mutex_);
  bool found = false;
  for (auto* columns : {&current_, &durable_}) {
    auto& records = writable((*columns)[static_cast<std::size_t>(column)]);
    const auto record = records.find(key);
    if (record == records.end() || record->second.empty()) continue;
    auto& byte = record->second[bit / 8 % record->second.size()];
    byte = static_cast<char>(static_cast<unsigned char>(byte) ^ 1u << bit % 8);
    found = true;
  }
  return found;
}

std::size_t MemoryStore::size(Column column) const {
  const std::lock_guard lock(mutex_);
  return current_[static_cast<std::size_t>(column)]->size();
}

}  // namespace cavea::persistence
