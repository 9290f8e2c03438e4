#include "engine/check_in.hpp"

#include <doctest/doctest.h>

#include <string>

namespace cavea::engine {

namespace {

Scan scan(Passage passage, std::string nonce, std::int64_t at_ms = 1'000) {
  return {.passage = passage, .nonce = std::move(nonce), .gate = "North", .at = {at_ms}};
}

Scan entry(std::string nonce) {
  return scan(Passage::entry, std::move(nonce));
}

Scan exit_by(std::string nonce) {
  return scan(Passage::exit, std::move(nonce));
}

}  // namespace

TEST_CASE("a ticket lets one person in, out and in again") {
  TicketUse use;
  CheckIns counts;
  const auto shown = [&](const Scan& one) {
    auto after = use_ticket(use, one);
    if (!after) return std::string(name_of(after.error().reason));
    counts = count_use(counts, use, *after);
    use = std::move(*after);
    return std::to_string(counts.inside) + " of " + std::to_string(counts.entered) + " by "
           + std::to_string(use.entries);
  };
  CHECK(shown(exit_by("0")) == "ticket_is_outside");
  CHECK(shown(entry("1")) == "1 of 1 by 1");
  CHECK(shown(entry("2")) == "ticket_is_inside");
  CHECK(shown(entry("1")) == "1 of 1 by 1");
  CHECK(shown(exit_by("3")) == "0 of 1 by 1");
  CHECK(shown(exit_by("4")) == "ticket_is_outside");
  CHECK(shown(entry("1")) == "0 of 1 by 1");
  CHECK(shown(exit_by("1")) == "check_in_nonce_reused");
  CHECK(shown(entry("5")) == "1 of 1 by 2");
}

TEST_CASE("a refused ticket says since when somebody is in or out") {
  TicketUse use;
  CHECK(use_ticket(use, exit_by("0")).error().at == Timestamp{});
  use = *use_ticket(use, scan(Passage::entry, "1", 5'000));
  CHECK(use_ticket(use, scan(Passage::entry, "2", 9'000)).error().at == Timestamp{5'000});
  use = *use_ticket(use, scan(Passage::exit, "3", 7'000));
  CHECK(use_ticket(use, scan(Passage::exit, "4", 9'000)).error().at == Timestamp{7'000});
}

TEST_CASE("the newest scans of a ticket are known, and no more are kept") {
  TicketUse use;
  for (std::size_t i = 0; i < TicketUse::scans_max + 2; ++i) {
    use = *use_ticket(use, scan(i % 2 == 0 ? Passage::entry : Passage::exit, std::to_string(i)));
  }
  CHECK(use.scans.size() == TicketUse::scans_max);
  CHECK(find_scan(use, "1") == nullptr);
  REQUIRE(find_scan(use, "2") != nullptr);
  CHECK(find_scan(use, "2")->gate == "North");
  CHECK(use_ticket(use, entry("2")).value() == use);
}

TEST_CASE("passages are told by their names") {
  for (const auto passage : {Passage::entry, Passage::exit}) {
    CHECK(passage_from(name_of(passage)) == passage);
  }
  CHECK_FALSE(passage_from("in").has_value());
}

}  // namespace cavea::engine
