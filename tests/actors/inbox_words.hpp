#pragma once

#include "engine/inbox.hpp"
#include "node_fixture.hpp"

#include <string>
#include <thread>
#include <variant>
#include <vector>

namespace cavea::tests {

using Words = std::vector<std::string>;

inline engine::InboxPage inbox_of(NodeFixture& world, const std::string& user) {
  engine::ListInbox query;
  query.user = user;
  return std::get<engine::InboxPage>(world.ask({query}));
}

/// What a person was told, oldest first, once there are so many.
inline std::vector<std::string> told(
    NodeFixture& world, const std::string& user, std::size_t count) {
  for (;;) {
    const auto page = inbox_of(world, user);
    if (page.entries.size() < count) {
      std::this_thread::yield();
      continue;
    }
    std::vector<std::string> words;
    for (auto entry = page.entries.rbegin(); entry != page.entries.rend(); ++entry) {
      words.emplace_back(engine::name_of(entry->item.kind));
    }
    return words;
  }
}

}  // namespace cavea::tests
