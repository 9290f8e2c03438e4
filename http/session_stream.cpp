#include "engine/assert.hpp"
#include "http/seat_feed_events.hpp"
#include "http/session.hpp"

#include <utility>

// How a session becomes the viewer of a seat feed, or follows pages of the bus. The head is sent
// with the first news, so that a feed that is not there can still be answered with a problem
// document.

namespace cavea::http {

void Session::stream_seats(
    const engine::OfferingId& offering, engine::Version last_event_id, Continuation refused) {
  CAVEA_ASSERT(state_ == State::handling);
  state_ = State::streaming;
  feed_refused_ = std::move(refused);
  kept_alive_ = SessionRef(this);
  deadline_ = host_.now + host_.limits.answer_time;
  host_.feeds.join(*this, offering, last_event_id);
}

void Session::on_feed_refused(const engine::Refusal& refusal) {
  if (state_ != State::streaming) return;
  const SessionRef self = std::move(kept_alive_);
  auto then = std::move(feed_refused_);
  go_on(then, refusal);
  run();
}

void Session::on_feed_news() {
  pump();
}

/// Writes what there is, as long as the socket takes it.
void Session::pump() {
  const SessionRef self(this);
  while (state_ == State::streaming && !is_stream_writing_) {
    if (!has_stream_head_) begin_stream();
    if (host_.is_draining) {
      append_retry(out_, static_cast<std::uint64_t>(limits::feed_retry_time.count()));
      closes_ = true;
    } else if (!closes_) {
      pull();
    }
    if (output_size() == 0) return;
    if (write_now()) on_stream_written();
  }
}

void Session::pull() {
  if (pages_ != nullptr) return pull_pages();
  auto news = host_.feeds.pull(*this, out_);
  shared_body_ = std::move(news.snapshot);
  closes_ = news.has_ended;
}

engine::Gauge& Session::streams() {
  return pages_ == nullptr ? host_.probe.streams : pages_->followers(host_.probe);
}

void Session::begin_stream() {
  has_stream_head_ = true;
  streams().add(1);
  auto response = make_response(200);
  response.add_header("Cache-Control", "no-store");
  // nginx would hold events back until its buffer is full.
  response.add_header("X-Accel-Buffering", "no");
  if (!admitted_.origin.empty()) {
    host_.shared.cors.add_to_answer(admitted_.origin, true, response.header_lines);
  }
  host_.writer.append_head(
      out_,
      {.status = 200,
       .content_type = "text/event-stream",
       .is_stream = true,
       .closes = true,
       .request_id = admitted_.request.request_id,
       .header_lines = response.header_lines},
      admitted_.request.received_at);
  count(200, 0);
  if (admitted_.is_head) {
    closes_ = true;
  } else {
    append_retry(out_, static_cast<std::uint64_t>(limits::feed_retry_time.count()));
  }
  // The request was used for the last time; a viewer may stay for hours, and there may be
  // thousands.
  admitted_.request = {};
  admitted_.origin = {};
  admitted_.decoded = {};
  reader_.release_memory();
  feed_refused_.reset();
  spare_lines_ = {};
  spare_body_ = {};
  read();
  kept_alive_.reset();
}

void Session::on_stream_written() {
  out_.clear();
  if (out_.capacity() > limits::copied_body_bytes) out_ = {};
  shared_body_.reset();
  last_written_ = host_.now;
  if (closes_) close();
}

void Session::tick_stream() {
  if (!has_stream_head_) {
    if (host_.now < deadline_) return;
    host_.probe.answer_timeouts.add();
    host_.feeds.leave(*this, host_.now);
    on_feed_refused(engine::Refusal(engine::Rejection::not_ready));
    return;
  }
  if (is_stream_writing_) {
    if (host_.now < deadline_) return;
    host_.probe.client_timeouts.add();
    close();
    return;
  }
  if (pages_ != nullptr) return pump();
  if (host_.now - last_written_ < host_.limits.feed_comment_time) return;
  out_.assign(comment_event);
  if (write_now()) on_stream_written();
}

// ---- Pages --------------------------------------------------------------------------------------

void Session::stream_pages(std::unique_ptr<PageStream> pages) {
  CAVEA_ASSERT(state_ == State::handling);
  state_ = State::streaming;
  pages_ = std::move(pages);
  pages_->begin(host_.now);
  last_written_ = host_.now;
  pump();
}

/// Takes what is to be written; when that is nothing, asks for more.
void Session::pull_pages() {
  if (pages_->take(out_)) {
    closes_ = pages_->has_ended();
    return;
  }
  if (pages_->is_over(host_.now)) {
    append_retry(out_, static_cast<std::uint64_t>(limits::feed_retry_time.count()));
    closes_ = true;
    return;
  }
  auto query = pages_->next_query(host_.now);
  if (!query) return;
  ticket_ = host_.pending.add({SessionRef(this), {}});
  host_.bus.query(*std::move(query), {&host_.sink, ticket_});
}

void Session::on_page(const engine::Answer& answer) {
  ticket_ = 0;
  pages_->on_answer(answer, host_.now);
  pump();
}

}  // namespace cavea::http
