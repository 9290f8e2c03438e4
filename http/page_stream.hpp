#pragma once

#include "engine/command_bus.hpp"
#include "engine/measure.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cavea::http {

struct Probe;
struct Response;

/// What one follower is to be sent next, as Server-Sent Events. It pulls: the next page is asked of
/// the bus when the last one was taken, so a slow one costs no more memory than a page. Of one I/O
/// thread.
class PageStream {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  virtual ~PageStream() = default;
  PageStream(const PageStream&) = delete;
  PageStream& operator=(const PageStream&) = delete;

  /// Its time begins.
  void begin(TimePoint now);

  /// Moves what is to be written behind what is in `out`. False: there is nothing.
  [[nodiscard]] bool take(std::string& out);

  /// What to ask the bus for next; nothing while it is asked, or after it refused for a while.
  [[nodiscard]] std::optional<engine::Query> next_query(TimePoint now);

  /// The answer to the last query.
  void on_answer(const engine::Answer& answer, TimePoint now);

  /// Nothing follows what there is to write.
  [[nodiscard]] bool has_ended() const noexcept { return has_ended_; }

  /// Whether it has lasted for so long that the follower has to show its token again.
  [[nodiscard]] bool is_over(TimePoint now) const noexcept { return now >= over_at_; }

  /// Counts the followers of its kind.
  [[nodiscard]] virtual engine::Gauge& followers(Probe& probe) const = 0;

 protected:
  PageStream() = default;

  /// To be written next.
  [[nodiscard]] std::string& text() noexcept { return text_; }

  /// Ends with an event of that name that carries a problem.
  void end(std::string_view event, const Response& problem);

 private:
  [[nodiscard]] virtual engine::Query query() const = 0;

  /// Appends a page to `text`. False: it is none.
  [[nodiscard]] virtual bool append(const engine::Answer& answer) = 0;

  std::string text_;
  bool is_asking_ = false;
  bool has_ended_ = false;
  TimePoint ask_at_;  ///< Not before.
  TimePoint over_at_;
};

}  // namespace cavea::http
