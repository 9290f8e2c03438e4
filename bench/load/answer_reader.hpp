#pragma once

#include "bench/load/answer_parser.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cavea::bench {

/// An answer as it came; the view lives until the next one is read.
struct Answer {
  unsigned status = 0;
  std::string_view body;
  std::optional<std::uint32_t> retry_after_seconds;
  bool keep_alive = true;

  [[nodiscard]] bool is_success() const noexcept { return status >= 200 && status < 300; }
};

/// Turns bytes into answers, one after the other, without doing I/O itself; its memory is kept from
/// answer to answer.
class AnswerReader {
 public:
  enum class Step : std::uint8_t {
    need_more = 0,  ///< Read into `room()`, tell by `received`.
    complete = 1,   ///< `answer()` is there; `begin` goes on to the next one.
    fault = 2,      ///< What came is no HTTP answer.
  };

  AnswerReader() { begin(); }

  /// Forgets what came and waits for an answer from its first byte.
  void begin();

  /// Where the next bytes go; never empty.
  [[nodiscard]] std::span<char> room();

  void received(std::size_t count) noexcept { filled_ += count; }

  [[nodiscard]] Step next();

  [[nodiscard]] const Answer& answer() const noexcept { return answer_; }

 private:
  Step finish();

  std::string buffer_;
  std::size_t filled_ = 0;
  std::size_t parsed_ = 0;
  std::optional<AnswerParser> parser_;
  std::size_t body_offset_ = 0;  ///< Of the body in the buffer, which may move when it grows.
  Answer answer_;
};

}  // namespace cavea::bench
