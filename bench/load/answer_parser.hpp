#pragma once

#include <boost/beast/http/basic_parser.hpp>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cavea::bench {

/// Beast's parser with only what a load generator looks at: no map of fields, no copy of the body.
/// Used for one answer.
class AnswerParser final : public boost::beast::http::basic_parser<false> {
 public:
  AnswerParser() {
    eager(true);
    body_limit(boost::none);
  }

  unsigned code = 0;
  std::optional<std::uint32_t> retry_after_seconds;

  /// Where a body of known length begins and how much of it came; it lies in one piece in the
  /// buffer that was parsed, unless that moved meanwhile.
  const char* body_begin = nullptr;
  std::size_t body_length = 0;

  /// A body that came in chunks.
  std::string chunks;
  bool is_chunked = false;

 private:
  using Text = boost::beast::string_view;
  using Error = boost::beast::error_code;

  void on_request_impl(boost::beast::http::verb, Text, Text, int, Error&) override {}

  void on_response_impl(int status, Text, int, Error&) override {
    code = static_cast<unsigned>(status);
  }

  void on_field_impl(boost::beast::http::field name, Text, Text value, Error&) override {
    if (name != boost::beast::http::field::retry_after) return;
    std::uint32_t seconds = 0;
    const auto* end = value.data() + value.size();
    const auto [stopped_at, fault] = std::from_chars(value.data(), end, seconds);
    // A date, the other form that RFC 9110 (10.2.3) allows, counts as a second.
    retry_after_seconds = fault == std::errc() && stopped_at == end ? seconds : 1;
  }

  void on_header_impl(Error&) override {}

  void on_body_init_impl(const boost::optional<std::uint64_t>&, Error&) override {}

  std::size_t on_body_impl(Text part, Error&) override {
    if (body_begin == nullptr) body_begin = part.data();
    body_length += part.size();
    return part.size();
  }

  void on_chunk_header_impl(std::uint64_t, Text, Error&) override { is_chunked = true; }

  std::size_t on_chunk_body_impl(std::uint64_t, Text part, Error&) override {
    chunks.append(part.data(), part.size());
    return part.size();
  }

  void on_finish_impl(Error&) override {}
};

}  // namespace cavea::bench
