#include "http/inbox_stream.hpp"

#include "http/handlers/answers.hpp"
#include "http/json/notification_codec.hpp"
#include "http/limits.hpp"
#include "http/seat_feed_events.hpp"

#include <string>
#include <utility>
#include <variant>

namespace cavea::http {

void append_inbox(std::string& out, const engine::InboxPage& page, ListMark list) {
  append_page(
      out,
      page.entries,
      page.next ? encode_cursor(list, *page.next) : std::string(),
      [](std::string& to, const auto& entry) { json::append_notification(to, entry); });
  // The page of an inbox says one thing more.
  out.back() = ',';
  out.append("\"unread\":").append(std::to_string(page.unread)).append("}");
}

InboxStream::InboxStream(engine::ListInbox query, const engine::InboxPage& first, ListMark list)
    : query_(std::move(query)), list_(list) {
  query_.wait = {limits::change_wait_time.count()};
  append(first);
}

void InboxStream::append(const engine::InboxPage& page) {
  if (page.version == query_.seen) {
    text().append(comment_event);
    return;
  }
  query_.seen = page.version;
  text().append("event: inbox\ndata: ");
  append_inbox(text(), page, list_);
  text().append("\n\n");
}

bool InboxStream::append(const engine::Answer& answer) {
  const auto* page = std::get_if<engine::InboxPage>(&answer);
  if (page != nullptr) append(*page);
  return page != nullptr;
}

}  // namespace cavea::http
