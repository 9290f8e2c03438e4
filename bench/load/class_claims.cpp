#include "bench/load/class_claims.hpp"

#include "bench/load/answer_scan.hpp"

namespace cavea::bench {

bool ClassClaims::next(Task& task) {
  const auto number = plan_.begun.fetch_add(1, std::memory_order_relaxed);
  if (number >= plan_.count_max) return false;
  const auto count = plan_.claims.size();
  const auto chosen =
      plan_.order == ClaimPlan::Order::random ? random_.below(count) : number % count;
  task.number = number;
  plan_.requests.write(task.bytes, number, number, plan_.claims[chosen]);
  return true;
}

Verdict ClassClaims::judge(Task&, const Answer& answer) {
  if (answer.status == 201) {
    const auto reservation = scan_reservation(answer.body);
    if (!reservation || !reservation->is_confirmed) return {};
    if (plan_.keeps_ids) acknowledged_.push_back(reservation->id);
    return {.outcome = Outcome::confirmed, .problem = {}};
  }
  const auto problem = answer.status == 409 ? scan_problem(answer.body) : std::string_view();
  if (problem.empty()) return {};
  return {.outcome = Outcome::refused, .problem = problem};
}

}  // namespace cavea::bench
