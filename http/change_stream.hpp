#pragma once

#include "engine/command_bus.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace cavea::http {

/// What one follower of the event feed is to be sent next, as Server-Sent Events. It pulls: the
/// next page is asked for when the last one was taken, so a slow one costs no more memory than a
/// page. Of one I/O thread.
class ChangeStream {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// `first` is the answer to `query`, which is asked again from where it ends.
  ChangeStream(engine::ListChanges query, const engine::ChangePage& first, TimePoint now);

  /// Moves what is to be written behind what is in `out`. False: there is nothing.
  [[nodiscard]] bool take(std::string& out);

  /// What to ask the bus for next; nothing while it is asked, or after it refused for a while.
  [[nodiscard]] std::optional<engine::ListChanges> next_query(TimePoint now);

  /// The answer to the last query.
  void on_answer(const engine::Answer& answer, TimePoint now);

  /// Nothing follows what there is to write.
  [[nodiscard]] bool has_ended() const noexcept { return has_ended_; }

  /// Whether it has lasted for so long that the follower has to show its token again.
  [[nodiscard]] bool is_over(TimePoint now) const noexcept { return now >= over_at_; }

 private:
  void append(const engine::ChangePage& page);

  engine::ListChanges query_;
  std::string text_;
  bool is_asking_ = false;
  bool has_ended_ = false;
  TimePoint ask_at_;  ///< Not before.
  TimePoint over_at_;
};

}  // namespace cavea::http
