#include "simulator/saved_answers.hpp"

#include <utility>

namespace cavea::simulator {

const SavedAnswers::Saved* SavedAnswers::find(std::string_view key) const {
  const auto found = saved_.find(std::string(key));
  return found == saved_.end() ? nullptr : &found->second;
}

void SavedAnswers::save(std::string key, Saved saved) {
  const auto [place, is_new] = saved_.insert_or_assign(std::move(key), std::move(saved));
  if (!is_new) return;
  oldest_first_.push_back(&place->first);
  if (saved_.size() <= saved_max) return;
  saved_.erase(saved_.find(*oldest_first_.front()));
  oldest_first_.pop_front();
}

bool SavedAnswers::is_first_failure(std::string_view key) {
  if (failed_.size() >= failures_max) failed_.clear();
  return failed_.insert(std::string(key)).second;
}

}  // namespace cavea::simulator
