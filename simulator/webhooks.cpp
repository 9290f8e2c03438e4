#include "simulator/webhooks.hpp"

#include "simulator/webhook_sender.hpp"
#include "simulator/webhook_signature.hpp"

#include <boost/asio/post.hpp>
#include <fmt/format.h>
#include <pthread.h>

#include <algorithm>
#include <utility>

namespace cavea::simulator {

namespace asio = boost::asio;

namespace {

/// For a heap whose top is the earliest.
constexpr auto is_later = [](const auto& a, const auto& b) { return a.first > b.first; };

std::int64_t seconds_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

}  // namespace

// ---- The thread ---------------------------------------------------------------------------------

Webhooks::Sender::Sender(Settings settings, WebhookTarget target)
    : settings_(std::move(settings)),
      target_(std::move(target)),
      work_(context_.get_executor()),
      reorder_timer_(context_.get_executor()),
      retry_timer_(context_.get_executor()) {
  head_ = fmt::format(
      "POST {} HTTP/1.1\r\nHost: {}:{}\r\nUser-Agent: cavea-payment-simulator\r\n"
      "Content-Type: application/json; charset=utf-8\r\n",
      target_.path,
      target_.host,
      target_.port);
  for (unsigned i = 0; i < settings_.connections; ++i) {
    links_.push_back(std::make_unique<WebhookLink>(context_, target_, settings_.time));
    idle_links_.push_back(i);
  }
  thread_ = std::thread([this] { context_.run(); });
  pthread_setname_np(thread_.native_handle(), "sim-webhooks");
}

Webhooks::Sender::~Sender() {
  context_.stop();
  thread_.join();
}

void Webhooks::Sender::send(WebhookEvent event, const WebhookHandling& handling) {
  if (handling.is_lost || waiting_.load() >= limits::webhooks_waiting_max) {
    lost_.fetch_add(1);
    return;
  }
  made_.fetch_add(1 + handling.copies);
  waiting_.fetch_add(1 + handling.copies);
  bool is_first = false;
  {
    const std::lock_guard lock(mutex_);
    is_first = came_.empty();
    came_.push_back({std::make_shared<const WebhookEvent>(std::move(event)), handling});
  }
  if (is_first) asio::post(context_, [this] { take_all(); });
}

Webhooks::Counts Webhooks::Sender::counts() const {
  return {
      .made = made_.load(),
      .delivered = delivered_.load(),
      .failed_tries = failed_tries_.load(),
      .waiting = waiting_.load(),
      .lost = lost_.load()};
}

void Webhooks::Sender::take_all() {
  {
    const std::lock_guard lock(mutex_);
    taken_.swap(came_);
  }
  for (auto& came : taken_) {
    if (came.handling.reorder_ms > 0) {
      keep(std::move(came));
      continue;
    }
    for (std::uint32_t i = 0; i <= came.handling.copies; ++i) ready_.push_back({came.event});
  }
  taken_.clear();
  dispatch();
}

void Webhooks::Sender::keep(Came came) {
  kept_.push_back(std::move(came));
  if (kept_.size() > 1) return;
  reorder_timer_.expires_after(std::chrono::milliseconds(kept_.front().handling.reorder_ms));
  reorder_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) release_kept();
  });
}

void Webhooks::Sender::release_kept() {
  for (auto came = kept_.rbegin(); came != kept_.rend(); ++came) {
    for (std::uint32_t i = 0; i <= came->handling.copies; ++i) ready_.push_back({came->event});
  }
  kept_.clear();
  dispatch();
}

void Webhooks::Sender::dispatch() {
  const auto now = Clock::now();
  while (!retries_.empty() && retries_.front().first <= now) {
    std::pop_heap(retries_.begin(), retries_.end(), is_later);
    ready_.push_back(std::move(retries_.back().second));
    retries_.pop_back();
  }
  while (!ready_.empty() && !idle_links_.empty()) {
    auto delivery = std::move(ready_.front());
    ready_.pop_front();
    begin(std::move(delivery));
  }
}

void Webhooks::Sender::begin(Delivery delivery) {
  const auto link = idle_links_.back();
  idle_links_.pop_back();
  auto request = request_for(*delivery.event);
  links_[link]->send(
      std::move(request), [this, link, sent = std::move(delivery)](bool is_taken) mutable {
        on_end(link, std::move(sent), is_taken);
      });
}

std::string Webhooks::Sender::request_for(const WebhookEvent& event) const {
  std::string request;
  request.reserve(head_.size() + event.body.size() + 160);
  request.append(head_).append("Stripe-Signature: ");
  request += sign_webhook(event.body, settings_.secret, seconds_now());
  fmt::format_to(std::back_inserter(request), "\r\nContent-Length: {}\r\n\r\n", event.body.size());
  request += event.body;
  return request;
}

void Webhooks::Sender::on_end(std::size_t link, Delivery delivery, bool is_taken) {
  idle_links_.push_back(link);
  if (is_taken) {
    delivered_.fetch_add(1);
    waiting_.fetch_sub(1);
  } else {
    failed_tries_.fetch_add(1);
    retry_later(std::move(delivery));
  }
  // Not from here: this is called by the link, which must be at rest first.
  if (!ready_.empty()) asio::post(context_, [this] { dispatch(); });
}

void Webhooks::Sender::retry_later(Delivery delivery) {
  auto span = settings_.pause_first;
  for (unsigned i = 0; i < delivery.tries && span < settings_.pause_max; ++i) span *= 2;
  span = std::min(span, settings_.pause_max);
  ++delivery.tries;
  const std::chrono::milliseconds pause(
      span.count() / 2 + static_cast<std::int64_t>(random_() % 1000) * span.count() / 2000);
  retries_.emplace_back(Clock::now() + pause, std::move(delivery));
  std::push_heap(retries_.begin(), retries_.end(), is_later);
  arm_retry_timer();
}

void Webhooks::Sender::arm_retry_timer() {
  if (retries_.empty()) return;
  retry_timer_.expires_at(retries_.front().first);
  retry_timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    dispatch();
    arm_retry_timer();
  });
}

// ---- What others see ----------------------------------------------------------------------------

std::vector<std::string> Webhooks::default_types() {
  return {
      "payment_intent.amount_capturable_updated",
      "payment_intent.canceled",
      "payment_intent.payment_failed",
      "payment_intent.processing",
      "payment_intent.requires_action",
      "payment_intent.succeeded",
      "charge.refunded"};
}

engine::Result<std::unique_ptr<Webhooks>, std::string> Webhooks::open(Settings settings) {
  auto target = webhook_target_from(settings.url);
  if (!target) {
    return fmt::format("'{}' is no URL for webhooks, as http://127.0.0.1:8088/path", settings.url);
  }
  auto types = settings.types;
  auto sender = std::make_unique<Sender>(std::move(settings), *std::move(target));
  return std::unique_ptr<Webhooks>(new Webhooks(std::move(sender), std::move(types)));
}

Webhooks::Webhooks(std::unique_ptr<Sender> sender, std::vector<std::string> types)
    : sender_(std::move(sender)), types_(std::move(types)) {}

Webhooks::~Webhooks() = default;

bool Webhooks::wants(std::string_view type) const {
  return std::any_of(types_.begin(), types_.end(), [&](const std::string& one) {
    return one == "*" || one == type;
  });
}

void Webhooks::send(WebhookEvent event, const WebhookHandling& handling) {
  sender_->send(std::move(event), handling);
}

Webhooks::Counts Webhooks::counts() const {
  return sender_->counts();
}

}  // namespace cavea::simulator
