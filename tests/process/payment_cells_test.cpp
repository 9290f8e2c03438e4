#include "tests/process/paid_shop.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

// Some cells of the table of payments (tests/engine/payment_matrix.hpp) over real processes and
// sockets: what becomes of a payment, in time or while the provider cannot be reached at the
// deadline, with notices that come twice, out of order or not at all, and a node that is killed.

namespace cavea::test {
namespace {

/// What becomes of notices.
struct Echo {
  const char* name;
  Json behaviour;
};

const std::vector<Echo>& echoes() {
  static const std::vector<Echo> all{
      {"notices twice and out of order", {{"duplicate_webhooks", 2}, {"reorder_webhooks_ms", 50}}},
      {"no notices", {{"lose_webhooks", true}}}};
  return all;
}

enum class Customer : std::uint8_t { pays, takes_another_card, is_declined, cancels };

struct Cell {
  const char* name;
  Customer customer;
  int price;  ///< The last four digits script the provider.
  bool is_sold;
};

/// 9011: captured, never answered; 9013: captured, answered 500.
constexpr Cell cells[] = {
    {"pays", Customer::pays, 12'000, true},
    {"takes-another-card", Customer::takes_another_card, 12'000, true},
    {"capture-unanswered", Customer::pays, 19'011, true},
    {"capture-answered-500", Customer::pays, 19'013, true},
    {"is-declined", Customer::is_declined, 12'000, false},
    {"cancels", Customer::cancels, 12'000, false}};

/// One reservation of the only place of a class.
struct Attempt {
  const Cell* cell = nullptr;
  std::string offering;
  std::string id;
  std::string secret;
};

std::vector<Attempt> begin_all(PaidShop& shop, const std::string& round, int hold_seconds) {
  std::vector<Attempt> attempts;
  for (const auto& cell : cells) {
    Attempt one{&cell, round + "-" + cell.name, {}, {}};
    shop.create_class(one.offering, 1, cell.price, hold_seconds);
    attempts.push_back(std::move(one));
  }
  for (auto& one : attempts) {
    one.id = shop.reserve(one.offering, 1);
    one.secret = shop.begin_payment(one.id);
  }
  return attempts;
}

void cancel_until_done(PaidShop& shop, const std::string& id) {
  PaidShop::wait_until([&] {
    const auto answer = shop.send("DELETE", "/v1/reservations/" + id);
    const auto status = shop.reservation(id).at("status");
    return answer.status == 200 || status == "refunded" || status == "expired"
           || status == "cancelled";
  });
}

/// Nothing of it is on its way any more.
bool has_come_to_rest(const Json& reservation) {
  const std::string status = reservation.at("status");
  if (status == "refund_pending" || status == "awaiting_payment" || status == "held") return false;
  const auto& payment = reservation.at("payment");
  return payment.at("refunded") == payment.at("refund_due") && payment.at("status") != "closing";
}

/// By what provider and offering say.
void check_attempt(PaidShop& shop, const Attempt& one) {
  INFO(one.offering);
  PaidShop::wait_until([&] { return has_come_to_rest(shop.reservation(one.id)); });
  const auto reservation = shop.reservation(one.id);
  INFO(reservation.dump());
  CHECK((reservation.at("status") == "confirmed") == one.cell->is_sold);
  PaidShop::wait_until([&] {
    const auto places = shop.get("/v1/classes/" + one.offering).at("places");
    return places.at("held") == 0 && places.at("sold") == (one.cell->is_sold ? 1 : 0);
  });
  const auto payment = shop.payment(one.secret.substr(0, one.secret.find("_secret_")));
  INFO(payment.dump());
  const int received = payment.at("amount_received");
  const bool has_charge = payment.at("latest_charge").is_object();
  const int went = has_charge ? payment.at("latest_charge").at("amount_refunded").get<int>() : 0;
  CHECK(received - went == (one.cell->is_sold ? one.cell->price : 0));
  CHECK(payment.at("status") != "requires_capture");
}

void check_money(PaidShop& shop, std::int64_t expected) {
  const auto figures = shop.ask("/simulator/statistics");
  const auto captured = figures.at("captured").value("eur", std::int64_t{0});
  const auto refunded = figures.at("refunded").value("eur", std::int64_t{0});
  CHECK(captured - refunded == expected);
  const auto report = shop.reconcile();
  INFO(report.dump());
  CHECK(report.at("different") == 0);
}

std::int64_t price_of_sold() {
  std::int64_t sum = 0;
  for (const auto& cell : cells) sum += cell.is_sold ? cell.price : 0;
  return sum;
}

TEST_CASE("payments in time end as they have to, over sockets and through a kill") {
  PaidShop shop;
  std::int64_t expected = 0;
  for (const auto& echo : echoes()) {
    for (const bool is_killed : {false, true}) {
      INFO(echo.name << (is_killed ? ", killed" : ""));
      shop.behave(
          {{"duplicate_webhooks", 0}, {"reorder_webhooks_ms", 0}, {"lose_webhooks", false}});
      shop.behave(echo.behaviour);
      // Where no notice comes, the deadline is when it is found out.
      const std::string round = "r" + std::to_string(expected) + (is_killed ? "k" : "");
      const auto attempts = begin_all(shop, round, 4);
      for (const auto& one : attempts) {
        const auto customer = one.cell->customer;
        const bool first_fails =
            customer == Customer::takes_another_card || customer == Customer::is_declined;
        if (first_fails) CHECK(shop.confirm(one.secret, "pm_card_chargeDeclined") == 402);
        if (customer == Customer::is_declined) continue;
        CHECK(shop.confirm(one.secret, "pm_card_visa") == 200);
        if (customer == Customer::cancels) cancel_until_done(shop, one.id);
      }
      if (is_killed) {
        shop.kill();
        shop.start();
      }
      for (const auto& one : attempts) check_attempt(shop, one);
      expected += price_of_sold();
      check_money(shop, expected);
    }
  }
}

TEST_CASE("who pays while the provider cannot be reached at the deadline has paid in time") {
  PaidShop shop;
  std::int64_t expected = 0;
  for (const auto& echo : echoes()) {
    INFO(echo.name);
    shop.behave(echo.behaviour);
    // Customers pay by themselves, also at a provider that answers nobody.
    shop.behave({{"customers_pay_ms", 6'000}});
    std::vector<Attempt> attempts;
    for (int i = 0; i < 3; ++i) {
      Attempt one{&cells[0], "p" + std::to_string(expected) + "-" + std::to_string(i), {}, {}};
      shop.create_class(one.offering, 1, one.cell->price, 4);
      one.id = shop.reserve(one.offering, 1);
      one.secret = shop.begin_payment(one.id);
      attempts.push_back(std::move(one));
    }
    shop.behave({{"down", true}, {"customers_pay_ms", 0}});
    // The deadline has passed, the places are still held, and nobody can say whether they are paid.
    for (const auto& one : attempts) {
      PaidShop::wait_until(
          [&] { return shop.reservation(one.id).at("payment").at("status") == "closing"; });
      CHECK(shop.reservation(one.id).at("status") == "awaiting_payment");
      CHECK(shop.get("/v1/classes/" + one.offering).at("places").at("held") == 1);
    }
    shop.kill();
    PaidShop::wait_until([&] {
      const auto figures = shop.ask("/simulator/statistics");
      return figures.at("by_status").value("requires_capture", 0) == 3;
    });
    shop.start();
    shop.behave({{"down", false}});
    for (const auto& one : attempts) check_attempt(shop, one);
    expected += 3 * cells[0].price;
    check_money(shop, expected);
  }
}

/// Somebody else buys the only place at the box office.
void buy_at_box_office(PaidShop& shop, const std::string& offering) {
  const auto id = shop.reserve(offering, 1);
  REQUIRE(shop.send("POST", "/v1/reservations/" + id + "/confirmation").status == 200);
}

/// Takes two minutes, in which nothing happens: so long a hold waits for the provider.
TEST_CASE("money that comes after the places went has them again, or is let go") {
  PaidShop shop;
  shop.behave({{"customers_pay_ms", 132'000}, {"duplicate_webhooks", 1}});
  const Cell free{"free", Customer::pays, 12'000, true};
  const Cell taken{"taken", Customer::pays, 12'000, false};
  std::vector<Attempt> attempts{{&free, "free", {}, {}}, {&taken, "taken", {}, {}}};
  for (auto& one : attempts) {
    shop.create_class(one.offering, 1, one.cell->price, 4);
    one.id = shop.reserve(one.offering, 1);
    one.secret = shop.begin_payment(one.id);
  }
  shop.behave({{"down", true}, {"customers_pay_ms", 0}});
  std::size_t expired = 0;
  shop.follow_orders([&](const std::string& event) {
    if (event.find("cavea.order.expired") != std::string::npos) ++expired;
    return expired == attempts.size();
  });
  for (const auto& one : attempts) {
    PaidShop::wait_until(
        [&] { return shop.get("/v1/classes/" + one.offering).at("places").at("free") == 1; });
  }
  buy_at_box_office(shop, "taken");
  shop.kill();
  PaidShop::wait_until([&] {
    const auto figures = shop.ask("/simulator/statistics");
    return figures.at("by_status").value("requires_capture", 0) == 2;
  });
  shop.start();
  shop.behave({{"down", false}});

  check_attempt(shop, attempts.front());
  CHECK(shop.reservation(attempts.front().id).at("rescue") == "done");
  const auto& late = attempts.back();
  PaidShop::wait_until([&] { return has_come_to_rest(shop.reservation(late.id)); });
  const auto reservation = shop.reservation(late.id);
  INFO(reservation.dump());
  CHECK(reservation.at("rescue") == "failed");
  CHECK(shop.get("/v1/classes/taken").at("places").at("sold") == 1);
  const auto payment = shop.payment(late.secret.substr(0, late.secret.find("_secret_")));
  CHECK(payment.at("status") == "canceled");
  CHECK(payment.at("amount_received") == 0);
  check_money(shop, free.price);
}

}  // namespace
}  // namespace cavea::test
