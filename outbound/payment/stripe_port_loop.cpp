#include "outbound/payment/payment_json.hpp"
#include "outbound/payment/stripe_port.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

// The part of the adapter that runs on the loop's thread.

namespace cavea::outbound::payment {

namespace {

using engine::PaymentFailure;
using Clock = TransferLoop::Clock;
using Health = CircuitBreaker::Outcome;

PaymentFailure unanswered(std::string code, std::string message) {
  return {
      .kind = PaymentFailure::Kind::unavailable,
      .code = std::move(code),
      .message = std::move(message),
      .payment = std::nullopt};
}

/// Our word for how a transfer failed, for programs.
std::string_view code_of(CURLcode result) {
  switch (result) {
    case CURLE_OPERATION_TIMEDOUT:
      return "timed_out";
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
      return "not_reachable";
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
      return "tls_failed";
    default:
      return "connection_broken";
  }
}

/// Who is not who they say does not become so by asking again.
bool is_worth_retrying(CURLcode result) {
  return result != CURLE_PEER_FAILED_VERIFICATION && result != CURLE_SSL_CACERT_BADFILE
         && result != CURLE_SSL_ISSUER_ERROR;
}

/// For a heap whose top is the earliest.
constexpr auto is_later = [](const auto& a, const auto& b) { return a.first > b.first; };

bool is_urgent(std::size_t kind) {
  constexpr auto create = std::size_t{0};
  static_assert(std::is_same_v<
                std::variant_alternative_t<create, engine::PaymentRequest>,
                engine::CreatePayment>);
  constexpr auto list = std::size_t{5};
  static_assert(std::is_same_v<
                std::variant_alternative_t<list, engine::PaymentRequest>,
                engine::ListPayments>);
  return kind != create && kind != list;
}

std::uint64_t us_between(Clock::time_point from, Clock::time_point to) {
  const auto span = std::chrono::duration_cast<std::chrono::microseconds>(to - from).count();
  return static_cast<std::uint64_t>(std::max<std::int64_t>(span, 0));
}

}  // namespace

// ---- Taking in ----------------------------------------------------------------------------------

StripePort::Time StripePort::on_turn(Time now) {
  take_asked();
  take_due_retries(now);
  drop_overdue(urgent_, now);
  drop_overdue(others_, now);
  begin_waiting(now);
  probe_.breaker_state.set(static_cast<std::int64_t>(breaker_.state(now)));

  auto next = Time::max();
  if (!urgent_.empty()) next = std::min(next, urgent_.front()->deadline);
  if (!others_.empty()) next = std::min(next, others_.front()->deadline);
  if (!retries_.empty()) next = std::min(next, retries_.front().first);
  return next;
}

void StripePort::take_asked() {
  {
    const std::lock_guard lock(mutex_);
    taken_.swap(asked_);
  }
  for (auto& asked : taken_) take(std::move(asked));
  taken_.clear();
}

void StripePort::take(Asked asked) {
  auto call = call_for(asked.request);
  auto work = std::make_unique<Work>();
  work->kind = asked.request.index();
  work->then = std::move(asked.then);
  work->asked_at = asked.asked_at;
  work->deadline = asked.asked_at + settings_.total_time;
  if (!call) {
    answer(*work, std::move(call.error()), asked.asked_at);
    return;
  }
  work->call = std::move(call.value());
  (is_urgent(work->kind) ? urgent_ : others_).push_back(std::move(work));
}

void StripePort::take_due_retries(Time now) {
  while (!retries_.empty() && retries_.front().first <= now) {
    std::pop_heap(retries_.begin(), retries_.end(), is_later);
    auto work = std::move(retries_.back().second);
    retries_.pop_back();
    probe_.retries.add();
    // It has waited already.
    (is_urgent(work->kind) ? urgent_ : others_).push_front(std::move(work));
  }
}

void StripePort::drop_overdue(std::deque<WorkRef>& queue, Time now) {
  while (!queue.empty() && queue.front()->deadline <= now) {
    const auto work = std::move(queue.front());
    queue.pop_front();
    auto failure = work->attempts > 0
                       ? std::move(work->last)
                       : unanswered("timed_out", "The request waited too long for its turn.");
    answer(*work, std::move(failure), now);
  }
}

// ---- Sending ------------------------------------------------------------------------------------

void StripePort::begin_waiting(Time now) {
  while (slots_.size() - free_slots_.size() < settings_.under_way_max) {
    auto work = next_waiting();
    if (!work) return;
    const auto pass = breaker_.admit(now);
    if (!pass) {
      probe_.kept_away.add();
      auto failure = unanswered("circuit_open", "The provider is down; not tried for the moment.");
      answer(*work, std::move(failure), now);
      continue;
    }
    begin(std::move(work), *pass, now);
  }
}

StripePort::WorkRef StripePort::next_waiting() {
  auto& queue = urgent_.empty() ? others_ : urgent_;
  if (queue.empty()) return nullptr;
  auto work = std::move(queue.front());
  queue.pop_front();
  return work;
}

void StripePort::begin(WorkRef work, CircuitBreaker::Pass pass, Time now) {
  auto& slot = free_slot();
  work->pass = pass;
  work->attempt_began = now;
  ++work->attempts;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(work->deadline - now);
  // A time of zero would be no limit at all.
  slot.prepare(work->call, std::clamp(left, std::chrono::milliseconds(1), settings_.attempt_time));
  slot.work = std::move(work);
  probe_.attempts.add();
  probe_.under_way.add(1);
  loop_.add(slot.handle());
}

StripePort::Slot& StripePort::free_slot() {
  if (free_slots_.empty()) {
    slots_.push_back(std::make_unique<Slot>(settings_, headers_));
    return *slots_.back();
  }
  auto* slot = free_slots_.back();
  free_slots_.pop_back();
  return *slot;
}

// ---- Answering ----------------------------------------------------------------------------------

void StripePort::on_done(CURL* handle, CURLcode result, Time now) {
  auto& slot = static_cast<Slot&>(Transfer::of(handle));
  probe_.under_way.add(-1);
  probe_.connections.add(static_cast<std::uint64_t>(slot.connections_opened()));
  probe_.attempt_us.record_us(us_between(slot.work->attempt_began, now));

  auto verdict = verdict_of(slot, result);
  note_health(*slot.work, verdict.health, now);
  if (const auto* failure = std::get_if<PaymentFailure>(&verdict.answer)) {
    log_failure(slot, *failure, now);
  }
  if (!retry_later(slot, verdict, now)) answer(*slot.work, std::move(verdict.answer), now);
  slot.work.reset();
  free_slots_.push_back(&slot);
}

Verdict StripePort::verdict_of(const Slot& slot, CURLcode result) {
  if (result == CURLE_OK) return read_reply(slot.work->call, slot.reply());
  return {
      .answer = unanswered(std::string(code_of(result)), one_line(slot.error_text(result))),
      .may_retry = is_worth_retrying(result),
      .health = Health::failed};
}

void StripePort::note_health(const Work& work, Health health, Time now) {
  if (!breaker_.finish(work.pass, health, now)) return;
  const auto state = breaker_.state(now);
  if (state == CircuitBreaker::State::open) probe_.breaker_openings.add();
  if (logger_) logger_->warn("event=payment_circuit state={}", name_of(state));
}

bool StripePort::retry_later(Slot& slot, const Verdict& verdict, Time now) {
  auto& work = slot.work;
  if (!verdict.may_retry || work->attempts >= settings_.retry.attempts_max) return false;
  auto pause = pause_after(work->attempts, random_(), settings_.retry);
  // What the provider asks for is the least; the random part keeps those apart who were all told
  // the same.
  if (const auto asked_for = slot.retry_after()) pause += *asked_for;
  const auto due = now + pause;
  if (due >= work->deadline) return false;
  work->last = std::get<PaymentFailure>(verdict.answer);
  retries_.emplace_back(due, std::move(work));
  std::push_heap(retries_.begin(), retries_.end(), is_later);
  return true;
}

void StripePort::answer(Work& work, engine::PaymentAnswer answer, Time now) {
  if (const auto* failure = std::get_if<PaymentFailure>(&answer)) {
    probe_.failed[work.kind][static_cast<std::size_t>(failure->kind)].add();
  } else {
    probe_.answered[work.kind].add();
  }
  probe_.answer_us.record_us(us_between(work.asked_at, now));
  probe_.unanswered.add(-1);
  unanswered_.fetch_sub(1, std::memory_order_relaxed);
  work.then(std::move(answer));
}

void StripePort::log_failure(const Slot& slot, const PaymentFailure& failure, Time now) {
  if (!logger_ || failure.kind == PaymentFailure::Kind::declined) return;
  if (!log_gate_.admits(failure.code, now)) return;
  const auto& work = *slot.work;
  logger_->warn(
      "event=payment_failure request={} kind={} code={} attempt={} request_id={} detail={}",
      request_names[work.kind],
      engine::name_of(failure.kind),
      Json(failure.code).dump(),
      work.attempts,
      Json(one_line(slot.request_id())).dump(),
      Json(failure.message).dump());
}

}  // namespace cavea::outbound::payment
