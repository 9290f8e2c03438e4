#pragma once

#include "actors/probe.hpp"
#include "actors/reads.hpp"
#include "engine/webhook.hpp"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace cavea::actors {

/// The webhooks of the node as they are committed, for those who send to them. Thread-safe.
class WebhookBook {
 public:
  using List = std::shared_ptr<const std::vector<std::shared_ptr<const engine::Webhook>>>;

  /// All must outlive it.
  WebhookBook(const persistence::StateReader& reader, Reads& reads, ActorsProbe& probe)
      : reader_(reader), reads_(reads), probe_(probe) {}

  /// Reads them, here and now; before anybody may change one.
  void load();

  /// Reads them again behind all that was handed to the journal, and tells who has subscribed.
  void refresh();

  [[nodiscard]] List list() const;

  /// Called with every list from now on, on a reader thread; must not block.
  void subscribe(std::function<void(const List&)> subscriber);

  /// Nobody is told any more.
  void stop();

  /// Something was delivered, from any shard.
  void note_success(const engine::WebhookId& id, engine::Timestamp now);

  /// When something was, since the node began; zero: nothing.
  [[nodiscard]] engine::Timestamp last_success(const engine::WebhookId& id) const;

 private:
  void read_and_tell();

  const persistence::StateReader& reader_;
  Reads& reads_;
  ActorsProbe& probe_;
  std::mutex reading_;  ///< So that no older list comes after a newer one.
  mutable std::mutex mutex_;
  List list_ = std::make_shared<const std::vector<std::shared_ptr<const engine::Webhook>>>();
  std::vector<std::function<void(const List&)>> subscribers_;
  std::map<engine::WebhookId, engine::Timestamp> last_success_;
};

}  // namespace cavea::actors
