#include "http/seat_feed.hpp"

#include "engine/assert.hpp"
#include "http/seat_feed_events.hpp"

#include <utility>

namespace cavea::http {

// ---- One feed -----------------------------------------------------------------------------------

void SeatFeed::on_subscribed() noexcept {
  // A feed that was live keeps what it knows until the new snapshot says what became of it.
  state_ = State::waiting;
}

void SeatFeed::add(FeedViewer& viewer, engine::Version last_seen) {
  viewer.feed_ = this;
  viewer.position_in_feed_ = viewers_.size();
  viewer.last_seen_ = last_seen;
  viewers_.push_back(&viewer);
  if (definition_ != nullptr) place(viewer);
}

void SeatFeed::remove(FeedViewer& viewer) noexcept {
  auto& last = viewers_.back();
  last->position_in_feed_ = viewer.position_in_feed_;
  viewers_[viewer.position_in_feed_] = last;
  viewers_.pop_back();
  viewer.feed_ = nullptr;
}

/// Where a viewer goes on: behind what it has seen if that is still there, else at a snapshot.
void SeatFeed::place(FeedViewer& viewer) {
  viewer.must_fetch_map_ = false;
  viewer.needs_snapshot_ = false;
  viewer.next_delta_ = end_of_deltas();
  if (viewer.last_seen_ == version_) return;

  for (std::size_t i = 0; i < deltas_.size(); ++i) {
    if (deltas_[i].previous != viewer.last_seen_) continue;
    viewer.next_delta_ = first_delta_ + i;
    return;
  }
  viewer.needs_snapshot_ = true;
}

FeedNews SeatFeed::pull(FeedViewer& viewer, std::string& text, Probe& probe) {
  FeedNews news;
  if (state_ == State::ended) {
    append_end_event(text, end_reason_);
    news.has_ended = true;
    return news;
  }
  if (definition_ == nullptr) return news;

  if (viewer.next_delta_ < first_delta_) viewer.needs_snapshot_ = true;
  if (viewer.needs_snapshot_) {
    // While a new snapshot is on its way, the old one would only have to be corrected.
    if (map_has_changed_) return news;
    if (viewer.must_fetch_map_) append_map_event(text, version_);
    if (snapshot_text_ == nullptr) {
      auto made = std::make_shared<std::string>();
      append_snapshot_event(*made, version_, *definition_, states_);
      snapshot_text_ = std::move(made);
    }
    news.snapshot = snapshot_text_;
    viewer.needs_snapshot_ = false;
    viewer.must_fetch_map_ = false;
    viewer.next_delta_ = end_of_deltas();
    probe.feed_snapshots.add();
    return news;
  }
  const auto begin = text.size();
  while (viewer.next_delta_ < end_of_deltas() && text.size() - begin < limits::feed_write_bytes) {
    text.append(deltas_[viewer.next_delta_ - first_delta_].text);
    ++viewer.next_delta_;
    probe.feed_deltas.add();
  }
  return news;
}

void SeatFeed::forget_deltas() {
  first_delta_ = end_of_deltas();
  deltas_.clear();
  delta_bytes_ = 0;
}

bool SeatFeed::on_snapshot(const engine::SeatsView& view) {
  // After an unsubscription an old snapshot may still be under way; it is as good as any.
  const bool is_first = definition_ == nullptr;
  const bool is_same = !is_first && !map_has_changed_ && view.version == version_;
  state_ = State::live;
  if (is_same) return false;

  version_ = view.version;
  definition_ = view.definition;
  states_ = view.states;
  snapshot_text_ = nullptr;
  forget_deltas();
  for (auto* viewer : viewers_) {
    if (is_first) {
      place(*viewer);
      continue;
    }
    viewer->needs_snapshot_ = true;
    viewer->must_fetch_map_ = viewer->must_fetch_map_ || map_has_changed_;
  }
  map_has_changed_ = false;
  tell_all();
  return false;
}

bool SeatFeed::on_delta(const engine::SeatDelta& delta) {
  if (state_ != State::live) return false;
  if (delta.version <= version_) return false;  // The snapshot had it already.
  if (delta.definition_changed) {
    map_has_changed_ = true;
    return true;
  }
  // The bus promises that none is missing; if one were, wrong seats would be shown for hours.
  if (delta.previous != version_) return true;

  for (const auto& change : delta.changes) {
    if (change.place.value >= states_.size()) return true;
    states_[change.place.value] = change.state;
  }
  version_ = delta.version;
  snapshot_text_ = nullptr;
  auto& added = deltas_.emplace_back(Delta{delta.previous, {}});
  append_delta_event(added.text, delta, *definition_);
  delta_bytes_ += added.text.size();
  while (deltas_.size() > limits::feed_deltas || delta_bytes_ > limits::feed_delta_bytes) {
    delta_bytes_ -= deltas_.front().text.size();
    deltas_.pop_front();
    ++first_delta_;
  }
  tell_all();
  return false;
}

void SeatFeed::on_refusal(const engine::Refusal& refusal) {
  if (definition_ == nullptr) {
    state_ = State::refused;
    const auto refused = std::exchange(viewers_, {});
    for (auto* viewer : refused) viewer->feed_ = nullptr;
    for (auto* viewer : refused) viewer->on_feed_refused(refusal);
    return;
  }
  const bool is_gone = refusal.reason == engine::Rejection::offering_not_found
                       || refusal.reason == engine::Rejection::claim_kind_not_offered;
  if (!is_gone) {
    state_ = State::lost;
    return;
  }
  state_ = State::ended;
  end_reason_ = engine::name_of(refusal.reason);
  tell_all();
}

void SeatFeed::tell_all() {
  // From the back, because a viewer that leaves is replaced by the last one, who was told before.
  for (std::size_t i = viewers_.size(); i-- > 0;) viewers_[i]->on_feed_news();
}

// ---- All feeds of a thread ----------------------------------------------------------------------

void SeatFeeds::subscribe(SeatFeed& feed) {
  feed.on_subscribed();
  bus_.subscribe({feed.offering_}, &sink_);
}

void SeatFeeds::subscribe_anew(SeatFeed& feed) {
  bus_.unsubscribe({feed.offering_}, &sink_);
  subscribe(feed);
}

void SeatFeeds::join(
    FeedViewer& viewer, const engine::OfferingId& offering, engine::Version last_seen) {
  CAVEA_ASSERT(viewer.feed_ == nullptr);
  auto& feed = feeds_[offering];
  const bool is_over =
      feed != nullptr && feed->viewers_.empty()
      && (feed->state() == SeatFeed::State::refused || feed->state() == SeatFeed::State::ended);
  if (feed == nullptr || is_over) {
    feed = std::make_unique<SeatFeed>(offering);
    subscribe(*feed);
  }
  feed->add(viewer, last_seen);
  if (feed->definition_ != nullptr) viewer.on_feed_news();
}

void SeatFeeds::leave(FeedViewer& viewer, TimePoint now) {
  if (viewer.feed_ == nullptr) return;
  auto& feed = *viewer.feed_;
  feed.remove(viewer);
  if (feed.viewers_.empty()) feed.empty_since_ = now;
}

FeedNews SeatFeeds::pull(FeedViewer& viewer, std::string& text) {
  CAVEA_ASSERT(viewer.feed_ != nullptr);
  return viewer.feed_->pull(viewer, text, probe_);
}

void SeatFeeds::publish(const engine::OfferingId& offering, const engine::FeedItem& item) {
  const auto found = feeds_.find(offering);
  if (found == feeds_.end()) return;  // It came too late: nobody watches any more.
  auto& feed = *found->second;
  bool must_subscribe_anew = false;
  if (const auto* view = std::get_if<std::shared_ptr<const engine::SeatsView>>(&item)) {
    must_subscribe_anew = feed.on_snapshot(**view);
  } else if (const auto* delta = std::get_if<std::shared_ptr<const engine::SeatDelta>>(&item)) {
    must_subscribe_anew = feed.on_delta(**delta);
  } else {
    feed.on_refusal(std::get<engine::Refusal>(item));
  }
  if (must_subscribe_anew) subscribe_anew(feed);
}

void SeatFeeds::tick(TimePoint now) {
  std::size_t kept_idle = 0;
  for (auto at = feeds_.begin(); at != feeds_.end();) {
    auto& feed = *at->second;
    const bool is_subscribed =
        feed.state() == SeatFeed::State::waiting || feed.state() == SeatFeed::State::live;
    if (!feed.viewers_.empty()) {
      if (feed.state() == SeatFeed::State::lost) subscribe(feed);
      ++at;
      continue;
    }
    const bool may_stay =
        is_subscribed && now - feed.empty_since_ < linger_time_ && kept_idle < limits::idle_feeds;
    if (may_stay) {
      ++kept_idle;
      ++at;
      continue;
    }
    if (is_subscribed) bus_.unsubscribe({feed.offering_}, &sink_);
    at = feeds_.erase(at);
  }
}

void SeatFeeds::clear() {
  for (auto& [offering, feed] : feeds_) {
    CAVEA_ASSERT(feed->viewers_.empty());
    const bool is_subscribed =
        feed->state() == SeatFeed::State::waiting || feed->state() == SeatFeed::State::live;
    if (is_subscribed) bus_.unsubscribe({offering}, &sink_);
  }
  feeds_.clear();
}

}  // namespace cavea::http
