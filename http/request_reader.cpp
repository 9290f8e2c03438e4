#include "http/request_reader.hpp"

#include "engine/assert.hpp"
#include "http/text.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include <algorithm>
#include <cstring>

namespace cavea::http {

namespace {

namespace beast = boost::beast;

constexpr std::size_t first_buffer_bytes = 2 * 1024;

/// Room behind the longest header, so that most bodies need no buffer of their own.
constexpr std::size_t body_room_bytes = 4 * 1024;

/// How far the buffer for a body runs ahead of what has come: a client does not get memory by
/// promises.
constexpr std::size_t body_step_bytes = 32 * 1024;

std::string_view view_of(beast::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

/// Beast's parser, told to keep views instead of copies. Used for one request.
class RequestReader::Parser final : public beast::http::basic_parser<true> {
 public:
  Parser() {
    // Both bounds are ours to check: the header is complete when it comes here, and the limit of a
    // body depends on its route.
    header_limit(UINT32_MAX);
    body_limit(boost::none);
  }

  /// Where the fields go, how many there are, and whether all of them are in the buffer.
  std::array<HeaderField, limits::header_fields>* fields = nullptr;
  std::size_t field_count = 0;
  bool ignores_fields = false;  ///< They are known already; trailers are of no use to us.
  bool has_too_many = false;
  bool is_folded = false;
  bool has_doubt = false;  ///< Two hosts, or a transfer encoding that is not just `chunked`.
  bool has_transfer_encoding = false;
  std::string_view buffer;
  RequestHead head;
  std::string* body = nullptr;
  std::size_t body_bytes_max = 0;

 private:
  void on_request_impl(
      beast::http::verb,
      beast::string_view method,
      beast::string_view target,
      int version,
      beast::error_code& error) override {
    error = {};
    head.method = view_of(method);
    head.target = view_of(target);
    head.is_http_1_1 = version >= 11;
  }

  void on_response_impl(int, beast::string_view, int, beast::error_code&) override {}

  void on_field_impl(
      beast::http::field name,
      beast::string_view name_text,
      beast::string_view value,
      beast::error_code& error) override {
    error = {};
    if (ignores_fields) return;
    if (field_count == fields->size()) {
      has_too_many = true;
      error = beast::http::error::header_limit;
      return;
    }
    // A folded line (obsolete since RFC 7230) comes in a buffer that does not last; a server may
    // refuse it.
    if (!value.empty()
        && (value.data() < buffer.data() || value.data() >= buffer.data() + buffer.size())) {
      is_folded = true;
      error = beast::http::error::bad_value;
      return;
    }
    (*fields)[field_count++] = {view_of(name_text), view_of(value)};
    // Whoever is between us and the client may read these in another way than we do, and then a
    // request hides inside another one (RFC 9112, 6.1, 6.3 and 3.2).
    if (name == beast::http::field::host) {
      has_doubt = has_doubt || head.has_host;
      head.has_host = true;
    }
    if (name == beast::http::field::transfer_encoding) {
      has_doubt = has_doubt || has_transfer_encoding || !head.is_http_1_1
                  || !equal_ignoring_case(trimmed(view_of(value)), "chunked");
      has_transfer_encoding = true;
    }
    if (has_doubt) error = beast::http::error::bad_value;
    if (name == beast::http::field::expect) {
      const bool asks_to_go_on = equal_ignoring_case(view_of(value), "100-continue");
      (asks_to_go_on ? head.expects_continue : head.expects_other) = true;
    }
  }

  void on_header_impl(beast::error_code& error) override { error = {}; }

  void on_body_init_impl(const boost::optional<std::uint64_t>&, beast::error_code& error) override {
    error = {};
  }

  std::size_t on_body_impl(beast::string_view part, beast::error_code& error) override {
    error = {};
    return part.size();
  }

  void on_chunk_header_impl(std::uint64_t, beast::string_view, beast::error_code& error) override {
    error = {};
  }

  std::size_t on_chunk_body_impl(
      std::uint64_t, beast::string_view part, beast::error_code& error) override {
    error = {};
    if (body->size() + part.size() > body_bytes_max) {
      error = beast::http::error::body_limit;
      return 0;
    }
    body->append(part.data(), part.size());
    return part.size();
  }

  void on_finish_impl(beast::error_code& error) override { error = {}; }
};

RequestReader::RequestReader(std::size_t header_bytes_max) : header_bytes_max_(header_bytes_max) {}

RequestReader::~RequestReader() = default;

std::span<char> RequestReader::room() {
  if (phase_ == Phase::sized_body && body_is_apart_) {
    return {body_.data() + body_filled_, body_.size() - body_filled_};
  }
  if (filled_ == buffer_.size()) {
    grow_to(buffer_.empty() ? first_buffer_bytes : buffer_.size() * 2);
  }
  return {buffer_.data() + filled_, buffer_.size() - filled_};
}

void RequestReader::received(std::size_t count) noexcept {
  (phase_ == Phase::sized_body && body_is_apart_ ? body_filled_ : filled_) += count;
}

RequestReader::Step RequestReader::next() {
  switch (phase_) {
    case Phase::header:
      return next_head();
    case Phase::head_given:
      return Step::head;
    case Phase::sized_body:
      return next_sized_body();
    case Phase::chunked_body:
      return next_chunked_body();
    case Phase::complete:
      return Step::complete;
    case Phase::broken:
      return Step::fault;
  }
  return Step::fault;
}

RequestReader::Step RequestReader::next_head() {
  // Empty lines before a request are forgiven (RFC 9112, 2.2).
  std::size_t empty = 0;
  while (empty < filled_ && (buffer_[empty] == '\r' || buffer_[empty] == '\n')) ++empty;
  if (empty != 0) {
    std::memmove(buffer_.data(), buffer_.data() + empty, filled_ - empty);
    filled_ -= empty;
    searched_ = 0;
  }
  constexpr std::string_view mark = "\r\n\r\n";
  const auto begin = searched_ < mark.size() ? 0 : searched_ - (mark.size() - 1);
  const auto end = std::string_view(buffer_.data(), filled_).find(mark, begin);
  if (end == std::string_view::npos) {
    searched_ = filled_;
    if (filled_ < header_bytes_max_) return Step::need_more;
    return fail(
        ServerProblem::header_too_large, "The request line and header fields are too long.");
  }
  head_end_ = end + mark.size();
  if (head_end_ > header_bytes_max_) {
    return fail(
        ServerProblem::header_too_large, "The request line and header fields are too long.");
  }
  if (!parse_head(head_end_)) return Step::fault;
  phase_ = Phase::head_given;
  make_room_behind_head();
  return Step::head;
}

/// Whoever is given the head keeps views of it until its request is answered, so from there on the
/// buffer must not move.
void RequestReader::make_room_behind_head() {
  const auto length = head_.content_length.value_or(0);
  if (head_.is_chunked) {
    grow_to(head_end_ + body_room_bytes);
  } else if (length <= header_bytes_max_ + body_room_bytes - head_end_) {
    grow_to(head_end_ + length);
  }
}

bool RequestReader::parse_head(std::size_t length) {
  parser_ = nullptr;
  Parser parser;
  parser.fields = &fields_;
  parser.buffer = {buffer_.data(), length};
  beast::error_code error;
  const auto used = parser.put(boost::asio::const_buffer(buffer_.data(), length), error);
  if (parser.has_too_many) {
    fail(ServerProblem::header_too_large, "The request has too many header fields.");
    return false;
  }
  if (parser.is_folded) {
    fail(ServerProblem::invalid_request, "Header fields must not be folded over lines.");
    return false;
  }
  if (parser.has_doubt) {
    fail(
        ServerProblem::invalid_request,
        "'Host' must come once, and 'Transfer-Encoding' only as 'chunked' in HTTP/1.1.");
    return false;
  }
  if (error || used != length || !parser.is_header_done()) {
    fail(ServerProblem::invalid_request, "This is not a valid HTTP/1.1 request.");
    return false;
  }
  head_ = parser.head;
  head_.fields = {fields_.data(), parser.field_count};
  head_.is_chunked = parser.chunked();
  head_.keep_alive = parser.keep_alive();
  head_.content_length = std::nullopt;
  if (const auto content_length = parser.content_length()) head_.content_length = *content_length;
  if (head_.is_http_1_1 && !head_.has_host) {
    fail(ServerProblem::invalid_request, "The field 'Host' is missing.");
    return false;
  }
  return true;
}

void RequestReader::accept_body(std::size_t bytes_max) noexcept {
  CAVEA_ASSERT(phase_ == Phase::head_given);
  body_bytes_max_ = bytes_max;
  body_is_apart_ = false;
  body_filled_ = 0;
  body_.clear();
  phase_ = head_.is_chunked ? Phase::chunked_body : Phase::sized_body;
}

RequestReader::Step RequestReader::next_sized_body() {
  const auto length = head_.content_length.value_or(0);
  if (length > body_bytes_max_) {
    return fail(ServerProblem::body_too_large, "The body is longer than this address takes.");
  }
  if (!body_is_apart_) {
    const auto end = head_end_ + length;
    if (filled_ >= end) return finish({buffer_.data() + head_end_, length}, end);
    if (end <= buffer_.size()) return Step::need_more;
    body_is_apart_ = true;
    body_filled_ = filled_ - head_end_;
    body_.assign(buffer_, head_end_, body_filled_);
    filled_ = head_end_;
  }
  if (body_filled_ == length) return finish({body_.data(), length}, head_end_);
  body_.resize(std::min<std::size_t>(length, body_filled_ * 2 + body_step_bytes));
  return Step::need_more;
}

RequestReader::Step RequestReader::next_chunked_body() {
  if (parser_ == nullptr) {
    // The header is parsed once more, into this parser: chunks are too rare to keep a parser for
    // them.
    parser_ = std::make_unique<Parser>();
    parser_->ignores_fields = true;
    parser_->body = &body_;
    parser_->body_bytes_max = body_bytes_max_;
    beast::error_code error;
    parser_->put(boost::asio::const_buffer(buffer_.data(), head_end_), error);
    parser_->eager(true);
  }
  beast::error_code error;
  std::size_t used = 0;
  if (filled_ > head_end_) {
    used = parser_->put(
        boost::asio::const_buffer(buffer_.data() + head_end_, filled_ - head_end_), error);
  }
  // Behind the header stays only what the parser has not used yet.
  std::memmove(
      buffer_.data() + head_end_, buffer_.data() + head_end_ + used, filled_ - head_end_ - used);
  filled_ -= used;
  if (error == beast::http::error::body_limit) {
    return fail(ServerProblem::body_too_large, "The body is longer than this address takes.");
  }
  if (error && error != beast::http::error::need_more) {
    return fail(ServerProblem::invalid_request, "The chunks of the body are not valid.");
  }
  if (parser_->is_done()) return finish(body_, head_end_);
  // A chunk header with extensions, or trailers, that never end.
  if (filled_ - head_end_ >= body_room_bytes) {
    return fail(ServerProblem::invalid_request, "The chunks of the body are not valid.");
  }
  return Step::need_more;
}

RequestReader::Step RequestReader::finish(std::string_view body, std::size_t end) {
  body_view_ = body;
  request_end_ = end;
  phase_ = Phase::complete;
  return Step::complete;
}

RequestReader::Step RequestReader::fail(ServerProblem problem, std::string_view detail) {
  fault_ = {problem, detail};
  phase_ = Phase::broken;
  return Step::fault;
}

bool RequestReader::has_body_begun() const noexcept {
  return phase_ != Phase::header && (filled_ > head_end_ || body_filled_ > 0);
}

void RequestReader::grow_to(std::size_t capacity) {
  if (capacity <= buffer_.size()) return;
  const char* const old = buffer_.data();
  std::string grown(capacity, '\0');
  std::memcpy(grown.data(), old, filled_);
  buffer_.swap(grown);
  if (phase_ == Phase::header) return;

  // The head is parsed already: its views move with the bytes. `grown` keeps the old ones alive.
  const auto moved = [&](std::string_view view) {
    return view.empty() ? std::string_view{}
                        : std::string_view(buffer_.data() + (view.data() - old), view.size());
  };
  head_.method = moved(head_.method);
  head_.target = moved(head_.target);
  for (std::size_t i = 0; i < head_.fields.size(); ++i) {
    fields_[i] = {moved(fields_[i].name), moved(fields_[i].value)};
  }
}

void RequestReader::take_off() {
  CAVEA_ASSERT(phase_ == Phase::complete);
  const auto rest = filled_ - request_end_;
  if (rest != 0) std::memmove(buffer_.data(), buffer_.data() + request_end_, rest);
  filled_ = rest;
  searched_ = 0;
  phase_ = Phase::header;
  body_view_ = {};
  body_filled_ = 0;
  parser_ = nullptr;
  if (body_.capacity() > limits::kept_buffer_bytes) body_ = {};
}

void RequestReader::release_memory() {
  buffer_ = {};
  body_ = {};
  body_view_ = {};
  filled_ = 0;
  searched_ = 0;
  head_end_ = 0;
  phase_ = Phase::header;
  body_filled_ = 0;
  body_is_apart_ = false;
  parser_ = nullptr;
}

}  // namespace cavea::http
