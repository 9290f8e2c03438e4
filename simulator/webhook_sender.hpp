#pragma once

#include "simulator/webhook_link.hpp"
#include "simulator/webhooks.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <random>
#include <thread>
#include <utility>
#include <vector>

namespace cavea::simulator {

/// The thread behind `Webhooks`.
class Webhooks::Sender {
 public:
  Sender(Settings settings, WebhookTarget target);
  ~Sender();
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  void send(WebhookEvent event, const WebhookHandling& handling);

  [[nodiscard]] Counts counts() const;

 private:
  using Clock = std::chrono::steady_clock;
  using Timer = boost::asio::basic_waitable_timer<
      Clock,
      boost::asio::wait_traits<Clock>,
      boost::asio::io_context::executor_type>;

  struct Delivery {
    std::shared_ptr<const WebhookEvent> event;
    unsigned tries = 0;
  };

  struct Came {
    std::shared_ptr<const WebhookEvent> event;
    WebhookHandling handling;
  };

  // On the thread.
  void take_all();
  void keep(Came came);
  void release_kept();
  void dispatch();
  void begin(Delivery delivery);
  void on_end(std::size_t link, Delivery delivery, bool is_taken);
  void retry_later(Delivery delivery);
  void arm_retry_timer();
  [[nodiscard]] std::string request_for(const WebhookEvent& event) const;

  Settings settings_;
  WebhookTarget target_;
  std::string head_;  ///< Of every request.

  std::mutex mutex_;
  std::vector<Came> came_;
  std::atomic<std::uint64_t> made_{0};
  std::atomic<std::uint64_t> delivered_{0};
  std::atomic<std::uint64_t> failed_tries_{0};
  std::atomic<std::uint64_t> waiting_{0};
  std::atomic<std::uint64_t> lost_{0};

  // Of the thread.
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  Timer reorder_timer_;
  Timer retry_timer_;
  std::vector<Came> taken_;
  std::vector<Came> kept_;
  std::deque<Delivery> ready_;
  std::vector<std::pair<Clock::time_point, Delivery>> retries_;  ///< A heap; the next one first.
  std::vector<std::unique_ptr<WebhookLink>> links_;
  std::vector<std::size_t> idle_links_;
  std::mt19937_64 random_{std::random_device{}()};
  std::thread thread_;
};

}  // namespace cavea::simulator
