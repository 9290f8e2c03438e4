#pragma once

#include "engine/result.hpp"
#include "engine/webhook_port.hpp"
#include "outbound/transfer_loop.hpp"
#include "outbound/webhook/settings.hpp"
#include "outbound/webhook/transfer.hpp"

#include <atomic>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace spdlog {
class logger;
}

namespace cavea::outbound::webhook {

/// Calls webhooks over HTTP. One thread carries all calls; whoever sends only puts the call down.
/// Each is tried once: trying again is the sender's.
class HttpWebhookPort final : public engine::WebhookPort, private TransferLoop::User {
 public:
  /// `logger` may be null. The error is a sentence about the settings.
  [[nodiscard]] static engine::Result<std::unique_ptr<HttpWebhookPort>, std::string> open(
      Settings settings, std::shared_ptr<spdlog::logger> logger);

  /// Answers everything that is not answered yet with `not_now`, then returns. A call that was
  /// under way may have been taken; its id stays the same.
  ~HttpWebhookPort() override;

  void send(engine::WebhookCall call, engine::DeliveryContinuation then) noexcept override;

 private:
  using Time = TransferLoop::Clock::time_point;

  struct Work {
    engine::WebhookCall call;
    engine::DeliveryContinuation then;
    Time sent_at{};  ///< When it was put down, then when its transfer began.
  };

  /// A transfer with what it carries while it is under way.
  struct Slot final : Transfer {
    using Transfer::Transfer;

    Work work;
    bool is_busy = false;
  };

  HttpWebhookPort(Settings settings, std::shared_ptr<spdlog::logger> logger);

  // On the loop's thread.
  Time on_turn(Time now) override;
  void on_done(CURL* handle, CURLcode code, Time now) override;
  void begin(Work work, Time now);
  [[nodiscard]] Slot* free_slot();
  void answer(Work& work, engine::DeliveryResult result, Time now);
  void log(const engine::WebhookCall& call, const engine::DeliveryResult& result, Time now);

  Settings settings_;
  std::shared_ptr<spdlog::logger> logger_;
  std::atomic<std::size_t> unanswered_{0};
  std::mutex mutex_;         ///< For the two below.
  std::vector<Work> asked_;  ///< What the loop's thread has not taken yet.
  bool is_stopping_ = false;

  // Of the loop's thread.
  std::deque<Work> waiting_;
  std::vector<std::unique_ptr<Slot>> slots_;
  Time next_log_{};
  std::size_t unlogged_ = 0;

  TransferLoop loop_;  ///< Last, so that it ends before what it works with.
};

}  // namespace cavea::outbound::webhook
