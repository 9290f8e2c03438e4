#include "persistence/state_overlay.hpp"

#include <xxhash.h>

#include <algorithm>

namespace cavea::persistence {

namespace {

constexpr std::size_t table_size_min = 1024;

/// A table with so many slots for each entry is from a much larger batch.
constexpr std::size_t slots_per_entry_max = 64;

std::uint64_t hash_of(std::string_view key) {
  return XXH3_64bits(key.data(), key.size());
}

bool is_within(std::string_view key, std::string_view from, std::string_view to) {
  return key >= from && (to.empty() || key < to);
}

}  // namespace

StateOverlay::StateOverlay(const View& base) : base_(base), table_(table_size_min) {}

void StateOverlay::put(std::string_view key, std::string_view value) {
  slot(key).value = keep(value);
}

void StateOverlay::remove(std::string_view key) {
  slot(key).value = std::nullopt;
}

void StateOverlay::remove_range(std::string_view from, std::string_view to) {
  for (auto& entry : entries_) {
    if (is_within(entry.key, from, to)) entry.value = std::nullopt;
  }
  ranges_.emplace_back(from, to);
}

Read<std::optional<std::string>> StateOverlay::get(std::string_view key) const {
  if (const auto* entry = find(key)) {
    if (!entry->value) return std::optional<std::string>{};
    return std::optional<std::string>(*entry->value);
  }
  if (is_in_removed_range(key)) return std::optional<std::string>{};
  return base_.get(Column::state, key);
}

std::optional<StoreError> StateOverlay::scan(
    std::string_view from, std::string_view to, const View::Visitor& visit) const {
  std::vector<const Entry*> own;
  for (const auto& entry : entries_) {
    if (is_within(entry.key, from, to)) own.push_back(&entry);
  }
  std::sort(own.begin(), own.end(), [](const Entry* a, const Entry* b) { return a->key < b->key; });

  auto next = own.begin();
  bool wants_more = true;
  // Visits own entries before `key`; says whether the base's entry at `key` is covered by one.
  const auto visit_own_up_to = [&](const std::string_view* key) {
    for (; next != own.end() && (key == nullptr || (*next)->key <= *key); ++next) {
      const bool covers = key != nullptr && (*next)->key == *key;
      if ((*next)->value && !visit((*next)->key, *(*next)->value)) wants_more = false;
      if (!wants_more) return true;
      if (covers) return ++next, true;
    }
    return false;
  };
  const auto error =
      base_.scan(Column::state, from, to, [&](std::string_view key, std::string_view value) {
        if (visit_own_up_to(&key)) return wants_more;
        if (is_in_removed_range(key)) return true;
        wants_more = visit(key, value);
        return wants_more;
      });
  if (error) return error;
  if (wants_more) visit_own_up_to(nullptr);
  return std::nullopt;
}

void StateOverlay::flush_into(WriteBatch& batch) {
  for (const auto& [from, to] : ranges_) batch.remove_range(Column::state, from, to);
  // In order of keys, neighbours are written next to each other, which the store finds easier.
  std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
    return a.key < b.key;
  });
  for (const auto& entry : entries_) {
    if (entry.value) {
      batch.put(Column::state, entry.key, *entry.value);
    } else if (!is_in_removed_range(entry.key)) {
      batch.remove(Column::state, entry.key);
    }
  }
  clear();
}

void StateOverlay::clear() {
  const auto slots_max = std::max(table_size_min, (entries_.size() + 1) * slots_per_entry_max);
  if (table_.size() > slots_max) {
    table_ = std::vector<std::uint32_t>(table_size_min);
  } else {
    std::fill(table_.begin(), table_.end(), 0);
  }
  entries_.clear();
  ranges_.clear();
  // One block stays, so that the usual batch asks for no memory.
  if (blocks_.size() > 1) blocks_.erase(blocks_.begin(), blocks_.end() - 1);
  if (!blocks_.empty()) blocks_.back().clear();
}

StateOverlay::Entry& StateOverlay::slot(std::string_view key) {
  if ((entries_.size() + 1) * 2 > table_.size()) grow();

  const auto hash = hash_of(key);
  const auto at = index_of(key, hash);
  if (table_[at] == 0) {
    entries_.push_back({.key = keep(key), .value = std::nullopt, .hash = hash});
    table_[at] = static_cast<std::uint32_t>(entries_.size());
  }
  return entries_[table_[at] - 1];
}

const StateOverlay::Entry* StateOverlay::find(std::string_view key) const {
  const auto at = index_of(key, hash_of(key));
  return table_[at] == 0 ? nullptr : &entries_[table_[at] - 1];
}

std::size_t StateOverlay::index_of(std::string_view key, std::uint64_t hash) const {
  const auto mask = table_.size() - 1;
  auto at = static_cast<std::size_t>(hash) & mask;
  while (table_[at] != 0) {
    const auto& entry = entries_[table_[at] - 1];
    if (entry.hash == hash && entry.key == key) break;
    at = (at + 1) & mask;
  }
  return at;
}

bool StateOverlay::is_in_removed_range(std::string_view key) const {
  return std::any_of(ranges_.begin(), ranges_.end(), [key](const auto& range) {
    return is_within(key, range.first, range.second);
  });
}

std::string_view StateOverlay::keep(std::string_view bytes) {
  if (blocks_.empty() || blocks_.back().capacity() - blocks_.back().size() < bytes.size()) {
    blocks_.emplace_back().reserve(std::max(block_size, bytes.size()));
  }
  auto& block = blocks_.back();
  const auto begin = block.size();
  // Stays within what is reserved, so views into the block stay good.
  block.append(bytes);
  return std::string_view(block).substr(begin);
}

void StateOverlay::grow() {
  table_.assign(table_.size() * 2, 0);
  const auto mask = table_.size() - 1;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    auto at = static_cast<std::size_t>(entries_[i].hash) & mask;
    while (table_[at] != 0) at = (at + 1) & mask;
    table_[at] = static_cast<std::uint32_t>(i + 1);
  }
}

}  // namespace cavea::persistence
