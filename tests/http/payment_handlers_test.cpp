#include "tests/http/fake_provider.hpp"
#include "tests/http/handlers_fixture.hpp"

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace cavea::http {

namespace {

constexpr std::string_view payment = "/v1/reservations/{id}/payment";
constexpr std::string_view extension = "/v1/reservations/{id}/extension";
constexpr std::string_view cancellation = "/v1/reservations/{id}/cancellation";
constexpr std::string_view exchange_path = "/v1/reservations/{id}/exchange";
constexpr std::string_view notices = "/v1/payments/notices";

engine::ReservationId bundle_id() {
  return samples::held_bundle().saga.id;
}

/// A provider that is set up for as long as it lives.
class Provider : public FakeProvider {
 public:
  explicit Provider(engine::NoticeResult says = engine::UnneededNotice{})
      : FakeProvider(std::move(says)) {
    handler_context().payments = this;
  }

  ~Provider() override { handler_context().payments = nullptr; }

  Provider(const Provider&) = delete;
  Provider& operator=(const Provider&) = delete;
};

/// Whatever the handlers counted while it lives.
class CountedNotices {
 public:
  [[nodiscard]] std::string words() const {
    const auto now = numbers();
    constexpr std::string_view names[] = {"taken", "refused", "unneeded", "not_now", "invalid"};
    std::string words;
    for (std::size_t i = 0; i < now.size(); ++i) {
      for (auto n = before_[i]; n < now[i]; ++n) words.append(names[i]) += ' ';
    }
    return words;
  }

 private:
  static std::vector<std::uint64_t> numbers() {
    const auto& probe = handler_context().notices;
    return {
        probe.taken.value(),
        probe.refused.value(),
        probe.unneeded.value(),
        probe.not_now.value(),
        probe.invalid.value()};
  }

  std::vector<std::uint64_t> before_ = numbers();
};

FakeExchange& to_reservation(
    FakeExchange& exchange, std::string_view route, Method method = Method::post) {
  const auto id = bundle_id().str();
  const auto last = std::string(route.substr(route.rfind('/')));
  exchange.with(method, "/v1/reservations/" + id + last, id);
  run(exchange, route);
  return exchange;
}

FakeExchange& post_notice(FakeExchange& exchange, std::string body = "{}") {
  exchange.with(Method::post, std::string(notices)).with_body(std::move(body));
  exchange.with_header("Stripe-Signature", "t=1,v1=00");
  run(exchange, notices);
  return exchange;
}

engine::PaymentNotice notice_of_bundle() {
  engine::PaymentNotice notice;
  notice.event_id = "evt_1";
  notice.payment.id = {"pi_1"};
  notice.payment.status = engine::PaymentStatus::requires_capture;
  notice.payment.reservation = bundle_id();
  return notice;
}

const engine::SagaRequest& request_of(const FakeExchange& exchange) {
  return std::get<engine::SagaRequest>(exchange.command().value().what);
}

/// Whose it must be, and the cause: "alice user".
std::string asker(const FakeExchange& exchange) {
  const auto& request = request_of(exchange);
  const auto cause = std::get<engine::CancelPlaces>(request.command).cause;
  return request.viewer + (cause == engine::Cause::user ? " user" : " administrator");
}

FakeExchange& post_items(FakeExchange& exchange, std::string body) {
  exchange.with(Method::post, "/v1/reservations").with_body(std::move(body));
  exchange.with_header("Idempotency-Key", "\"k-1\"");
  run(exchange, "/v1/reservations");
  return exchange;
}

constexpr auto two_items =
    R"({"items":[{"offering":"the-lighthouse","seats":["stalls-A-1","stalls-A-3"]},
                 {"offering":"yoga-1","quantity":2}]})";

}  // namespace

TEST_CASE("several items are one reservation: all or nothing") {
  FakeExchange exchange;
  post_items(exchange.as_user("alice"), two_items);
  const auto* begin = exchange.saga_command<engine::BeginReservation>();
  REQUIRE(begin != nullptr);
  CHECK(begin->user == "alice");
  REQUIRE(begin->legs.size() == 2);
  CHECK(begin->legs[1].offering == samples::offering_id("yoga-1"));
  CHECK(request_of(exchange).reservation == engine::ReservationId());
  CHECK(request_of(exchange).viewer == "alice");
  CHECK(exchange.command()->idempotency->key == "k-1");

  exchange.answer(samples::view_of(samples::held_bundle()));
  check_documented(exchange);
  CHECK(exchange.response().status == 201);
  CHECK(exchange.response().header("Location") == "/v1/reservations/" + bundle_id().str());
  CHECK(exchange.response().header("Cache-Control") == "no-store");
  CHECK(exchange.response().body == samples::golden("reservation_several_held.json"));
}

