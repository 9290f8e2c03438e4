#include "http/change_stream.hpp"

#include "http/changes_cursor.hpp"
#include "http/json/change_codec.hpp"
#include "http/limits.hpp"
#include "http/problem.hpp"
#include "http/seat_feed_events.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace cavea::http {

namespace {

void append_end(std::string& out, std::string_view event, const Response& problem) {
  out.append("event: ").append(event).append("\ndata: ").append(problem.body).append("\n\n");
}

}  // namespace

ChangeStream::ChangeStream(
    engine::ListChanges query, const engine::ChangePage& first, TimePoint now)
    : query_(std::move(query)), ask_at_(now), over_at_(now + limits::change_stream_time) {
  query_.limit = std::min(query_.limit, limits::change_stream_events);
  query_.wait = {limits::change_wait_time.count()};
  append(first);
}

/// Only the end of a page is a place to go on from; who is cut off within it gets it again.
void ChangeStream::append(const engine::ChangePage& page) {
  for (std::size_t i = 0; i < page.events.size(); ++i) {
    if (i + 1 == page.events.size()) {
      text_.append("id: ").append(encode_changes_cursor(page.next)).append("\n");
    }
    text_.append("data: ");
    json::append_change(text_, page.events[i]);
    text_.append("\n\n");
  }
  const bool has_moved = query_.after != page.next;
  if (page.events.empty() && has_moved) {
    text_.append("id: ").append(encode_changes_cursor(page.next)).append("\n\n");
  } else if (page.events.empty()) {
    text_.append(comment_event);
  }
  query_.after = page.next;
}

bool ChangeStream::take(std::string& out) {
  if (text_.empty()) return false;
  if (out.empty()) {
    out.swap(text_);
    return true;
  }
  out.append(text_);
  text_.clear();
  return true;
}

std::optional<engine::ListChanges> ChangeStream::next_query(TimePoint now) {
  if (is_asking_ || has_ended_ || now < ask_at_) return std::nullopt;
  is_asking_ = true;
  return query_;
}

void ChangeStream::on_answer(const engine::Answer& answer, TimePoint now) {
  is_asking_ = false;
  if (const auto* page = std::get_if<engine::ChangePage>(&answer)) return append(*page);

  Response problem;
  if (const auto* gone = std::get_if<engine::ChangesGone>(&answer)) {
    write_gone(problem, encode_changes_cursor(gone->next), gone->oldest_at, {});
    append_end(text_, "gone", problem);
    has_ended_ = true;
    return;
  }
  const auto* refusal = std::get_if<engine::Refusal>(&answer);
  if (refusal != nullptr && engine::is_worth_retrying(refusal->reason)) {
    ask_at_ = now + limits::change_retry_time;
    return;
  }
  if (refusal != nullptr) write_refusal(problem, *refusal, {});
  append_end(text_, "end", problem);
  has_ended_ = true;
}

}  // namespace cavea::http
