#include "persistence/sorted_runs.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace cavea::persistence {

namespace {

/// So many records are gathered before they are sorted: they and their keys fit into the cache of a
/// processor.
constexpr std::size_t newest_max = 1024;

/// Runs are merged when there are so many of one size (between once and twice that of the last),
/// but not into one of more than `merged_max`: that takes half a millisecond, and who writes waits.
constexpr std::size_t runs_of_one_size_max = 4;
constexpr std::size_t merged_max = 64 * 1024;

std::uint64_t big_endian(const char* bytes) {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes, sizeof value);
  return __builtin_bswap64(value);
}

}  // namespace

SortedRuns::SortedRuns(CompareRecords compare) : compare_(std::move(compare)) {
  newest_.reserve(newest_max);
}

SortedRuns::Entry SortedRuns::entry(std::string_view key, const char* record) noexcept {
  std::array<char, 16> start{};
  std::memcpy(start.data(), key.data(), std::min(key.size(), start.size()));
  return {big_endian(start.data()), big_endian(start.data() + 8), record};
}

void SortedRuns::insert(std::string_view key, const char* record) {
  newest_.push_back(entry(key, record));
  ++size_;
  if (newest_.size() == newest_max) sort_newest();
}

const SortedRuns::Runs& SortedRuns::runs() {
  if (!newest_.empty()) sort_newest();
  return runs_;
}

void SortedRuns::find(
    const Predicate& is_before,
    const Predicate& is_there,
    const std::function<void(const Entry&)>& visit) const {
  for (const auto& entry : newest_) {
    if (is_there(entry)) visit(entry);
  }
  for (const auto& run : runs_) {
    auto found = std::partition_point(run->begin(), run->end(), is_before);
    for (; found != run->end() && is_there(*found); ++found) visit(*found);
  }
}

const char* SortedRuns::find_first(const Predicate& is_before, const Predicate& is_there) const {
  Entry first;
  const auto take = [&](const Entry& entry) {
    if (first.record == nullptr || less(entry, first)) first = entry;
  };
  for (const auto& entry : newest_) {
    if (is_there(entry)) take(entry);
  }
  for (const auto& run : runs_) {
    const auto found = std::partition_point(run->begin(), run->end(), is_before);
    if (found != run->end() && is_there(*found)) take(*found);
  }
  return first.record;
}

void SortedRuns::sort_newest() {
  const auto in_order = [this](const Entry& a, const Entry& b) { return less(a, b); };
  std::sort(newest_.begin(), newest_.end(), in_order);
  runs_.push_back(std::make_shared<const Run>(newest_));
  newest_.clear();
  merge_last_runs();
}

void SortedRuns::merge_last_runs() {
  while (true) {
    std::size_t count = 0;
    std::size_t together = 0;
    for (auto run = runs_.rbegin(); run != runs_.rend(); ++run) {
      if ((*run)->size() > 2 * runs_.back()->size()) break;
      together += (*run)->size();
      ++count;
    }
    if (count < runs_of_one_size_max || together > merged_max) return;

    Runs last(runs_.end() - static_cast<std::ptrdiff_t>(count), runs_.end());
    runs_.resize(runs_.size() - count);
    // In pairs, so that each entry is moved twice for four runs.
    while (last.size() > 1) {
      Runs fewer;
      for (std::size_t i = 0; i + 1 < last.size(); i += 2) {
        fewer.push_back(merged(*last[i], *last[i + 1]));
      }
      if (last.size() % 2 == 1) fewer.push_back(last.back());
      last = std::move(fewer);
    }
    runs_.push_back(last.front());
  }
}

std::shared_ptr<const SortedRuns::Run> SortedRuns::merged(const Run& a, const Run& b) const {
  auto both = std::make_shared<Run>(a.size() + b.size());
  const auto in_order = [this](const Entry& x, const Entry& y) { return less(x, y); };
  std::merge(a.begin(), a.end(), b.begin(), b.end(), both->begin(), in_order);
  return both;
}

RunsWalk::RunsWalk(const SortedRuns& order, const SortedRuns::Runs& runs) : order_(&order) {
  positions_.reserve(runs.size());
  for (const auto& run : runs) positions_.push_back({run, 0});
}

void RunsWalk::next() {
  ++positions_[static_cast<std::size_t>(current_ - positions_.data())].at;
  choose_least();
}

void RunsWalk::previous() {
  step_back();
}

void RunsWalk::to_first() {
  for (auto& position : positions_) position.at = 0;
  choose_least();
}

void RunsWalk::to_last() {
  for (auto& position : positions_) position.at = position.run->size();
  step_back();
}

void RunsWalk::seek(const SortedRuns::Predicate& is_before) {
  for (auto& position : positions_) {
    const auto& run = *position.run;
    const auto found = std::partition_point(run.begin(), run.end(), is_before);
    position.at = static_cast<std::size_t>(found - run.begin());
  }
  choose_least();
}

void RunsWalk::seek_last(const SortedRuns::Predicate& is_before) {
  seek(is_before);
  step_back();
}

void RunsWalk::choose_least() {
  current_ = nullptr;
  for (const auto& position : positions_) {
    if (position.is_at_end()) continue;
    if (current_ == nullptr || order_->less(*position.cursor(), *current_->cursor())) {
      current_ = &position;
    }
  }
}

/// The record before the current one is the greatest of those before where the runs stand. Only its
/// run moves: the others stand at their first entry that is not before it already.
void RunsWalk::step_back() {
  Position* last = nullptr;
  for (auto& position : positions_) {
    if (position.at == 0) continue;
    if (last == nullptr || order_->less(*(last->cursor() - 1), *(position.cursor() - 1))) {
      last = &position;
    }
  }
  if (last != nullptr) --last->at;
  current_ = last;
}

}  // namespace cavea::persistence