TEST_CASE("a refusal of several items names the item, whatever the reason") {
  for (const auto rejection : engine::all_rejections()) {
    FakeExchange exchange;
    post_items(exchange.as_user("alice"), two_items);
    engine::Refusal refusal(rejection);
    refusal.item = 1;
    exchange.answer(refusal);
    CAPTURE(name_of(rejection));
    check_documented(exchange);
    CHECK(exchange.body()["item"] == 1);
    CHECK(exchange.body()["errors"][0]["pointer"] == "/items/1");
  }
}

TEST_CASE("only an administrator reserves several items for somebody else") {
  const std::string body =
      R"({"items":[{"offering":"a","quantity":1},{"offering":"b","quantity":1}],"user":"bob"})";
  FakeExchange user;
  CHECK(problem_of(post_items(user.as_user("alice"), body)) == "403 forbidden");

  FakeExchange admin;
  post_items(admin.as_admin(), body);
  REQUIRE(admin.saga_command<engine::BeginReservation>() != nullptr);
  CHECK(admin.saga_command<engine::BeginReservation>()->user == "bob");
  CHECK(request_of(admin).viewer.empty());
}

TEST_CASE("a payment is begun and answered with what the customer pays with") {
  const Provider provider;
  FakeExchange exchange;
  to_reservation(exchange.as_user("alice").with_header("Idempotency-Key", "k"), payment);
  REQUIRE(exchange.saga_command<engine::StartPayment>() != nullptr);
  CHECK(request_of(exchange).reservation == bundle_id());
  CHECK(request_of(exchange).viewer == "alice");
  CHECK(exchange.command()->idempotency->key == "k");

  exchange.answer(samples::view_of(samples::payable_bundle()));
  check_documented(exchange);
  CHECK(exchange.response().status == 201);
  CHECK(exchange.response().header("Cache-Control") == "no-store");
  CHECK(exchange.response().body == samples::golden("reservation_several_to_pay.json"));
}

TEST_CASE("an administrator who begins a payment does not see what the customer pays with") {
  const Provider provider;
  FakeExchange exchange;
  to_reservation(exchange.as_admin().with_header("Idempotency-Key", "k"), payment);
  CHECK(request_of(exchange).viewer.empty());
  exchange.answer(samples::view_of(samples::payable_bundle()));
  CHECK(exchange.body()["payment"]["status"] == "open");
  CHECK(exchange.body()["payment"]["client_secret"].is_null());
}

TEST_CASE("a payment needs a key, no body, and a provider") {
  FakeExchange nobody;
  to_reservation(nobody.as_user("alice").with_header("Idempotency-Key", "k"), payment);
  CHECK(problem_of(nobody) == "409 payment_not_offered");

  const Provider provider;
  FakeExchange keyless;
  CHECK(
      problem_of(to_reservation(keyless.as_user("alice"), payment))
      == "400 idempotency_key_missing");

  const auto with_body = [](FakeExchange& exchange, std::string body) -> FakeExchange& {
    exchange.as_user("alice").with_header("Idempotency-Key", "k").with_body(std::move(body));
    return to_reservation(exchange, payment);
  };
  FakeExchange empty;
  CHECK(with_body(empty, "{}").saga_command<engine::StartPayment>() != nullptr);
  FakeExchange full;
  CHECK(problem_of(with_body(full, R"({"amount": 1})")) == "400 invalid_request");
  CHECK(full.body()["errors"][0]["pointer"] == "/amount");
  FakeExchange list;
  CHECK(problem_of(with_body(list, "[]")) == "400 invalid_request");
  FakeExchange broken;
  CHECK(problem_of(with_body(broken, "{")) == "400 malformed_json");

  FakeExchange garbled;
  garbled.with(Method::post, "/v1/reservations/x/payment", "x").as_user("alice");
  run(garbled, payment);
  CHECK(problem_of(garbled) == "404 reservation_not_found");
}

