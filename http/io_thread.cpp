#include "http/io_thread.hpp"

#include "engine/assert.hpp"

#include <boost/asio/post.hpp>
#include <pthread.h>

#include <algorithm>
#include <random>
#include <utility>

namespace cavea::http {

namespace asio = boost::asio;

namespace {

/// While it drains, a thread looks more often whether it is done.
constexpr std::chrono::milliseconds drain_tick_time{10};

}  // namespace

IoThread::IoThread(SharedParts& parts) : parts_(parts), probe_(parts.router.routes()) {}

IoThread::~IoThread() {
  if (!thread_.joinable()) return;
  begin_drain();
  join();
}

std::optional<std::string> IoThread::open(const ListenAddress& where) {
  return listener_.open(where);
}

void IoThread::start(engine::CommandBus& bus, unsigned number) {
  CAVEA_ASSERT(!host_);
  host_.emplace(parts_, bus, *this, probe_, std::random_device{}());
  listener_.start([this](Socket socket) { on_socket(std::move(socket)); });
  arm_tick();
  thread_ = std::thread([this] { context_.run(); });
  pthread_setname_np(thread_.native_handle(), ("cavea-http-" + std::to_string(number)).c_str());
}

void IoThread::join() {
  if (thread_.joinable()) thread_.join();
}

// ---- From any thread ----------------------------------------------------------------------------

void IoThread::deliver(std::vector<engine::Delivery> deliveries) noexcept {
  asio::post(context_, [this, came = std::move(deliveries)]() mutable { on_deliveries(came); });
}

void IoThread::publish(const engine::OfferingId& offering, engine::FeedItem item) noexcept {
  asio::post(context_, [this, offering, came = std::move(item)] {
    host_->now = std::chrono::steady_clock::now();
    host_->feeds.publish(offering, came);
  });
}

void IoThread::begin_drain() {
  asio::post(context_, [this] { on_drain(); });
}

// ---- On the thread ------------------------------------------------------------------------------

void IoThread::on_deliveries(std::vector<engine::Delivery>& deliveries) {
  host_->now = std::chrono::steady_clock::now();
  for (auto& delivery : deliveries) {
    Waiter waiter;
    if (!host_->pending.take(delivery.ticket, waiter)) {
      probe_.answers_unclaimed.add();
      continue;
    }
    waiter.session->on_answer(std::move(waiter.then), std::move(delivery.answer));
  }
}

void IoThread::on_socket(Socket socket) {
  probe_.connections_total.add();
  host_->now = std::chrono::steady_clock::now();
  const auto open = parts_.connections.load(std::memory_order_relaxed);
  const auto open_max = host_->limits.connections;
  if (open < open_max) {
    SessionRef(new Session(*host_, std::move(socket)))->start();
    return;
  }
  if (open < open_max + limits::refusals_in_progress) {
    SessionRef(new Session(*host_, std::move(socket)))->start_refused();
    return;
  }
  probe_.connections_refused.add();
}

void IoThread::arm_tick() {
  timer_.expires_after(
      host_->is_draining ? std::min(drain_tick_time, host_->limits.tick_time)
                         : host_->limits.tick_time);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) on_tick();
  });
}

void IoThread::on_tick() {
  host_->now = std::chrono::steady_clock::now();
  // From the back, because a session that ends is replaced by the last one, which had its turn.
  for (std::size_t i = host_->sessions.size(); i-- > 0;) {
    if (i >= host_->sessions.size()) continue;
    const SessionRef session(host_->sessions[i]);
    session->tick();
  }
  host_->feeds.tick(host_->now);
  listener_.tick();
  if (host_->is_draining) {
    if (host_->now >= drain_deadline_) close_all();
    if (host_->sessions.empty()) {
      // Without the timer nothing is left to do, and the thread ends.
      host_->feeds.clear();
      return;
    }
  }
  arm_tick();
}

void IoThread::on_drain() {
  if (host_->is_draining) return;
  host_->is_draining = true;
  host_->now = std::chrono::steady_clock::now();
  drain_deadline_ = host_->now + host_->limits.drain_time;
  listener_.close();
  for (std::size_t i = host_->sessions.size(); i-- > 0;) {
    if (i >= host_->sessions.size()) continue;
    const SessionRef session(host_->sessions[i]);
    session->begin_drain();
  }
  arm_tick();
}

void IoThread::close_all() {
  while (!host_->sessions.empty()) {
    const SessionRef session(host_->sessions.back());
    session->close();
  }
}

}  // namespace cavea::http
