#include "bench/load/rush_buyers.hpp"

#include "bench/load/answer_scan.hpp"
#include "bench/load/random.hpp"

#include <fmt/format.h>

namespace cavea::bench {

bool RushBuyers::next(Task& task) {
  const auto buyer = plan_.buyers_begun.fetch_add(1, std::memory_order_relaxed);
  if (buyer >= plan_.buyers) return false;
  // What a buyer wants depends on the seed and their number only, not on who came before.
  Random random(Random(plan_.seed).next() + buyer);
  task.number = buyer;
  task.party = 1 + static_cast<std::uint32_t>(random.below(party_max));
  const auto first = plan_.house.pick(task.party, random);
  std::string claim = "\"seats\":[";
  for (std::uint32_t i = 0; i < task.party && first + i < plan_.house.seat_count(); ++i) {
    if (i > 0) claim += ',';
    claim += '"' + plan_.house.label(first + i) + '"';
  }
  ask(task, named_seats, claim + "]");
  return true;
}

Verdict RushBuyers::judge(Task& task, const Answer& answer) {
  if (answer.status == 201) {
    const auto reservation = scan_reservation(answer.body);
    if (!reservation || !reservation->is_confirmed) return {};
    acknowledged_.push_back(reservation->id);
    if (!take_seats(task, answer.body)) return {};
    return {.outcome = Outcome::confirmed, .problem = {}};
  }
  const auto problem = answer.status == 409 ? scan_problem(answer.body) : std::string_view();
  if (problem.empty()) return {};
  const bool gives_up = task.stage == best_available;
  if (!gives_up) {
    ask(task, best_available, fmt::format(R"("best_available":{{"party_size":{}}})", task.party));
  }
  return {.outcome = Outcome::refused, .problem = problem, .goes_on = !gives_up};
}

void RushBuyers::ask(Task& task, Stage stage, std::string_view claim) {
  task.stage = stage;
  const ReservationRequests::Claim body(
      fmt::format(R"({{"items":[{{"offering":"{}",{}}}]}})", plan_.offering, claim));
  plan_.requests.write(task.bytes, task.number, task.number * stages + stage, body);
}

bool RushBuyers::take_seats(const Task& task, std::string_view body) {
  const auto labels = scan_seats(body);
  for (const auto label : labels) {
    const auto seat = plan_.house.seat_of(label);
    if (seat == plan_.house.seat_count()) return false;
    seats_.push_back(seat);
  }
  const auto before = plan_.seats_confirmed.fetch_add(labels.size(), std::memory_order_relaxed);
  if (before + labels.size() == plan_.house.seat_count()) plan_.sold_out_at = Clock::now();
  return labels.size() == task.party;
}

}  // namespace cavea::bench