TEST_CASE("a hold is extended, with or without a provider") {
  FakeExchange exchange;
  to_reservation(exchange.as_user("alice"), extension);
  REQUIRE(exchange.saga_command<engine::ExtendHold>() != nullptr);
  CHECK(request_of(exchange).reservation == bundle_id());
  CHECK(request_of(exchange).viewer == "alice");
  CHECK_FALSE(exchange.command()->idempotency.has_value());
  exchange.answer(samples::view_of(samples::held_bundle()));
  check_documented(exchange);
  CHECK(exchange.response().status == 200);

  FakeExchange again;
  to_reservation(again.as_user("alice"), extension);
  again.answer(engine::Refusal(engine::Rejection::hold_cannot_be_extended));
  CHECK(problem_of(again) == "409 hold_cannot_be_extended");
}

TEST_CASE("places of one item are given back by its number") {
  FakeExchange some;
  some.as_user("alice").with_body(R"({"item": 1, "quantity": 1})");
  to_reservation(some, cancellation);
  const auto* places = some.saga_command<engine::CancelPlaces>();
  REQUIRE(places != nullptr);
  CHECK(places->part->leg == 1);
  CHECK(places->part->quantity == 1);
  CHECK(places->part->seats.empty());
  CHECK(asker(some) == "alice user");
  some.answer(samples::view_of(samples::held_bundle()));
  check_documented(some);
  CHECK(some.response().status == 200);

  FakeExchange whole;
  to_reservation(whole.as_admin().with_body(R"({"item": 0})"), cancellation);
  const auto* item = whole.saga_command<engine::CancelPlaces>();
  REQUIRE(item != nullptr);
  CHECK(item->part->leg == 0);
  CHECK(item->part->quantity == 0);
  CHECK(asker(whole) == " administrator");

  FakeExchange wrong;
  to_reservation(wrong.as_user("alice").with_body(R"({"item": 40})"), cancellation);
  CHECK(problem_of(wrong) == "400 invalid_request");
}

TEST_CASE("places are exchanged for others, and the answer shows what is to be paid") {
  FakeExchange exchange;
  exchange.as_user("alice").with_header("Idempotency-Key", "\"x-1\"");
  exchange.with_body(
      R"({"give_back": [{"item": 0, "seats": ["stalls-A-3"]}], "items": [{"offering": "yoga-1", "quantity": 1}]})");
  to_reservation(exchange, exchange_path);
  const auto* begun = exchange.saga_command<engine::BeginExchange>();
  REQUIRE(begun != nullptr);
  REQUIRE(begun->gives.size() == 1);
  CHECK(begun->gives[0].leg == 0);
  CHECK(begun->gives[0].seats == std::vector<std::string>{"stalls-A-3"});
  REQUIRE(begun->legs.size() == 1);
  CHECK(begun->legs[0].offering == samples::offering_id("yoga-1"));
  CHECK(request_of(exchange).viewer == "alice");
  exchange.answer(samples::view_of(samples::exchanging_bundle()));
  check_documented(exchange);
  CHECK(exchange.response().status == 200);
  CHECK(exchange.response().body == samples::golden("reservation_exchanging.json"));

  FakeExchange given_up;
  to_reservation(given_up.as_user("alice"), exchange_path, Method::delete_);
  CHECK(given_up.saga_command<engine::CancelExchange>() != nullptr);
  given_up.answer(engine::Refusal(engine::Rejection::no_exchange_under_way));
  CHECK(problem_of(given_up) == "409 no_exchange_under_way");
}

