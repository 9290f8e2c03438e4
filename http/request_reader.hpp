#pragma once

#include "http/exchange.hpp"
#include "http/server_problem.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cavea::http {

/// The start of a request: its line and fields. The views live until the request is taken off.
struct RequestHead {
  std::string_view method;
  std::string_view target;  ///< Path and query string, as it came.
  std::span<const HeaderField> fields;
  std::optional<std::uint64_t> content_length;
  bool is_chunked = false;
  bool keep_alive = true;
  bool is_http_1_1 = true;
  bool has_host = false;
  bool expects_continue = false;
  bool expects_other = false;  ///< `Expect` asks for something that nobody offers.

  [[nodiscard]] bool has_body() const noexcept {
    return is_chunked || content_length.value_or(0) > 0;
  }
};

/// Why bytes are not a request that we read.
struct ReadFault {
  ServerProblem problem{};
  std::string_view detail;
};

/// Turns bytes into requests, one after the other, without doing I/O itself: whoever owns the
/// socket fills `room()`, says how much came and asks for the next step. Fields and short bodies
/// stay where they were read; memory is kept from request to request.
class RequestReader {
 public:
  enum class Step : std::uint8_t {
    need_more = 0,  ///< Read into `room()`, tell by `received`.
    head = 1,       ///< `head()` is there: call `accept_body` (or give up) and go on.
    complete = 2,   ///< `head()` and `body()` are there: answer, then `take_off`.
    fault = 3,      ///< See `fault()`; the connection cannot be used any more.
  };

  explicit RequestReader(std::size_t header_bytes_max);
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  /// Where the next bytes go; never empty after `need_more`.
  [[nodiscard]] std::span<char> room();
  void received(std::size_t count) noexcept;

  [[nodiscard]] Step next();

  [[nodiscard]] const RequestHead& head() const noexcept { return head_; }

  [[nodiscard]] std::string_view body() const noexcept { return body_view_; }

  [[nodiscard]] const ReadFault& fault() const noexcept { return fault_; }

  /// After `head`: reads a body up to `bytes_max`; a longer one is the fault `body_too_large`.
  void accept_body(std::size_t bytes_max) noexcept;

  /// Whether any byte of a request is there that was not answered yet.
  [[nodiscard]] bool has_begun() const noexcept { return phase_ != Phase::header || filled_ != 0; }

  /// Whether a part of the body has come.
  [[nodiscard]] bool has_body_begun() const noexcept;

  /// Forgets the complete request; what came behind it is the start of the next one.
  void take_off();

  /// Gives memory back, for connections that will send no more requests.
  void release_memory();

 private:
  enum class Phase : std::uint8_t {
    header,
    head_given,
    sized_body,
    chunked_body,
    complete,
    broken
  };
  class Parser;

  Step next_head();
  Step next_sized_body();
  Step next_chunked_body();
  Step fail(ServerProblem problem, std::string_view detail);
  Step finish(std::string_view body, std::size_t end);
  bool parse_head(std::size_t length);
  void make_room_behind_head();
  void grow_to(std::size_t capacity);

  std::size_t header_bytes_max_;
  std::string buffer_;        ///< Header, and a body that fits behind it.
  std::size_t filled_ = 0;    ///< Bytes of `buffer_` that were read.
  std::size_t searched_ = 0;  ///< Up to here there is no end of the header.
  std::size_t head_end_ = 0;  ///< Where the header ends.
  std::size_t request_end_ = 0;
  std::string body_;  ///< A body that does not fit behind the header, or came in chunks.
  std::size_t body_filled_ = 0;
  std::string_view body_view_;
  std::size_t body_bytes_max_ = 0;
  std::array<HeaderField, limits::header_fields> fields_;
  RequestHead head_;
  ReadFault fault_;
  Phase phase_ = Phase::header;
  bool body_is_apart_ = false;
  std::unique_ptr<Parser> parser_;
};

}  // namespace cavea::http
