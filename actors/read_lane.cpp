#include "actors/read_lane.hpp"

#include <utility>

namespace cavea::actors {

void deliver(engine::ReturnAddress back, engine::Answer answer) {
  if (back.sink == nullptr) return;
  std::vector<engine::Delivery> deliveries;
  deliveries.push_back({back.ticket, std::move(answer)});
  back.sink->deliver(std::move(deliveries));
}

ReadLane::ReadLane(const persistence::StateReader& reader, unsigned threads) : reader_(reader) {
  for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

ReadLane::~ReadLane() {
  stop();
}

void ReadLane::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

void ReadLane::push(ReadJob job, engine::ReturnAddress back) {
  {
    const std::lock_guard lock(mutex_);
    if (!is_stopping_) {
      jobs_.push_back({std::move(job), back});
      wake_.notify_one();
      return;
    }
  }
  deliver(back, engine::Refusal(engine::Rejection::not_ready));
}

void ReadLane::work() {
  for (;;) {
    Queued next;
    bool is_stopping = false;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return is_stopping_ || !jobs_.empty(); });
      if (jobs_.empty()) return;
      next = std::move(jobs_.front());
      jobs_.pop_front();
      is_stopping = is_stopping_;
    }
    if (is_stopping && next.back.sink != nullptr) {
      deliver(next.back, engine::Refusal(engine::Rejection::not_ready));
      continue;
    }
    next.job(reader_);
  }
}

}  // namespace cavea::actors
