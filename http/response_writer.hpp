#pragma once

#include "engine/ids.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cavea::http {

/// What the head of an answer says.
struct ResponseHead {
  unsigned status = 200;
  std::string_view content_type;  ///< Empty: there is no body.
  std::size_t content_length = 0;
  bool is_stream = false;  ///< No length: the body ends with the connection.
  bool closes = false;     ///< The connection ends after this answer.
  std::string_view request_id;
  std::string_view header_lines;  ///< Complete lines.
};

/// Writes heads as bytes; keeps the text of `Date`, which changes once a second. Not thread-safe.
class ResponseWriter {
 public:
  /// Appends the head with its empty line.
  void append_head(std::string& out, const ResponseHead& head, engine::Timestamp now);

 private:
  void refresh_date(std::int64_t second);

  std::int64_t date_second_ = -1;
  std::array<char, 37>
      date_line_{};  ///< "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n" (RFC 9110, 5.6.7)
};

}  // namespace cavea::http
