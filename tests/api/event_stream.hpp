#pragma once

#include "tests/support/raw_connection.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace cavea::test {

/// An event of a stream (https://html.spec.whatwg.org/multipage/server-sent-events.html).
struct Event {
  std::string name;
  std::string id;
  nlohmann::json data;
};

/// A viewer of the seat feed of a performance, or of an inbox.
class EventStream {
 public:
  /// Asks for the feed; the test ends when it is not given. `last_event_id` empty: none.
  explicit EventStream(const std::string& performance, const std::string& last_event_id = {});

  /// The same for the inbox of whom the token is.
  [[nodiscard]] static EventStream of_inbox(const std::string& token);

  /// The next event; comments and retry times are left out. Throws when none comes.
  [[nodiscard]] Event next();

  /// Whether the node closes the stream without a further event.
  [[nodiscard]] bool is_over();

  /// The status line and the fields of the answer.
  [[nodiscard]] const std::string& head() const noexcept { return head_; }

 private:
  struct Request {
    std::string target;
    std::string fields;  ///< Lines, each with its end.
  };

  explicit EventStream(const Request& request);

  RawConnection connection_;
  std::string head_;
};

}  // namespace cavea::test
