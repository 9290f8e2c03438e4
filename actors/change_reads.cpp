#include "actors/change_reads.hpp"

#include "actors/limits.hpp"
#include "actors/turn_queue.hpp"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace cavea::actors {

void ChangeReads::answer(engine::ListChanges query, engine::ReturnAddress back) {
  const auto wait_ms = std::clamp<std::int64_t>(query.wait.ms, 0, limits::follower_wait_ms_max);
  const auto until_ms = wait_ms == 0 ? 0 : steady_ms() + wait_ms;
  if (wait_ms > 0 && feed_.waiting() >= limits::followers_max) {
    deliver(back, engine::Refusal(engine::Rejection::overloaded));
    return;
  }
  answer_until(std::move(query), until_ms, back);
}

void ChangeReads::answer_until(
    engine::ListChanges query, std::int64_t until_ms, engine::ReturnAddress back) {
  reads_.run(
      [this, query = std::move(query), until_ms, back](const persistence::StateReader& reader) {
        auto answer = ChangePageReader({reader, reads_, swept_, shard_count_, data_}, query).read();
        auto* page = std::get_if<engine::ChangePage>(&answer);
        const bool may_wait =
            page != nullptr && page->events.empty() && !page->has_more && steady_ms() < until_ms;
        if (may_wait) {
          wait(query, std::move(*page), until_ms, back);
        } else {
          deliver(back, std::move(answer));
        }
      },
      back);
}

/// Waits behind an empty page, which is the answer when nothing comes.
void ChangeReads::wait(
    engine::ListChanges query,
    engine::ChangePage page,
    std::int64_t until_ms,
    engine::ReturnAddress back) {
  std::vector<TurnFeed::Seen> seen;
  const auto first = page.next.part * engine::ChangesPosition::shards_per_part;
  for (std::size_t place = 0; place < page.next.read.size(); ++place) {
    seen.push_back(
        {{static_cast<std::uint16_t>(first + static_cast<int>(place))}, page.next.read[place]});
  }
  query.after = page.next;
  // Shared, because a function that is kept must be copyable.
  auto kept = std::make_shared<engine::ChangePage>(std::move(page));
  feed_.wake_after(
      std::move(seen),
      until_ms,
      [this, query = std::move(query), kept, until_ms, back](TurnFeed::Woken why) {
        switch (why) {
          case TurnFeed::Woken::by_more:
            return answer_until(query, until_ms, back);
          case TurnFeed::Woken::by_time:
            return deliver(back, std::move(*kept));
          case TurnFeed::Woken::by_stop:
            return deliver(back, engine::Refusal(engine::Rejection::not_ready));
        }
      });
}

}  // namespace cavea::actors
