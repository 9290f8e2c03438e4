#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace cavea::http {

/// A status that the server may answer with, and its line as it is sent.
struct StatusLine {
  unsigned status = 0;
  std::string_view line;
};

/// In ascending order, so that a status has a dense index for counters.
inline constexpr std::array status_lines{
    StatusLine{200, "HTTP/1.1 200 OK\r\n"},
    StatusLine{201, "HTTP/1.1 201 Created\r\n"},
    StatusLine{202, "HTTP/1.1 202 Accepted\r\n"},
    StatusLine{204, "HTTP/1.1 204 No Content\r\n"},
    StatusLine{304, "HTTP/1.1 304 Not Modified\r\n"},
    StatusLine{400, "HTTP/1.1 400 Bad Request\r\n"},
    StatusLine{401, "HTTP/1.1 401 Unauthorized\r\n"},
    StatusLine{403, "HTTP/1.1 403 Forbidden\r\n"},
    StatusLine{404, "HTTP/1.1 404 Not Found\r\n"},
    StatusLine{405, "HTTP/1.1 405 Method Not Allowed\r\n"},
    StatusLine{408, "HTTP/1.1 408 Request Timeout\r\n"},
    StatusLine{409, "HTTP/1.1 409 Conflict\r\n"},
    StatusLine{410, "HTTP/1.1 410 Gone\r\n"},
    StatusLine{412, "HTTP/1.1 412 Precondition Failed\r\n"},
    StatusLine{413, "HTTP/1.1 413 Content Too Large\r\n"},
    StatusLine{415, "HTTP/1.1 415 Unsupported Media Type\r\n"},
    StatusLine{417, "HTTP/1.1 417 Expectation Failed\r\n"},
    StatusLine{422, "HTTP/1.1 422 Unprocessable Content\r\n"},
    StatusLine{428, "HTTP/1.1 428 Precondition Required\r\n"},
    StatusLine{429, "HTTP/1.1 429 Too Many Requests\r\n"},
    StatusLine{431, "HTTP/1.1 431 Request Header Fields Too Large\r\n"},
    StatusLine{500, "HTTP/1.1 500 Internal Server Error\r\n"},
    StatusLine{501, "HTTP/1.1 501 Not Implemented\r\n"},
    StatusLine{503, "HTTP/1.1 503 Service Unavailable\r\n"}};

inline constexpr std::size_t status_count = status_lines.size();

/// Position in `status_lines`; that of 500 for a status that is not there, which no handler gives.
[[nodiscard]] constexpr std::size_t status_index(unsigned status) noexcept {
  std::size_t internal_error = 0;
  for (std::size_t i = 0; i < status_count; ++i) {
    if (status_lines[i].status == status) return i;
    if (status_lines[i].status == 500) internal_error = i;
  }
  return internal_error;
}

/// Whether an answer with this status has no body at all (RFC 9110, 6.4.1).
[[nodiscard]] constexpr bool is_bodiless(unsigned status) noexcept {
  return status == 204 || status == 304;
}

}  // namespace cavea::http
