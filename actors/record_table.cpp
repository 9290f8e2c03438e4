#include "actors/record_table.hpp"

namespace cavea::actors {

std::optional<std::string> RecordTable::find(
    persistence::RecordKind kind, std::string_view key) const {
  const auto known = written_.find({kind, std::string(key)});
  return known != written_.end() ? known->second.value : load_(kind, key);
}

void RecordTable::note(const std::vector<persistence::RecordWrite>& writes, std::uint64_t turn) {
  for (const auto& write : writes) {
    const Name name{write.kind, write.key};
    written_[name] = {write.value, turn};
    order_.emplace_back(turn, name);
  }
}

void RecordTable::forget_until(std::uint64_t turn) {
  for (; !order_.empty() && order_.front().first <= turn; order_.pop_front()) {
    const auto known = written_.find(order_.front().second);
    if (known != written_.end() && known->second.turn <= turn) written_.erase(known);
  }
}

}  // namespace cavea::actors
