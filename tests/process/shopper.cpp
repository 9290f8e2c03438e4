#include "tests/process/shopper.hpp"

#include "tests/support/raw_connection.hpp"

#include <array>
#include <exception>
#include <utility>

namespace cavea::test {
namespace {

/// Refusals that a legal claim may get from a sale; nothing else may be refused here.
constexpr std::array<std::string_view, 3> refusals{
    "/problems/sold_out", "/problems/not_enough_places", "/problems/places_taken"};

/// The node asks to be left alone for a moment, or the first request is still at work.
bool must_ask_again(const HttpResponse& answer) {
  if (answer.status == 429 || answer.status == 503) return true;
  return answer.status == 409
         && answer.body.find("/problems/idempotency_key_running") != std::string::npos;
}

bool is_success(const HttpResponse& answer) {
  return answer.status == 200 || answer.status == 201;
}

bool is_expected_refusal(const Order& order, const HttpResponse& answer) {
  if (!order.reservation.empty() || answer.status != 409) return false;
  for (const auto refusal : refusals) {
    if (answer.body.find(refusal) != std::string::npos) return true;
  }
  return false;
}

/// The request as bytes, for a connection that is left before its answer.
std::string as_bytes(const Order& order, const std::string& token) {
  return "POST " + order.path
         + " HTTP/1.1\r\nHost: node\r\nContent-Type: application/json\r\nAuthorization: Bearer "
         + token + "\r\nIdempotency-Key: \"" + order.key
         + "\"\r\nContent-Length: " + std::to_string(order.body.size()) + "\r\n\r\n" + order.body;
}

/// Sends an order and does not wait for its answer.
void send_and_hang_up(const std::string& url, const Order& order, const std::string& token) {
  try {
    RawConnection connection(url);
    connection.send(as_bytes(order, token));
  } catch (const std::exception&) {
    // The node is gone; whoever sends the order again will see that too.
  }
}

}  // namespace

Shopper::Shopper(std::string name, std::uint64_t seed, Tokens tokens, const Sale& sale)
    : name_(std::move(name)), random_(seed), tokens_(std::move(tokens)), sale_(sale) {}

void Shopper::shop(const std::string& url, Tally& acknowledged) {
  try {
    order_and_order(url, acknowledged);
  } catch (const std::exception& failure) {
    ledger_.complaints.push_back(name_ + " read an answer that it cannot: " + failure.what());
  }
}

void Shopper::order_and_order(const std::string& url, Tally& acknowledged) {
  HttpClient client(url);
  while (ledger_.complaints.empty()) {
    const auto order = next_order();
    const bool hangs_up = random(1, 12) == 1;
    if (hangs_up) send_and_hang_up(url, order, order.is_by_admin ? tokens_.admin : tokens_.user);
    const auto answer = send_until_definite(client, order);
    if (answer.status == 0) {
      ledger_.unknown = order;
      ++ledger_.lost;
      return;
    }
    note(order, answer);
    const bool is_replay = answer.header("idempotency-replayed") == "true";
    if (is_replay && !hangs_up) complain(order, answer, "a first request was called a replay");
    if (is_success(answer)) acknowledged.add_one();
  }
}

void Shopper::settle(const std::string& url, const std::set<std::string>& known_ids) {
  if (!ledger_.unknown) return;
  const auto order = *ledger_.unknown;
  HttpClient client(url);
  const auto again = send_until_definite(client, order);
  const auto once_more = send_until_definite(client, order);
  if (again.status == 0 || once_more.status == 0) {
    complain(order, again.status == 0 ? again : once_more, "a started node does not answer");
    return;
  }
  ledger_.unknown.reset();
  note(order, again);
  if (again.status != once_more.status) complain(order, once_more, "the second answer differs");
  if (!is_success(again)) return;

  if (again.body != once_more.body) complain(order, once_more, "the replay differs");
  if (once_more.header("idempotency-replayed") != "true") {
    complain(order, once_more, "the replay is not marked");
  }
  if (!order.reservation.empty()) return;
  const std::string id = Json::parse(again.body).at("id");
  const bool was_there = known_ids.count(id) != 0;
  const bool is_replay = again.header("idempotency-replayed") == "true";
  if (was_there != is_replay) complain(order, again, "what was lost and what was there disagree");
}

// ---- What to order ------------------------------------------------------------------------------

Order Shopper::next_order() {
  const bool is_change = random(1, 10) <= 4 && !ledger_.reservations.empty();
  if (is_change) {
    const auto position = random(0, static_cast<int>(ledger_.reservations.size()) - 1);
    const auto& [id, reservation] = *std::next(ledger_.reservations.begin(), position);
    const std::string status = reservation.at("status");
    if (status == "held" && random(1, 2) == 1) {
      auto order = about(id, "confirmation", Json::object());
      order.is_by_admin = true;
      order.quantity_after = reservation.at("items").at(0).at("quantity");
      return order;
    }
    if (status == "held" || status == "confirmed") return cancellation(id, reservation);
  }
  return random(1, 2) == 1 ? claim_of_class() : claim_of_seats();
}

Order Shopper::claim(Json item, int quantity) {
  return {
      .path = "/v1/reservations",
      .body = Json{{"items", Json::array({std::move(item)})}}.dump(),
      .key = new_key(),
      .is_by_admin = false,
      .reservation = {},
      .quantity_after = quantity};
}

Order Shopper::claim_of_class() {
  const auto& offering = sale_.classes.at(random(1, 3) == 1 ? 1 : 0);
  const int quantity = random(1, 3);
  return claim({{"offering", offering}, {"quantity", quantity}}, quantity);
}

Order Shopper::claim_of_seats() {
  const auto& offering = sale_.plays.at(static_cast<std::size_t>(random(0, 1)));
  const int quantity = random(1, 4);
  if (random(1, 2) == 1) {
    return claim(
        {{"offering", offering}, {"best_available", {{"party_size", quantity}}}}, quantity);
  }
  const int row = random(1, Sale::rows);
  const int first = random(1, Sale::seats_per_row - quantity + 1);
  auto seats = Json::array();
  for (int i = 0; i < quantity; ++i) seats.push_back(seat_label(row, first + i));
  return claim({{"offering", offering}, {"seats", std::move(seats)}}, quantity);
}

Order Shopper::cancellation(const std::string& id, const Json& reservation) {
  const auto& item = reservation.at("items").at(0);
  const int had = item.at("quantity");
  if (had == 1 || random(1, 2) == 1) return about(id, "cancellation", Json::object());

  if (item.at("kind") == "class") {
    auto order = about(id, "cancellation", {{"quantity", 1}});
    order.quantity_after = had - 1;
    return order;
  }
  for (const auto& place : item.at("places")) {
    if (place.at("status") == "given_back") continue;
    auto order = about(id, "cancellation", {{"seats", {place.at("seat")}}});
    order.quantity_after = had - 1;
    return order;
  }
  return about(id, "cancellation", Json::object());
}

Order Shopper::about(const std::string& id, const char* verb, const Json& body) {
  return {
      .path = "/v1/reservations/" + id + "/" + verb,
      .body = body.dump(),
      .key = new_key(),
      .is_by_admin = false,
      .reservation = id,
      .quantity_after = 0};
}

// ---- Sending and remembering --------------------------------------------------------------------

HttpResponse Shopper::send(HttpClient& client, const Order& order) const {
  client.use_token(order.is_by_admin ? tokens_.admin : tokens_.user);
  return client.post(order.path, order.body, {"Idempotency-Key: \"" + order.key + "\""});
}

HttpResponse Shopper::send_until_definite(HttpClient& client, const Order& order) const {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  auto answer = send(client, order);
  while (must_ask_again(answer) && std::chrono::steady_clock::now() < deadline) {
    answer = send(client, order);
  }
  return answer;
}

void Shopper::note(const Order& order, const HttpResponse& answer) {
  if (answer.header("idempotency-replayed") == "true") ++ledger_.replayed;
  if (!is_success(answer)) {
    ++ledger_.refused;
    if (!is_expected_refusal(order, answer)) complain(order, answer, "an answer that must not be");
    return;
  }
  ++ledger_.acknowledged;
  auto reservation = Json::parse(answer.body);
  const std::string id = reservation.at("id");
  if (!order.reservation.empty() && id != order.reservation) {
    complain(order, answer, "another reservation came back");
  }
  if (order.reservation.empty() && ledger_.reservations.count(id) != 0) {
    complain(order, answer, "a reservation was made twice");
  }
  if (reservation.at("items").at(0).at("quantity") != order.quantity_after) {
    complain(order, answer, "it has another number of places than ordered");
  }
  ledger_.reservations[id] = std::move(reservation);
}

void Shopper::complain(const Order& order, const HttpResponse& answer, const char* why) {
  ledger_.complaints.push_back(
      std::string(why) + ": " + name_ + " POST " + order.path + " " + order.body + " key "
      + order.key + " -> " + std::to_string(answer.status) + " " + answer.error + answer.body);
}

int Shopper::random(int from, int to) {
  return std::uniform_int_distribution<int>(from, to)(random_);
}

std::string Shopper::new_key() {
  return name_ + "-" + std::to_string(++keys_);
}

}  // namespace cavea::test
