#include "bench/load/connection.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

#include <algorithm>

namespace cavea::bench {

namespace asio = boost::asio;
using boost::system::error_code;

Connection::Connection(
    Context& context, const asio::ip::tcp::endpoint& server, ConnectionOwner& owner)
    : socket_(context.get_executor()), pause_(context), server_(server), owner_(owner) {}

template <class Then>
auto Connection::guarded(Then then) {
  return [this, generation = generation_, then](const error_code& error, auto... result) {
    if (generation != generation_) return;
    if (error) return broke(error.message());
    then(*this, result...);
  };
}

void Connection::submit() {
  attempts_ = 0;
  transmit();
}

void Connection::submit_after(Clock::duration pause) {
  attempts_ = 0;
  transmit_after(pause);
}

void Connection::transmit_after(Clock::duration pause) {
  is_waiting_ = false;
  pause_.expires_after(pause);
  pause_.async_wait([this](const error_code& error) {
    if (!error) transmit();
  });
}

void Connection::tick(TimePoint now) {
  if (!is_waiting_ || now - waiting_since_ < answer_time_max) return;
  broke("no answer in 30 s");
}

void Connection::close() {
  error_code ignored;
  socket_.close(ignored);
  pause_.cancel();
  is_open_ = false;
  is_waiting_ = false;
  ++generation_;
}

void Connection::transmit() {
  ++attempts_;
  is_waiting_ = true;
  waiting_since_ = Clock::now();
  if (!is_open_) return connect();
  written_ = 0;
  reader_.begin();
  write();
}

void Connection::connect() {
  socket_.async_connect(server_, guarded([](Connection& self) {
                          error_code ignored;
                          self.socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
                          self.socket_.non_blocking(true, ignored);
                          self.is_open_ = true;
                          self.written_ = 0;
                          self.reader_.begin();
                          self.write();
                        }));
}

void Connection::write() {
  // At once and without asking the reactor: a request of half a kilobyte always fits.
  error_code error;
  const asio::const_buffer rest(task_.bytes.data() + written_, task_.bytes.size() - written_);
  written_ += socket_.write_some(rest, error);
  if (error && error != asio::error::would_block) return broke(error.message());
  if (written_ == task_.bytes.size()) return read();
  socket_.async_wait(Socket::wait_write, guarded([](Connection& self) { self.write(); }));
}

void Connection::read() {
  const auto room = reader_.room();
  socket_.async_read_some(
      asio::buffer(room.data(), room.size()),
      guarded([](Connection& self, std::size_t count) { self.on_read(count); }));
}

void Connection::on_read(std::size_t count) {
  reader_.received(count);
  switch (reader_.next()) {
    case AnswerReader::Step::need_more:
      return read();
    case AnswerReader::Step::fault:
      return broke("the answer is not HTTP");
    case AnswerReader::Step::complete:
      break;
  }
  is_waiting_ = false;
  if (!reader_.answer().keep_alive) close();
  owner_.on_answer(*this, reader_.answer());
}

void Connection::broke(const std::string& why) {
  const bool was_open = is_open_;
  close();
  if (attempts_ >= attempts_max) return owner_.on_broken(*this, why);
  // A server may close a connection that was idle just when it is used again: no reason to wait.
  if (was_open && attempts_ == 1) return transmit();
  transmit_after(std::chrono::milliseconds(50) * (1U << std::min(attempts_, 6U)));
}

}  // namespace cavea::bench
