#include "bench/load/answer_reader.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>

namespace cavea::bench {
namespace {

/// An answer to a reservation has about 700 bytes; a page of 200 of them lets the buffer grow.
constexpr std::size_t first_buffer_bytes = 4 * 1024;

}  // namespace

void AnswerReader::begin() {
  filled_ = 0;
  parsed_ = 0;
  body_offset_ = 0;
  parser_.emplace();
}

std::span<char> AnswerReader::room() {
  if (filled_ == buffer_.size()) {
    buffer_.resize(buffer_.empty() ? first_buffer_bytes : buffer_.size() * 2);
  }
  return {buffer_.data() + filled_, buffer_.size() - filled_};
}

AnswerReader::Step AnswerReader::next() {
  namespace http = boost::beast::http;
  while (parsed_ < filled_) {
    boost::beast::error_code error;
    const auto taken =
        parser_->put(boost::asio::const_buffer(buffer_.data() + parsed_, filled_ - parsed_), error);
    if (body_offset_ == 0 && parser_->body_begin != nullptr) {
      body_offset_ = static_cast<std::size_t>(parser_->body_begin - buffer_.data());
    }
    parsed_ += taken;
    if (error && error != http::error::need_more) return Step::fault;
    if (parser_->is_done()) return finish();
    if (error || taken == 0) return Step::need_more;
  }
  return Step::need_more;
}

AnswerReader::Step AnswerReader::finish() {
  // Nobody asked for more than one answer: what comes behind it belongs to nothing.
  if (parsed_ != filled_) return Step::fault;
  const std::string_view in_buffer(buffer_.data() + body_offset_, parser_->body_length);
  answer_ = {
      .status = parser_->code,
      .body = parser_->is_chunked ? std::string_view(parser_->chunks) : in_buffer,
      .retry_after_seconds = parser_->retry_after_seconds,
      .keep_alive = parser_->keep_alive()};
  return Step::complete;
}

}  // namespace cavea::bench
