#include "outbound/mail/smtp_port.hpp"

#include "engine/email_address.hpp"
#include "engine/inbox.hpp"
#include "outbound/mail/limits.hpp"
#include "outbound/mail/outcome.hpp"
#include "outbound/mail/template_files.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

namespace cavea::outbound::mail {

namespace {

using engine::DeliveryResult;
using Kind = DeliveryResult::Kind;

DeliveryResult result_of(Kind kind, std::string detail) {
  return {
      .kind = kind,
      .status = 0,
      .detail = std::move(detail),
      .took = {},
      .retry_after = std::nullopt};
}

DeliveryResult stopped() {
  return result_of(Kind::not_now, "This node stops; whether the mail was sent is not known.");
}

engine::Result<TemplateSet, TemplateFault> load_templates(const std::string& folder) {
  if (folder.empty()) return TemplateSet::from(built_in_templates());
  auto files = read_templates(folder);
  if (!files) return std::move(files).error();
  return TemplateSet::from(files.value());
}

}  // namespace

engine::Result<std::unique_ptr<SmtpPort>, SettingsFault> SmtpPort::open(
    Settings settings, const tickets::TicketKey& key, std::shared_ptr<spdlog::logger> logger) {
  if (auto fault = fault_of(settings)) return *std::move(fault);
  auto templates = load_templates(settings.templates);
  if (!templates) {
    return SettingsFault{
        "mail-templates", fmt::format("'{}': {}", settings.templates, templates.error().text)};
  }
  try {
    auto from = *read_mailbox(settings.from);
    std::unique_ptr<SmtpPort> port(new SmtpPort(
        std::move(settings),
        std::move(from),
        std::move(templates).value(),
        key,
        std::move(logger)));
    port->loop_.start();
    return port;
  } catch (const std::exception& error) {
    return SettingsFault{"mail-url", error.what()};
  }
}

SmtpPort::SmtpPort(
    Settings settings,
    Mailbox from,
    TemplateSet templates,
    const tickets::TicketKey& key,
    std::shared_ptr<spdlog::logger> logger)
    : settings_(std::move(settings)),
      server_(*read_server_url(settings_.url)),
      from_(std::move(from)),
      templates_(std::move(templates)),
      languages_(templates_.languages()),
      writer_{.from = from_, .page_url = settings_.page_url, .key = key, .templates = templates_},
      logger_(std::move(logger)),
      loop_(*this, "cavea-mail", limits::connections_max) {}

SmtpPort::~SmtpPort() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  loop_.stop();
  const auto now = TransferLoop::Clock::now();
  for (auto& slot : slots_) {
    if (slot->is_busy) answer(slot->work, stopped(), now);
  }
  for (auto& work : waiting_) answer(work, stopped(), now);
  for (auto& work : asked_) answer(work, stopped(), now);
}

void SmtpPort::send(
    std::shared_ptr<const engine::Notification> what,
    engine::Recipient to,
    engine::DeliveryContinuation then) noexcept {
  if (unanswered_.fetch_add(1, std::memory_order_relaxed) >= limits::unanswered_max) {
    unanswered_.fetch_sub(1, std::memory_order_relaxed);
    return then(result_of(Kind::not_now, "Too many mails wait already."));
  }
  Work work{std::move(what), std::move(to), std::move(then), TransferLoop::Clock::now()};
  bool is_stopping = false;
  bool is_first = false;
  {
    const std::lock_guard lock(mutex_);
    is_stopping = is_stopping_;
    is_first = asked_.empty();
    if (!is_stopping) asked_.push_back(std::move(work));
  }
  if (is_stopping) {
    unanswered_.fetch_sub(1, std::memory_order_relaxed);
    return work.then(stopped());
  }
  if (is_first) loop_.wake();
}

// ---- On the loop's thread -----------------------------------------------------------------------

SmtpPort::Time SmtpPort::on_turn(Time now) {
  {
    const std::lock_guard lock(mutex_);
    std::move(asked_.begin(), asked_.end(), std::back_inserter(waiting_));
    asked_.clear();
  }
  while (!waiting_.empty() && free_slot() != nullptr) {
    auto work = std::move(waiting_.front());
    waiting_.pop_front();
    begin(std::move(work), now);
  }
  return Time::max();
}

SmtpPort::Slot* SmtpPort::free_slot() {
  for (auto& slot : slots_) {
    if (!slot->is_busy) return slot.get();
  }
  if (slots_.size() >= limits::connections_max) return nullptr;
  slots_.push_back(std::make_unique<Slot>(settings_, server_, from_));
  return slots_.back().get();
}

void SmtpPort::begin(Work work, Time now) {
  work.sent_at = now;
  // What a server would read as a command of its own never gets that far.
  if (!engine::is_email_address(work.to.email)) {
    return answer(
        work, result_of(Kind::never, "That is no address to which mail can be sent."), now);
  }
  auto& slot = *free_slot();
  try {
    slot.prepare(writer_.write(*work.what, work.to), work.to.email);
  } catch (const std::exception& error) {
    return answer(
        work,
        result_of(Kind::never, fmt::format("It could not be written: {}", error.what())),
        now);
  }
  slot.work = std::move(work);
  slot.is_busy = true;
  loop_.add(slot.handle());
}

void SmtpPort::on_done(CURL* handle, CURLcode result, Time now) {
  auto& slot = static_cast<Slot&>(Transfer::of(handle));
  auto outcome = outcome_of(slot.reply(result));
  slot.clear();
  slot.is_busy = false;
  auto work = std::move(slot.work);
  slot.work = {};
  answer(work, std::move(outcome), now);
}

void SmtpPort::answer(Work& work, DeliveryResult result, Time now) {
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(now - work.sent_at);
  result.took = {std::max<std::int64_t>(took.count(), 0)};
  if (result.kind != Kind::delivered) log(*work.what, result, now);
  unanswered_.fetch_sub(1, std::memory_order_relaxed);
  work.then(std::move(result));
}

/// A server that is down fails every mail in the same way: one line in a while says it.
void SmtpPort::log(const engine::Notification& what, const DeliveryResult& result, Time now) {
  if (!logger_) return;
  if (now < next_log_) {
    ++unlogged_;
    return;
  }
  next_log_ = now + limits::log_pause;
  logger_->warn(
      "event=mail_not_sent notification={} outcome={} status={} detail=\"{}\" unlogged={}",
      engine::text_of(what.id),
      result.kind == Kind::never ? "never" : "not_now",
      result.status,
      result.detail,
      std::exchange(unlogged_, 0));
}

}  // namespace cavea::outbound::mail
