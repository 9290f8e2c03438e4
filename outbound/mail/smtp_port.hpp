#pragma once

#include "engine/notification.hpp"
#include "engine/result.hpp"
#include "outbound/mail/mail.hpp"
#include "outbound/mail/settings.hpp"
#include "outbound/mail/template_set.hpp"
#include "outbound/mail/transfer.hpp"
#include "outbound/transfer_loop.hpp"
#include "tickets/ticket_key.hpp"

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

namespace cavea::outbound::mail {

/// Sends mail by SMTP (RFC 5321). One thread writes the mails and carries them; whoever sends only
/// puts the notification down. Each mail is tried once: trying again is the sender's.
class SmtpPort final : public engine::MailPort, private TransferLoop::User {
 public:
  /// `key` must outlive it; `logger` may be null. A fault in the templates names "mail-templates".
  [[nodiscard]] static engine::Result<std::unique_ptr<SmtpPort>, SettingsFault> open(
      Settings settings, const tickets::TicketKey& key, std::shared_ptr<spdlog::logger> logger);

  /// Answers everything that is not answered yet with `not_now`, then returns. A mail that was
  /// under way may have been delivered; its `Message-ID` stays the same.
  ~SmtpPort() override;

  void send(
      std::shared_ptr<const engine::Notification> what,
      engine::Recipient to,
      engine::DeliveryContinuation then) noexcept override;

  [[nodiscard]] const std::vector<std::string>& languages() const noexcept override {
    return languages_;
  }

 private:
  using Time = TransferLoop::Clock::time_point;

  struct Work {
    std::shared_ptr<const engine::Notification> what;
    engine::Recipient to;
    engine::DeliveryContinuation then;
    Time sent_at{};  ///< When it was put down, then when its transfer began.
  };

  /// A transfer with what it carries while it is under way.
  struct Slot final : Transfer {
    using Transfer::Transfer;

    Work work;
    bool is_busy = false;
  };

  SmtpPort(
      Settings settings,
      Mailbox from,
      TemplateSet templates,
      const tickets::TicketKey& key,
      std::shared_ptr<spdlog::logger> logger);

  // On the loop's thread.
  Time on_turn(Time now) override;
  void on_done(CURL* handle, CURLcode result, Time now) override;
  void begin(Work work, Time now);
  [[nodiscard]] Slot* free_slot();
  void answer(Work& work, engine::DeliveryResult result, Time now);
  void log(const engine::Notification& what, const engine::DeliveryResult& result, Time now);

  Settings settings_;
  ServerUrl server_;
  Mailbox from_;
  TemplateSet templates_;
  std::vector<std::string> languages_;
  MailWriter writer_;
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

}  // namespace cavea::outbound::mail
