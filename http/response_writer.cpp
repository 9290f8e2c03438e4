#include "http/response_writer.hpp"

#include "http/status.hpp"
#include "http/text.hpp"

#include <fmt/format.h>

#include <ctime>

namespace cavea::http {

void ResponseWriter::refresh_date(std::int64_t second) {
  constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array months{
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  date_second_ = second;
  const auto time = static_cast<std::time_t>(second);
  std::tm parts{};
  gmtime_r(&time, &parts);
  fmt::format_to_n(
      date_line_.data(),
      date_line_.size(),
      "Date: {}, {:02} {} {:04} {:02}:{:02}:{:02} GMT\r\n",
      days.at(static_cast<std::size_t>(parts.tm_wday)),
      parts.tm_mday,
      months.at(static_cast<std::size_t>(parts.tm_mon)),
      parts.tm_year + 1900,
      parts.tm_hour,
      parts.tm_min,
      parts.tm_sec);
}

void ResponseWriter::append_head(
    std::string& out, const ResponseHead& head, engine::Timestamp now) {
  const auto second = now.ms / 1000;
  if (second != date_second_) refresh_date(second);

  out.append(status_lines[status_index(head.status)].line);
  out.append(date_line_.data(), date_line_.size());
  if (!is_bodiless(head.status)) {
    if (!head.content_type.empty()) {
      out.append("Content-Type: ").append(head.content_type).append("\r\n");
    }
    if (!head.is_stream) {
      out.append("Content-Length: ");
      append_number(out, head.content_length);
      out.append("\r\n");
    }
  }
  out.append("X-Request-Id: ").append(head.request_id).append("\r\n");
  out.append(head.header_lines);
  if (head.closes) out.append("Connection: close\r\n");
  out.append("\r\n");
}

}  // namespace cavea::http
