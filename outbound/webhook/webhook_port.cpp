#include "outbound/webhook/webhook_port.hpp"

#include "outbound/webhook/limits.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

#include <unistd.h>

namespace cavea::outbound::webhook {

namespace {

engine::DeliveryResult not_now(std::string detail) {
  engine::DeliveryResult result;
  result.kind = engine::DeliveryResult::Kind::not_now;
  result.detail = std::move(detail);
  return result;
}

engine::DeliveryResult node_stops() {
  return not_now("This node stops; whether it arrived is not known.");
}

}  // namespace

engine::Result<std::unique_ptr<HttpWebhookPort>, std::string> HttpWebhookPort::open(
    Settings settings, std::shared_ptr<spdlog::logger> logger) {
  if (!settings.ca_file.empty() && ::access(settings.ca_file.c_str(), R_OK) != 0) {
    return fmt::format("{}: cannot be read", settings.ca_file);
  }
  try {
    std::unique_ptr<HttpWebhookPort> port(
        new HttpWebhookPort(std::move(settings), std::move(logger)));
    port->loop_.start();
    return port;
  } catch (const std::exception& error) {
    return std::string(error.what());
  }
}

HttpWebhookPort::HttpWebhookPort(Settings settings, std::shared_ptr<spdlog::logger> logger)
    : settings_(std::move(settings)),
      logger_(std::move(logger)),
      loop_(*this, "cavea-webhooks", limits::connections_per_host) {}

HttpWebhookPort::~HttpWebhookPort() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  loop_.stop();
  const auto now = TransferLoop::Clock::now();
  for (auto& slot : slots_) {
    if (slot->is_busy) answer(slot->work, node_stops(), now);
  }
  for (auto& work : waiting_) answer(work, node_stops(), now);
  for (auto& work : asked_) answer(work, node_stops(), now);
}

void HttpWebhookPort::send(engine::WebhookCall call, engine::DeliveryContinuation then) noexcept {
  if (unanswered_.fetch_add(1, std::memory_order_relaxed) >= limits::unanswered_max) {
    unanswered_.fetch_sub(1, std::memory_order_relaxed);
    return then(not_now("Too many requests to webhooks wait already."));
  }
  Work work{std::move(call), std::move(then), TransferLoop::Clock::now()};
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
    return work.then(node_stops());
  }
  if (is_first) loop_.wake();
}

// ---- On the loop's thread -----------------------------------------------------------------------

HttpWebhookPort::Time HttpWebhookPort::on_turn(Time now) {
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

HttpWebhookPort::Slot* HttpWebhookPort::free_slot() {
  for (auto& slot : slots_) {
    if (!slot->is_busy) return slot.get();
  }
  if (slots_.size() >= limits::requests_max) return nullptr;
  slots_.push_back(std::make_unique<Slot>(settings_));
  return slots_.back().get();
}

void HttpWebhookPort::begin(Work work, Time now) {
  work.sent_at = now;
  auto& slot = *free_slot();
  try {
    slot.prepare(work.call);
  } catch (const std::exception& error) {
    slot.clear();
    return answer(work, not_now(fmt::format("It could not be sent: {}", error.what())), now);
  }
  slot.work = std::move(work);
  slot.is_busy = true;
  loop_.add(slot.handle(), &slot.guard());
}

void HttpWebhookPort::on_done(CURL* handle, CURLcode code, Time now) {
  auto& slot = static_cast<Slot&>(Transfer::of(handle));
  auto result = slot.result(code);
  slot.clear();
  slot.is_busy = false;
  auto work = std::move(slot.work);
  slot.work = {};
  answer(work, std::move(result), now);
}

void HttpWebhookPort::answer(Work& work, engine::DeliveryResult result, Time now) {
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(now - work.sent_at);
  result.took = {std::max<std::int64_t>(took.count(), 0)};
  if (result.kind != engine::DeliveryResult::Kind::delivered) log(work.call, result, now);
  unanswered_.fetch_sub(1, std::memory_order_relaxed);
  work.then(std::move(result));
}

/// A receiver that is down fails every call in the same way: one line in a while says it. Addresses
/// may have secrets in them and stay out of it.
void HttpWebhookPort::log(
    const engine::WebhookCall& call, const engine::DeliveryResult& result, Time now) {
  if (!logger_) return;
  if (now < next_log_) {
    ++unlogged_;
    return;
  }
  next_log_ = now + limits::log_pause;
  logger_->warn(
      "event=webhook_not_delivered id={} status={} detail=\"{}\" unlogged={}",
      call.id,
      result.status,
      result.detail,
      std::exchange(unlogged_, 0));
}

}  // namespace cavea::outbound::webhook
