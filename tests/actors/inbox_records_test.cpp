#include "inbox_words.hpp"
#include "node_fixture.hpp"
#include "persistence/memory_store.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <variant>
#include <vector>

namespace cavea::tests {

TEST_CASE("What records of reservations tell and what is kept are one list, page by page") {
  persistence::MemoryStore store;
  NodeFixture world(store);
  world.start();
  world.create("yoga", sample_class(1'000));
  world.create("dance", sample_class(1'000));
  // Several at the same moment, too, in both classes; every third is given back at once.
  constexpr int count = 30;
  for (int i = 0; i < count; ++i) {
    if (i % 4 == 0) ++world.clock;
    const auto* const offering = i % 2 == 0 ? "yoga" : "dance";
    const auto made =
        reservation_of(world.carry_out(NodeFixture::claim(offering, "ada", engine::Quantity{1})));
    if (i % 3 == 0) world.carry_out(NodeFixture::cancel(made.reservation.id, "ada"));
  }
  constexpr std::size_t all = count + count / 3;
  static_assert(all <= 50, "told() reads one page");
  told(world, "ada", all);

  std::vector<engine::NotificationId> seen;
  std::vector<engine::Timestamp> times;
  engine::ListInbox query;
  query.user = "ada";
  query.limit = 7;
  do {
    const auto page = std::get<engine::InboxPage>(world.ask({query}));
    CHECK(page.unread == all);
    CHECK(page.entries.size() <= query.limit);
    for (const auto& entry : page.entries) {
      seen.push_back(entry.item.id);
      times.push_back(entry.item.at);
    }
    query.after = page.next;
  } while (query.after);
  CHECK(seen.size() == all);
  CHECK(std::is_sorted(times.rbegin(), times.rend()));
  std::sort(seen.begin(), seen.end());
  CHECK(std::adjacent_find(seen.begin(), seen.end()) == seen.end());

  engine::ChangePerson read;
  read.user = "ada";
  read.read_until = engine::Timestamp{world.clock - 1};
  world.carry_out({engine::RecordRequest{read}, {}});
  const auto page = inbox_of(world, "ada");
  const auto newer = std::count_if(
      times.begin(), times.end(), [&](engine::Timestamp at) { return at > *read.read_until; });
  CHECK(newer > 0);
  CHECK(page.unread == newer);
}

}  // namespace cavea::tests
