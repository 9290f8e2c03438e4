#pragma once

#include "http/exchange.hpp"
#include "http/page_stream.hpp"
#include "http/request_reader.hpp"
#include "http/session_host.hpp"

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace cavea::http {

using Socket =
    boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

/// One connection: reads a request, has it answered, writes the answer, and so on; or streams a
/// seat feed or the event feed. One request is in work at a time, what a client pipelines waits in
/// its socket. Lives on one I/O thread, held by its pending operations and by the answers it waits
/// for.
class Session final : public Exchange, public FeedViewer {
 public:
  Session(SessionHost& host, Socket socket);
  ~Session() override;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Begins to read.
  void start();

  /// Tells the client that there are too many connections, and ends.
  void start_refused();

  /// Enforces deadlines and keeps quiet streams alive.
  void tick();

  /// Ends as soon as what runs is answered.
  void begin_drain();

  void close();

  /// The answer to the ticket that this session held.
  void on_answer(Continuation then, engine::Answer answer);

  [[nodiscard]] const Request& request() const noexcept override { return admitted_.request; }

  [[nodiscard]] Response make_response(unsigned status) override;
  void reply(Response response) override;
  void submit(engine::CommandRequest command, Continuation then) override;
  void query(engine::Query query, Continuation then) override;
  void stream_seats(
      const engine::OfferingId& offering,
      engine::Version last_event_id,
      Continuation refused) override;

  void stream_pages(std::unique_ptr<PageStream> pages) override;

  void on_feed_news() override;
  void on_feed_refused(const engine::Refusal& refusal) override;

 private:
  friend void intrusive_ptr_add_ref(Session* session) noexcept;
  friend void intrusive_ptr_release(Session* session) noexcept;

  enum class State : std::uint8_t {
    reading = 0,   ///< Waits for a request or more of it.
    handling = 1,  ///< A handler or continuation runs.
    waiting = 2,   ///< For the bus.
    answered = 3,  ///< The answer is in `out_`.
    writing = 4,   ///< The socket takes no more for now.
    streaming = 5,
    lingering = 6,  ///< All is written; reads on so that the client sees it.
    closed = 7,
  };

  // Reading.
  void run();
  void read();
  void on_read(const boost::system::error_code& error, std::size_t count);
  void begin_request();
  void on_head();
  void on_request();
  void handle(const Handler& handler);
  void go_on(Continuation& then, engine::Answer answer);
  void finish_handling(const char* failure);

  // Answering.
  void answer(Response response);
  void refuse(ServerProblem problem, std::string_view detail);
  void answer_options();
  void compress(Response& response);
  void count(unsigned status, std::size_t body_bytes);
  void wait_for_answer(bool is_command, Continuation then, std::uint64_t& ticket);
  void give_up_waiting();

  // Writing.
  using Buffers = std::array<boost::asio::const_buffer, 2>;
  [[nodiscard]] Buffers unwritten(std::size_t skipped) const;
  [[nodiscard]] std::size_t output_size() const noexcept;
  /// True: all was written. False: the rest is on its way, or the connection is closed.
  [[nodiscard]] bool write_now();
  void flush();
  void on_written();
  void finish_connection();

  // Streaming.
  void pump();
  void begin_stream();
  void on_stream_written();
  void tick_stream();
  void pull();
  void pull_pages();
  void on_page(const engine::Answer& answer);
  [[nodiscard]] engine::Gauge& streams();

  SessionHost& host_;
  Socket socket_;
  State state_ = State::reading;
  std::uint32_t references_ = 0;
  std::size_t position_;  ///< In `SessionHost::sessions`.
  std::chrono::steady_clock::time_point deadline_;
  std::chrono::steady_clock::time_point started_;  ///< When the first byte of the request came.

  RequestReader reader_;
  AdmittedRequest admitted_;
  Response refusal_;  ///< What to answer once the body is read.
  bool has_refusal_ = false;
  bool is_admitted_ = false;  ///< `admitted_` belongs to the request being read.
  bool is_reading_ = false;   ///< A read is pending.
  bool must_close_ = false;   ///< After the next answer.
  bool closes_ = false;       ///< `out_` says so.
  bool has_unread_input_ = false;
  bool asks_command_ = false;
  std::uint64_t ticket_ = 0;  ///< 0: none.
  std::size_t lingered_ = 0;

  std::string out_;
  std::string large_body_;                          ///< Written behind `out_`.
  std::shared_ptr<const std::string> shared_body_;  ///< The same, shared with other viewers.
  std::string spare_body_;                          ///< Capacity for the next response.
  std::string spare_lines_;

  std::unique_ptr<PageStream> pages_;  ///< Null: it streams seats, or nothing.
  Continuation feed_refused_;
  SessionRef kept_alive_;  ///< Itself, while it waits for a feed.
  bool has_stream_head_ = false;
  bool is_stream_writing_ = false;
  std::chrono::steady_clock::time_point last_written_;
};

}  // namespace cavea::http
