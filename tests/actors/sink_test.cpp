#include "engine/change_sink.hpp"
#include "node_fixture.hpp"
#include "persistence/memory_store.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace cavea::tests {

namespace {

/// Takes batches as a test says: not every one, and sometimes only its beginning.
class FitfulSink final : public engine::ChangeSink {
 public:
  void send(std::vector<engine::SinkEvent> batch, engine::SinkContinuation then) noexcept override {
    bool is_taken = true;
    {
      const std::lock_guard lock(mutex_);
      is_taken = ++batches_ % 3 != 0;
      // What was not taken may have arrived, in part.
      const auto arrived = is_taken ? batch.size() : batch.size() / 2;
      for (std::size_t i = 0; i < arrived; ++i) {
        auto& events = seen_[batch[i].key];
        const bool is_new = std::find(events.begin(), events.end(), batch[i].body) == events.end();
        if (is_new) events.push_back(batch[i].body);
      }
    }
    then({.is_taken = is_taken, .detail = is_taken ? "" : "not now"});
  }

  /// Of a key, each event when it came first.
  [[nodiscard]] std::vector<std::string> seen(const std::string& key) {
    const std::lock_guard lock(mutex_);
    return seen_[key];
  }

 private:
  std::mutex mutex_;
  unsigned batches_ = 0;
  std::map<std::string, std::vector<std::string>> seen_;
};

/// "v1", "v2", ...: an offering's version grows by one with each of its events.
void write_version(std::string& out, const engine::ChangeEvent& event) {
  out += 'v' + std::to_string(event.version);
}

std::vector<std::string> versions_up_to(std::size_t last) {
  std::vector<std::string> versions;
  for (std::size_t version = 1; version <= last; ++version) {
    versions.push_back('v' + std::to_string(version));
  }
  return versions;
}

}  // namespace

TEST_CASE("A sink is sent every event in order, whatever it takes and whenever the node stops") {
  persistence::MemoryStore store;
  FitfulSink sink;
  const std::vector<std::string> offerings{"yoga", "dance", "pilates"};
  constexpr std::size_t rounds = 6;
  constexpr std::size_t claims = 40;
  for (std::size_t round = 0; round <= rounds; ++round) {
    NodeFixture world(store);
    world.config.sink = &sink;
    world.config.write_change = write_version;
    world.start();
    if (round == 0) {
      for (const auto& offering : offerings) world.create(offering, sample_class(1'000));
    }
    if (round < rounds) {
      for (std::size_t i = 0; i < claims; ++i) {
        for (const auto& offering : offerings) {
          world.carry_out(NodeFixture::claim(offering, "ada", engine::Quantity{1}));
        }
      }
      continue;
    }
    // Created, then every place.
    const auto wanted = versions_up_to(1 + rounds * claims);
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    for (const auto& offering : offerings) {
      while (sink.seen(offering).size() < wanted.size()
             && std::chrono::steady_clock::now() < until) {
        std::this_thread::yield();
      }
      CHECK(sink.seen(offering) == wanted);
    }
  }
}

}  // namespace cavea::tests
