#pragma once

#include "bench/load/answer_reader.hpp"
#include "bench/load/clock.hpp"
#include "bench/load/task.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace cavea::bench {

class Connection;

/// Who is told what becomes of a task. Both may submit the next one at once.
class ConnectionOwner {
 public:
  /// The answer lives until the call returns or the next task is submitted.
  virtual void on_answer(Connection& connection, const Answer& answer) = 0;

  /// There was no answer, however often it was tried; `why` is a short text for people.
  virtual void on_broken(Connection& connection, const std::string& why) = 0;

 protected:
  ~ConnectionOwner() = default;
};

/// One kept-alive connection, which sends one request after the other and waits for each answer.
/// It connects when it has something to send, and connects again and repeats the request when it
/// broke: a request carries an `Idempotency-Key`, so that this does nothing twice. For the thread
/// of its `io_context`, which it must not outlive.
class Connection {
 public:
  /// How often one request is sent at most. The pauses between double from 0.1 s, so that a node
  /// has 6 s to come back.
  static constexpr unsigned attempts_max = 7;

  /// Without an answer for this long a connection counts as broken: three times what Cavea takes at
  /// most.
  static constexpr std::chrono::seconds answer_time_max{30};

  Connection(
      boost::asio::io_context& context,
      const boost::asio::ip::tcp::endpoint& server,
      ConnectionOwner& owner);

  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  [[nodiscard]] Task& task() noexcept { return task_; }

  /// Sends `task().bytes` now, or after a pause.
  void submit();
  void submit_after(Clock::duration pause);

  /// To be called from time to time: notices that no answer comes.
  void tick(TimePoint now);

  /// Ends it without telling the owner.
  void close();

 private:
  using Context = boost::asio::io_context;
  using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Context::executor_type>;

  void transmit();
  void transmit_after(Clock::duration pause);
  void connect();
  void write();
  void read();
  void on_read(std::size_t count);
  void broke(const std::string& why);

  /// A handler for asio that does nothing once the socket was closed meanwhile.
  template <class Then>
  auto guarded(Then then);

  Socket socket_;
  boost::asio::steady_timer pause_;
  boost::asio::ip::tcp::endpoint server_;
  ConnectionOwner& owner_;
  Task task_;
  AnswerReader reader_;
  std::size_t written_ = 0;
  std::uint32_t generation_ = 0;  ///< Of the socket.
  unsigned attempts_ = 0;
  bool is_open_ = false;
  bool is_waiting_ = false;  ///< For a connection or an answer, since:
  TimePoint waiting_since_;
};

}  // namespace cavea::bench
