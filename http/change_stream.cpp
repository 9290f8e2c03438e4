#include "http/change_stream.hpp"

#include "http/changes_cursor.hpp"
#include "http/exchange.hpp"
#include "http/json/change_codec.hpp"
#include "http/limits.hpp"
#include "http/problem.hpp"
#include "http/seat_feed_events.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace cavea::http {

ChangeStream::ChangeStream(engine::ListChanges query, const engine::ChangePage& first)
    : query_(std::move(query)) {
  query_.limit = std::min(query_.limit, limits::change_stream_events);
  query_.wait = {limits::change_wait_time.count()};
  append(first);
}

/// Only the end of a page is a place to go on from; who is cut off within it gets it again.
void ChangeStream::append(const engine::ChangePage& page) {
  for (std::size_t i = 0; i < page.events.size(); ++i) {
    if (i + 1 == page.events.size()) {
      text().append("id: ").append(encode_changes_cursor(page.next)).append("\n");
    }
    text().append("data: ");
    json::append_change(text(), page.events[i]);
    text().append("\n\n");
  }
  const bool has_moved = query_.after != page.next;
  if (page.events.empty() && has_moved) {
    text().append("id: ").append(encode_changes_cursor(page.next)).append("\n\n");
  } else if (page.events.empty()) {
    text().append(comment_event);
  }
  query_.after = page.next;
}

bool ChangeStream::append(const engine::Answer& answer) {
  if (const auto* gone = std::get_if<engine::ChangesGone>(&answer)) {
    Response problem;
    write_gone(problem, encode_changes_cursor(gone->next), gone->oldest_at, {});
    end("gone", problem);
    return true;
  }
  const auto* page = std::get_if<engine::ChangePage>(&answer);
  if (page != nullptr) append(*page);
  return page != nullptr;
}

}  // namespace cavea::http
