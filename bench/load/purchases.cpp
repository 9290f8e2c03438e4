#include "bench/load/purchases.hpp"

#include "bench/load/answer_scan.hpp"

#include <algorithm>

namespace cavea::bench {
namespace {

/// Between two looks at a purchase that takes longer than expected.
constexpr std::chrono::milliseconds look_pause{5};

/// What a purchase may take, from beginning to pay, and my page to show it, before it is a failure.
constexpr std::chrono::seconds time_max{30};

constexpr Verdict go_on(Clock::duration pause = {}) {
  return {.outcome = Outcome::step, .problem = {}, .goes_on = true, .pause = pause};
}

}  // namespace

bool Purchases::next(Task& task) {
  task.number = plan_.begun.fetch_add(1, std::memory_order_relaxed);
  task.stage = reserving;
  const auto& claim = plan_.claims[task.number % plan_.claims.size()];
  plan_.reservations.write(task.bytes, task.number, task.number, claim);
  return true;
}

Verdict Purchases::judge(Task& task, const Answer& answer) {
  switch (static_cast<Stage>(task.stage)) {
    case reserving:
      return on_reserved(task, answer);
    case paying:
      return on_payment_begun(task, answer);
    case looking:
      return on_look(task, answer);
    case reading_page:
      return on_page(task, answer);
  }
  return {};
}

void Purchases::begin_measuring() {
  page_visible_ = {};
  pages_read_ = 0;
}

Verdict Purchases::on_reserved(Task& task, const Answer& answer) {
  if (answer.status == 409) {
    const auto problem = scan_problem(answer.body);
    if (!problem.empty()) return {.outcome = Outcome::refused, .problem = problem};
  }
  const auto reservation = answer.status == 201 ? scan_reservation(answer.body) : std::nullopt;
  if (!reservation || reservation->status != "held") return {};
  task.reservation = reservation->id;
  task.stage = paying;
  plan_.requests.pay(task.bytes, task.number, task.number, task.reservation);
  return go_on();
}

Verdict Purchases::on_payment_begun(Task& task, const Answer& answer) {
  const auto reservation = answer.status == 201 ? scan_reservation(answer.body) : std::nullopt;
  if (!reservation || reservation->id != task.reservation) return {};
  task.stage = looking;
  task.since = Clock::now();
  plan_.requests.look(task.bytes, task.number, task.reservation);
  task.party = 0;
  return go_on(first_look_);
}

Verdict Purchases::on_look(Task& task, const Answer& answer) {
  const auto reservation = answer.status == 200 ? scan_reservation(answer.body) : std::nullopt;
  if (!reservation || reservation->id != task.reservation) return {};
  ++task.party;  // Looks.
  const auto time = Clock::now() - task.since;
  if (!reservation->is_confirmed) {
    const bool is_under_way = reservation->status == "awaiting_payment";
    return is_under_way && time < time_max ? go_on(look_pause) : Verdict{};
  }
  expect(task.party > 1 ? time : time * 7 / 8);
  acknowledged_.push_back(task.reservation);
  const bool reads_page = task.number % plan_.page_every == 0;
  if (reads_page) {
    task.stage = reading_page;
    task.since = Clock::now();
    plan_.requests.my_page(task.bytes, task.number);
  }
  return {.outcome = Outcome::confirmed, .problem = {}, .goes_on = reads_page};
}

Verdict Purchases::on_page(Task& task, const Answer& answer) {
  const auto page = answer.status == 200 ? scan_page(answer.body) : std::nullopt;
  if (!page) return {};
  ++pages_read_;
  const bool is_shown = std::ranges::any_of(page->items, [&](const ReservationAnswer& item) {
    return item.id == task.reservation && item.is_confirmed;
  });
  const auto time = Clock::now() - task.since;
  if (!is_shown) return time < time_max ? go_on() : Verdict{};
  page_visible_.record(nanoseconds_of(time));
  return {.outcome = Outcome::step, .problem = {}};
}

/// Smoothed as round trips are by TCP (RFC 6298). What the first look finds done was done before
/// it.
void Purchases::expect(Clock::duration time) {
  first_look_ += (time - first_look_) / 8;
}

}  // namespace cavea::bench
