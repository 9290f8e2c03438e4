#pragma once

#include "engine/command_bus.hpp"
#include "http/cursor.hpp"
#include "http/page_stream.hpp"
#include "http/probe.hpp"

#include <string>

namespace cavea::http {

/// Appends a page of an inbox: `{"items":[...],"next":...,"unread":7}`.
void append_inbox(std::string& out, const engine::InboxPage& page, ListMark list);

/// The newest page of an inbox as Server-Sent Events: as it is, and whenever it changes.
class InboxStream final : public PageStream {
 public:
  /// `first` is the answer to `query`. `list` is the list whose cursors lead on from it.
  InboxStream(engine::ListInbox query, const engine::InboxPage& first, ListMark list);

  [[nodiscard]] engine::Gauge& followers(Probe& probe) const override {
    return probe.inbox_streams;
  }

 private:
  [[nodiscard]] engine::Query query() const override { return query_; }

  [[nodiscard]] bool append(const engine::Answer& answer) override;
  void append(const engine::InboxPage& page);

  engine::ListInbox query_;
  ListMark list_;
};

}  // namespace cavea::http
