#include "cluster/message.hpp"

#include "engine/assert.hpp"

#include <algorithm>

namespace cavea::cluster {
namespace {

bool is_well_formed(const Configuration& configuration) {
  // What survives the encoding has distinct ids and known roles.
  return Configuration::decode(configuration.encode()) == configuration;
}

bool is_well_formed(const LogEntry& entry) {
  if (entry.data == nullptr) return false;
  switch (entry.type) {
    case EntryType::command:
    case EntryType::barrier:
      return true;
    case EntryType::change:
      return Configuration::decode(*entry.data).has_value();
  }
  return false;
}

bool is_well_formed_body(const AppendEntries& append) {
  if ((append.prev_index.value == 0) != (append.prev_term.value == 0)) return false;
  auto index = append.prev_index;
  auto term = append.prev_term;
  for (const auto& entry : append.entries) {
    index = index + 1;
    if (entry.index != index || entry.term < term || entry.term.value == 0) return false;
    if (!is_well_formed(entry)) return false;
    // Every log begins with the members that its shard was created with.
    if (index.value == 1 && entry.type != EntryType::change) return false;
    term = entry.term;
  }
  return term <= append.term;
}

bool is_well_formed_body(const AppendEntriesResult&) {
  return true;
}

bool is_well_formed_body(const RequestVote& request) {
  return request.candidate.value != 0;
}

bool is_well_formed_body(const RequestVoteResult&) {
  return true;
}

bool is_well_formed_body(const InstallSnapshot& install) {
  const auto& snapshot = install.snapshot;
  if (snapshot.index.value == 0 || snapshot.term.value == 0) return false;
  if (snapshot.term > install.term) return false;
  if (snapshot.configuration_index.value == 0) return false;
  if (snapshot.configuration_index > snapshot.index) return false;
  return is_well_formed(snapshot.configuration);
}

bool is_well_formed_body(const TimeoutNow& timeout) {
  return timeout.last_index.value != 0;
}

}  // namespace

Term term_of(const Message& message) {
  return std::visit([](const auto& body) { return body.term; }, message.body);
}

bool is_well_formed(const Message& message) {
  if (message.peer.value == 0 || term_of(message).value == 0) return false;
  return std::visit([](const auto& body) { return is_well_formed_body(body); }, message.body);
}

std::vector<Message> fill_append(
    const Message& append, std::span<const LogEntry> entries, std::size_t bytes_max) {
  const auto* whole = std::get_if<AppendEntries>(&append.body);
  CAVEA_ASSERT(whole != nullptr && whole->entry_count == entries.size());
  CAVEA_ASSERT(entries.empty() || entries.front().index == whole->prev_index + 1);

  AppendEntries part = *whole;
  part.entry_count = 0;
  std::vector<Message> messages;
  std::size_t bytes = 0;
  for (const auto& entry : entries) {
    if (!part.entries.empty() && bytes + entry.data->size() > bytes_max) {
      const auto& last = part.entries.back();
      AppendEntries next{part.term, last.index, last.term, part.leader_commit, 0, {}};
      messages.push_back({append.peer, std::exchange(part, std::move(next))});
      bytes = 0;
    }
    bytes += entry.data->size();
    part.entries.push_back(entry);
  }
  messages.push_back({append.peer, std::move(part)});
  return messages;
}

}  // namespace cavea::cluster