TEST_CASE("an exchange says what is wrong with it, and where") {
  const auto problem = [](std::string_view body) {
    FakeExchange exchange;
    exchange.as_user("alice").with_header("Idempotency-Key", "\"x-1\"");
    to_reservation(exchange.with_body(std::string(body)), exchange_path);
    CHECK(problem_of(exchange) == "400 invalid_request");
    return exchange.body()["errors"][0]["pointer"].get<std::string>();
  };
  CHECK(problem(R"({"items": [{"offering": "yoga-1", "quantity": 1}]})") == "/give_back");
  CHECK(
      problem(R"({"give_back": [], "items": [{"offering": "yoga-1", "quantity": 1}]})")
      == "/give_back");
  CHECK(problem(R"({"give_back": [{"item": 0}]})") == "/items");
  CHECK(
      problem(
          R"({"give_back": [{"seats": ["a"]}], "items": [{"offering": "yoga-1", "quantity": 1}]})")
      == "/give_back/0/item");
  CHECK(
      problem(
          R"({"give_back": [{"item": 0, "quantity": 0}], "items": [{"offering": "yoga-1", "quantity": 1}]})")
      == "/give_back/0/quantity");
  CHECK(
      problem(R"({"give_back": [{"item": 0}], "items": [{"offering": "yoga-1"}]})") == "/items/0");

  FakeExchange keyless;
  keyless.as_user("alice");
  keyless.with_body(
      R"({"give_back": [{"item": 0}], "items": [{"offering": "yoga-1", "quantity": 1}]})");
  to_reservation(keyless, exchange_path);
  CHECK(problem_of(keyless) == "400 idempotency_key_missing");
}

TEST_CASE("a genuine notice goes to its reservation and is acknowledged") {
  const Provider provider(notice_of_bundle());
  const CountedNotices counted;
  FakeExchange exchange;
  post_notice(exchange, R"({"id":"evt_1"})");
  CHECK(provider.seen().body == R"({"id":"evt_1"})");
  CHECK(provider.seen().signature == "t=1,v1=00");
  CHECK(provider.seen().now == exchange.request().received_at);
  const auto* answered = exchange.saga_command<engine::PaymentAnswered>();
  REQUIRE(answered != nullptr);
  CHECK(answered->is_notice);
  CHECK(std::get<engine::Payment>(answered->answer).id.value == "pi_1");
  CHECK(request_of(exchange).reservation == bundle_id());
  CHECK(request_of(exchange).viewer.empty());
  CHECK_FALSE(exchange.command()->idempotency.has_value());

  exchange.answer(samples::view_of(samples::payable_bundle()));
  check_documented(exchange);
  CHECK(exchange.response().status == 200);
  CHECK(exchange.response().body == R"({"received":true})");
  CHECK(counted.words() == "taken ");
}

TEST_CASE("a notice that nobody has a use for is acknowledged, and one that was lost is not") {
  const Provider provider(notice_of_bundle());
  for (const auto rejection : engine::all_rejections()) {
    const CountedNotices counted;
    FakeExchange exchange;
    post_notice(exchange);
    exchange.answer(engine::Refusal(rejection));
    CAPTURE(name_of(rejection));
    check_documented(exchange);
    if (is_worth_retrying(rejection)) {
      CHECK(exchange.response().status != 200);
      CHECK(exchange.response().header("Retry-After") == "1");
      CHECK(counted.words() == "not_now ");
    } else {
      CHECK(exchange.response().status == 200);
      CHECK(counted.words() == "refused ");
    }
  }
}

TEST_CASE("a notice about nothing of ours is acknowledged without asking the bus") {
  auto foreign = notice_of_bundle();
  foreign.payment.reservation.reset();
  for (const auto& says :
       {engine::NoticeResult(foreign),
        engine::NoticeResult(engine::UnneededNotice{"evt_2", "x"})}) {
    const Provider provider(says);
    const CountedNotices counted;
    FakeExchange exchange;
    post_notice(exchange);
    CHECK_FALSE(exchange.command().has_value());
    check_documented(exchange);
    CHECK(exchange.response().status == 200);
    CHECK(counted.words() == "unneeded ");
  }
}

TEST_CASE("what is no notice of the provider is refused with the reason") {
  const Provider provider(
      engine::NoticeFault{engine::NoticeFault::Kind::too_old, "It was signed 600 s ago."});
  const CountedNotices counted;
  FakeExchange exchange;
  post_notice(exchange);
  CHECK_FALSE(exchange.command().has_value());
  CHECK(problem_of(exchange) == "400 payment_notice_invalid");
  CHECK(exchange.body()["detail"] == "It was signed 600 s ago.");
  CHECK(counted.words() == "invalid ");
}

TEST_CASE("without a provider there are no notices") {
  FakeExchange exchange;
  CHECK(problem_of(post_notice(exchange)) == "409 payment_not_offered");
}

}  // namespace cavea::http
