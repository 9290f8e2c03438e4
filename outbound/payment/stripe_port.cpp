#include "outbound/payment/stripe_port.hpp"

#include "outbound/payment/notice.hpp"
#include "outbound/payment/provider_call.hpp"
#include "outbound/payment/webhook_signature.hpp"

#include <exception>
#include <utility>

namespace cavea::outbound::payment {

namespace {

using engine::PaymentFailure;

PaymentFailure unavailable(std::string code, std::string message) {
  return {
      .kind = PaymentFailure::Kind::unavailable,
      .code = std::move(code),
      .message = std::move(message),
      .payment = std::nullopt};
}

PaymentFailure stopped() {
  return unavailable("stopped", "This node stops; whether it was done is not known.");
}

}  // namespace

engine::Result<std::unique_ptr<StripePort>, StartFailure> StripePort::open(
    Settings settings, std::shared_ptr<spdlog::logger> logger) {
  if (auto fault = fault_of(settings)) return StartFailure{*std::move(fault)};
  try {
    std::unique_ptr<StripePort> port(new StripePort(std::move(settings), std::move(logger)));
    port->loop_.start();
    return port;
  } catch (const std::exception& error) {
    return StartFailure{error.what()};
  }
}

StripePort::StripePort(Settings settings, std::shared_ptr<spdlog::logger> logger)
    : settings_(std::move(settings)),
      logger_(std::move(logger)),
      headers_(settings_),
      breaker_(settings_.breaker),
      loop_(*this, "cavea-payment", settings_.under_way_max) {}

StripePort::~StripePort() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  loop_.stop();
  const auto now = TransferLoop::Clock::now();
  const auto end = [this, now](Work& work) { answer(work, stopped(), now); };
  for (auto& slot : slots_) {
    if (slot->work) end(*slot->work);
  }
  for (auto& work : urgent_) end(*work);
  for (auto& work : others_) end(*work);
  for (auto& [time, work] : retries_) end(*work);
  for (auto& asked : asked_) asked.then(stopped());
}

void StripePort::ask(engine::PaymentRequest request, engine::PaymentContinuation then) noexcept {
  const auto kind = request.index();
  const auto refuse = [&](PaymentFailure failure) {
    probe_.failed[kind][static_cast<std::size_t>(failure.kind)].add();
    then(std::move(failure));
  };
  if (unanswered_.fetch_add(1, std::memory_order_relaxed) >= settings_.unanswered_max) {
    unanswered_.fetch_sub(1, std::memory_order_relaxed);
    probe_.turned_away.add();
    return refuse(unavailable("too_much_waiting", "Too many payment requests wait already."));
  }
  Asked asked{std::move(request), std::move(then), TransferLoop::Clock::now()};
  bool is_stopping = false;
  bool is_first = false;
  {
    const std::lock_guard lock(mutex_);
    is_stopping = is_stopping_;
    is_first = asked_.empty();
    if (!is_stopping) asked_.push_back(std::move(asked));
  }
  if (is_stopping) {
    unanswered_.fetch_sub(1, std::memory_order_relaxed);
    then = std::move(asked.then);
    return refuse(stopped());
  }
  probe_.unanswered.add(1);
  if (is_first) loop_.wake();
}

engine::NoticeResult StripePort::verify_notice(
    std::string_view body, std::string_view signature, engine::Timestamp now) const noexcept {
  const auto refuse = [this](engine::NoticeFault fault) -> engine::NoticeResult {
    probe_.notices_refused[static_cast<std::size_t>(fault.kind)].add();
    return fault;
  };
  if (body.size() > limits::notice_bytes) {
    return refuse({engine::NoticeFault::Kind::body_malformed, "The body is too long."});
  }
  if (auto fault = fault_of_signature(body, signature, settings_.webhook_secrets, now)) {
    return refuse(*std::move(fault));
  }
  auto result = read_notice(body);
  if (auto* fault = std::get_if<engine::NoticeFault>(&result)) return refuse(std::move(*fault));
  const bool is_needed = std::holds_alternative<engine::PaymentNotice>(result);
  (is_needed ? probe_.notices : probe_.notices_unneeded).add();
  return result;
}

}  // namespace cavea::outbound::payment
