#include "actors/key_table.hpp"

#include "actors/limits.hpp"

#include <cstring>
#include <utility>

namespace cavea::actors {

namespace {

persistence::IdempotencyHash name_of(const engine::IdempotencyKey& key) {
  return persistence::idempotency_hash(key.caller, key.key);
}

}  // namespace

std::size_t KeyTable::HashOfName::operator()(const Name& name) const noexcept {
  // It is a hash already.
  std::size_t hash = 0;
  std::memcpy(&hash, name.data(), sizeof hash);
  return hash;
}

const KeyTable::Entry* KeyTable::find(const engine::IdempotencyKey& key) const {
  if (entries_.empty()) return nullptr;
  const auto found = entries_.find(name_of(key));
  return found == entries_.end() ? nullptr : &found->second;
}

void KeyTable::begin(const engine::IdempotencyKey& key, std::uint64_t owner) {
  entries_.insert_or_assign(name_of(key), Entry{key.fingerprint, std::nullopt, owner});
}

void KeyTable::remember_refusal(
    const engine::IdempotencyKey& key, const engine::Refusal& refusal, std::int64_t now_ms) {
  const auto name = name_of(key);
  entries_.erase(name);
  refused_.insert_or_assign(name, Refused{key.fingerprint, refusal, now_ms});
  refused_in_order_.emplace_back(now_ms, name);
  if (refused_in_order_.size() > limits::refusals_remembered_max) {
    forget_refusals_before(refused_in_order_.front().first + 1);
  }
}

const engine::Refusal* KeyTable::find_refusal(const engine::IdempotencyKey& key) const {
  if (refused_.empty()) return nullptr;
  const auto found = refused_.find(name_of(key));
  if (found == refused_.end() || found->second.fingerprint != key.fingerprint) return nullptr;
  return &found->second.refusal;
}

void KeyTable::forget_refusals_before(std::int64_t before_ms) {
  while (!refused_in_order_.empty() && refused_in_order_.front().first < before_ms) {
    const auto& [at_ms, name] = refused_in_order_.front();
    const auto found = refused_.find(name);
    if (found != refused_.end() && found->second.at_ms == at_ms) refused_.erase(found);
    refused_in_order_.pop_front();
  }
}

void KeyTable::own(const engine::IdempotencyKey& key, std::uint64_t owner) {
  const auto found = entries_.find(name_of(key));
  if (found != entries_.end()) found->second.owner = owner;
}

void KeyTable::abandon(const engine::IdempotencyKey& key) {
  entries_.erase(name_of(key));
}

void KeyTable::abandon_all_of(std::uint64_t owner) {
  std::erase_if(entries_, [owner](const auto& item) {
    return item.second.owner == owner && !item.second.outcome;
  });
}

void KeyTable::commit(
    const engine::IdempotencyKey& key,
    persistence::Outcome outcome,
    std::uint64_t turn,
    std::int64_t now_ms) {
  const auto name = name_of(key);
  entries_.insert_or_assign(name, Entry{key.fingerprint, std::move(outcome), 0});
  committed_.push_back({turn, now_ms, name});
}

void KeyTable::forget_until(std::uint64_t turn, std::int64_t now_ms) {
  while (!committed_.empty() && committed_.front().turn <= turn
         && committed_.front().at_ms + committed_kept_ms < now_ms) {
    entries_.erase(committed_.front().name);
    committed_.pop_front();
  }
}

}  // namespace cavea::actors
