#include "http/session.hpp"

#include "engine/assert.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include <exception>
#include <utility>

namespace cavea::http {

namespace asio = boost::asio;
using boost::system::error_code;

void intrusive_ptr_add_ref(Session* session) noexcept {
  ++session->references_;
}

void intrusive_ptr_release(Session* session) noexcept {
  if (--session->references_ == 0) delete session;
}

Session::Session(SessionHost& host, Socket socket)
    : host_(host),
      socket_(std::move(socket)),
      position_(host.sessions.size()),
      reader_(host.limits.header_bytes) {
  host_.sessions.push_back(this);
  host_.shared.connections.fetch_add(1, std::memory_order_relaxed);
  host_.probe.connections.add(1);
}

Session::~Session() = default;

void Session::start() {
  deadline_ = host_.now + host_.limits.idle_time;
  read();
}

void Session::close() {
  if (state_ == State::closed) return;
  state_ = State::closed;

  // The last references may be among these: they go when everything else is done.
  Waiter waiter;
  const SessionRef kept = std::move(kept_alive_);
  const bool was_asking = ticket_ != 0 && host_.pending.take(ticket_, waiter);
  if (was_asking && !has_stream_head_) host_.probe.in_flight.add(-1);
  host_.feeds.leave(*this, host_.now);
  if (has_stream_head_) streams().add(-1);

  auto* last = host_.sessions.back();
  last->position_ = position_;
  host_.sessions[position_] = last;
  host_.sessions.pop_back();
  host_.shared.connections.fetch_sub(1, std::memory_order_relaxed);
  host_.probe.connections.add(-1);
  error_code ignored;
  socket_.close(ignored);
}

// ---- Reading ------------------------------------------------------------------------------------

void Session::read() {
  if (is_reading_) return;
  is_reading_ = true;
  const bool is_wanted = state_ == State::reading;
  const auto room = is_wanted ? reader_.room() : std::span<char>(host_.discarded);
  socket_.async_read_some(
      asio::buffer(room.data(), room.size()),
      [self = SessionRef(this)](const error_code& error, std::size_t count) {
        self->is_reading_ = false;
        self->on_read(error, count);
      });
}

void Session::on_read(const error_code& error, std::size_t count) {
  if (state_ == State::closed) return;
  if (error) {
    close();
    return;
  }
  switch (state_) {
    case State::reading:
      if (!reader_.has_begun()) begin_request();
      reader_.received(count);
      run();
      return;
    case State::lingering:
      lingered_ += count;
      if (lingered_ > limits::linger_bytes) {
        close();
        return;
      }
      read();
      return;
    case State::streaming:
      read();
      return;
    case State::handling:
    case State::waiting:
    case State::answered:
    case State::writing:
    case State::closed:
      return;
  }
}

void Session::begin_request() {
  host_.now = std::chrono::steady_clock::now();
  started_ = host_.now;
  deadline_ = started_ + host_.limits.read_time;
}

/// Goes on until it has to wait for somebody.
void Session::run() {
  for (;;) {
    if (state_ == State::answered) flush();
    if (state_ != State::reading) return;
    switch (reader_.next()) {
      case RequestReader::Step::need_more:
        read();
        return;
      case RequestReader::Step::head:
        on_head();
        break;
      case RequestReader::Step::complete:
        on_request();
        break;
      case RequestReader::Step::fault:
        refuse(reader_.fault().problem, reader_.fault().detail);
        break;
    }
  }
}

void Session::on_head() {
  const auto& head = reader_.head();
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  const engine::Timestamp now{std::chrono::duration_cast<std::chrono::milliseconds>(wall).count()};
  if (has_refusal_) {
    refusal_ = {};
    has_refusal_ = false;
  }
  has_refusal_ = !host_.admission.admit(head, now, admitted_, refusal_);
  is_admitted_ = true;
  must_close_ = !head.keep_alive;

  const auto body_bytes_max =
      admitted_.route < 0 || has_refusal_
          ? limits::body_bytes_default
          : host_.shared.router.routes()[static_cast<std::size_t>(admitted_.route)].body_bytes_max;
  const bool is_too_long = head.content_length.value_or(0) > body_bytes_max;
  if (has_refusal_ && (is_too_long || (head.expects_continue && head.has_body()))) {
    // The body is not worth reading; what of it is under way has to be read before the end, though.
    must_close_ = true;
    has_unread_input_ = true;
    answer(std::move(refusal_));
    return;
  }
  reader_.accept_body(body_bytes_max);
  if (head.expects_continue && head.has_body() && !is_too_long && !reader_.has_body_begun()) {
    // Every earlier answer is written, so these few bytes always fit.
    error_code ignored;
    socket_.write_some(asio::buffer("HTTP/1.1 100 Continue\r\n\r\n", 25), ignored);
  }
}

void Session::on_request() {
  admitted_.request.body = reader_.body();
  if (has_refusal_) {
    answer(std::move(refusal_));
    return;
  }
  if (admitted_.is_options) {
    answer_options();
    return;
  }
  handle(host_.shared.router.routes()[static_cast<std::size_t>(admitted_.route)].handler);
}

void Session::handle(const Handler& handler) {
  state_ = State::handling;
  try {
    handler(*this);
  } catch (const std::exception& failure) {
    finish_handling(failure.what());
    return;
  }
  finish_handling(nullptr);
}

void Session::go_on(Continuation& then, engine::Answer answer) {
  state_ = State::handling;
  try {
    then(*this, std::move(answer));
  } catch (const std::exception& failure) {
    finish_handling(failure.what());
    return;
  }
  finish_handling(nullptr);
}

/// `failure`: what the handler threw; null: it returned.
void Session::finish_handling(const char* failure) {
  if (failure != nullptr) {
    host_.log.warn("handler_failed", failure);
    // What it asked before it threw will be answered as it said.
    if (state_ != State::handling) return;
    auto response = make_response(500);
    fill_problem(
        response,
        ServerProblem::internal_error,
        "The log of the server says more under this request id.",
        request().request_id);
    answer(std::move(response));
  }
  // A handler that neither answers nor asks would keep its client waiting for ever.
  CAVEA_ASSERT(state_ != State::handling);
}

void Session::on_answer(Continuation then, engine::Answer answer) {
  if (state_ == State::streaming) return on_page(answer);
  if (state_ != State::waiting) return;
  ticket_ = 0;
  host_.probe.in_flight.add(-1);
  go_on(then, std::move(answer));
  run();
}

// ---- Writing ------------------------------------------------------------------------------------

std::size_t Session::output_size() const noexcept {
  return out_.size() + (shared_body_ != nullptr ? shared_body_->size() : large_body_.size());
}

Session::Buffers Session::unwritten(std::size_t skipped) const {
  const std::string& body = shared_body_ != nullptr ? *shared_body_ : large_body_;
  Buffers buffers{asio::buffer(out_), asio::buffer(body)};
  const auto in_first = std::min(skipped, out_.size());
  buffers[0] += in_first;
  buffers[1] += skipped - in_first;
  return buffers;
}

bool Session::write_now() {
  error_code error;
  std::size_t written = 0;
  if (large_body_.empty() && shared_body_ == nullptr) {
    written = socket_.write_some(asio::buffer(out_), error);
  } else {
    written = socket_.write_some(unwritten(0), error);
  }
  if (error && error != asio::error::would_block && error != asio::error::try_again) {
    close();
    return false;
  }
  if (written == output_size()) return true;

  const bool is_stream = state_ == State::streaming;
  if (is_stream) {
    is_stream_writing_ = true;
  } else {
    state_ = State::writing;
  }
  deadline_ = host_.now + host_.limits.write_time;
  asio::async_write(
      socket_,
      unwritten(written),
      [self = SessionRef(this), is_stream](const error_code& failure, std::size_t) {
        if (self->state_ == State::closed) return;
        if (failure) {
          self->close();
          return;
        }
        if (is_stream) {
          self->is_stream_writing_ = false;
          self->on_stream_written();
          self->pump();
          return;
        }
        self->on_written();
        self->run();
      });
  return false;
}

void Session::flush() {
  if (write_now()) on_written();
}

void Session::on_written() {
  out_.clear();
  if (out_.capacity() > limits::kept_buffer_bytes) out_ = {};
  large_body_ = {};
  if (closes_) {
    finish_connection();
    return;
  }
  reader_.take_off();
  is_admitted_ = false;
  state_ = State::reading;
  if (reader_.has_begun()) {
    begin_request();
  } else if (host_.is_draining) {
    close();
  } else {
    deadline_ = host_.now + host_.limits.idle_time;
  }
}

void Session::finish_connection() {
  if (!has_unread_input_) {
    close();
    return;
  }
  // To close with unread input would reset the connection, and the client might never see the
  // answer.
  state_ = State::lingering;
  deadline_ = host_.now + host_.limits.linger_time;
  error_code ignored;
  socket_.shutdown(asio::socket_base::shutdown_send, ignored);
  read();
}

// ---- Time ---------------------------------------------------------------------------------------

void Session::tick() {
  if (state_ == State::streaming) {
    tick_stream();
    return;
  }
  if (host_.now < deadline_) return;
  switch (state_) {
    case State::reading:
      if (!reader_.has_begun()) {
        close();
        return;
      }
      host_.probe.client_timeouts.add();
      refuse(ServerProblem::request_timeout, "The rest of the request did not arrive in time.");
      run();
      return;
    case State::writing:
      host_.probe.client_timeouts.add();
      close();
      return;
    case State::waiting:
      give_up_waiting();
      return;
    case State::lingering:
      close();
      return;
    case State::handling:
    case State::answered:
    case State::streaming:
    case State::closed:
      return;
  }
}

void Session::begin_drain() {
  if (state_ == State::reading && !reader_.has_begun()) {
    close();
    return;
  }
  if (state_ == State::streaming) {
    if (has_stream_head_) {
      pump();
    } else {
      close();
    }
  }
}

}  // namespace cavea::http
