#include "http/cursor.hpp"
#include "http/limits.hpp"
#include "tests/http/handlers_fixture.hpp"

#include <chrono>
#include <string>
#include <variant>

namespace cavea::http {

namespace {

constexpr std::string_view inbox_route = "/v1/me/notifications";
constexpr std::string_view settings_route = "/v1/me/settings";
constexpr std::string_view letters_route = "/v1/admin/dead-letters";

engine::InboxItem told(engine::NotificationKind kind) {
  engine::InboxItem item;
  item.id = {{3}, 0x1a2b, 0, 0};
  item.kind = kind;
  item.at = samples::now;
  item.about = engine::ReservationId::make(samples::now, {3}, 0x1122'3344'5566'7788);
  if (kind == engine::NotificationKind::reservation_refunded) {
    item.refunded = {2'500};
    item.currency = *engine::Currency::from("EUR");
  }
  if (kind == engine::NotificationKind::waiting_offer) item.until = samples::now;
  return item;
}

engine::InboxPage page_of(engine::NotificationKind kind) {
  engine::InboxPage page;
  engine::InboxEntry entry;
  entry.item = told(kind);
  entry.definition = samples::yoga().definition;
  page.entries.push_back(std::move(entry));
  page.unread = 7;
  return page;
}

template <class Query>
const Query* asked_for(const FakeExchange& exchange) {
  return exchange.asked() ? std::get_if<Query>(&*exchange.asked()) : nullptr;
}

template <class Command>
const Command* records_command(const FakeExchange& exchange) {
  if (!exchange.command()) return nullptr;
  const auto* request = std::get_if<engine::RecordRequest>(&exchange.command()->what);
  return request != nullptr ? std::get_if<Command>(&request->command) : nullptr;
}

FakeExchange& with_json(FakeExchange& exchange, Method method, const char* path, std::string body) {
  exchange.with(method, path).with_body(std::move(body)).as_user("alice");
  exchange.with_header("Content-Type", "application/json");
  return exchange;
}

std::string problem_of_settings(std::string body) {
  FakeExchange exchange;
  with_json(exchange, Method::put, "/v1/me/settings", std::move(body));
  run(exchange, settings_route);
  return problem_of(exchange);
}

}  // namespace

TEST_CASE("people read what they were told, of every kind, page by page") {
  using Kind = engine::NotificationKind;
  for (auto number = static_cast<int>(Kind::reservation_confirmed);
       number <= static_cast<int>(Kind::reminder);
       ++number) {
    const auto kind = static_cast<Kind>(number);
    FakeExchange exchange;
    exchange.with(Method::get, "/v1/me/notifications").as_user("alice");
    run(exchange, inbox_route);
    REQUIRE(asked_for<engine::ListInbox>(exchange) != nullptr);
    CHECK(asked_for<engine::ListInbox>(exchange)->user == "alice");
    exchange.answer(page_of(kind));
    check_documented(exchange);
    const auto body = exchange.body();
    CHECK(body["unread"] == 7);
    CHECK(body["next"].is_null());
    const auto& item = body["items"][0];
    CHECK(item["id"] == "3-1a2b-0");
    CHECK(item["kind"] == engine::name_of(kind));
    CHECK(item["at"] == "2026-11-20T13:00:00+01:00");
    CHECK(item["offering"]["title"] == samples::yoga().definition->title);
    CHECK(item.contains("refunded") == (kind == Kind::reservation_refunded));
    CHECK(item.contains("until") == (kind == Kind::waiting_offer));
    CHECK(item.contains("waiting") == (kind == Kind::waiting_ended));
    CHECK(item.contains("reservation") != item.contains("waiting"));
  }
}

TEST_CASE("a page of an inbox leads to the next one, and to nobody else's") {
  FakeExchange first;
  first.with(Method::get, "/v1/me/notifications").as_user("alice");
  run(first, inbox_route);
  auto page = page_of(engine::NotificationKind::reminder);
  page.next = engine::InboxCursor{samples::now, {{3}, 0x1a2b, 0, 9}};
  first.answer(page);
  check_documented(first);
  const auto cursor = first.body()["next"].get<std::string>();

  FakeExchange second;
  second.with(Method::get, "/v1/me/notifications")
      .as_user("alice")
      .with_parameter("cursor", cursor);
  run(second, inbox_route);
  REQUIRE(asked_for<engine::ListInbox>(second) != nullptr);
  CHECK(asked_for<engine::ListInbox>(second)->after == page.next);

  FakeExchange other;
  other.with(Method::get, "/v1/me/notifications").as_user("bob").with_parameter("cursor", cursor);
  run(other, inbox_route);
  CHECK(problem_of(other) == "400 invalid_request");
}

TEST_CASE("who asks for a stream is sent the newest page, and again when it changes") {
  FakeExchange exchange;
  exchange.with(Method::get, "/v1/me/notifications").as_user("alice");
  exchange.with_header("Accept", "text/event-stream").with_parameter("limit", "20");
  run(exchange, inbox_route);
  REQUIRE(asked_for<engine::ListInbox>(exchange) != nullptr);
  CHECK(asked_for<engine::ListInbox>(exchange)->wait.ms == 0);
  auto page = page_of(engine::NotificationKind::reminder);
  page.version = 5;
  page.next = engine::InboxCursor{samples::now, {{3}, 0x1a2b, 0, 9}};
  exchange.answer(page);
  REQUIRE(exchange.pages() != nullptr);
  auto& stream = *exchange.pages();
  const PageStream::TimePoint begin{std::chrono::seconds(1'000)};
  stream.begin(begin);
  std::string text;
  REQUIRE(stream.take(text));
  constexpr std::string_view lead = "event: inbox\ndata: ";
  REQUIRE(text.starts_with(lead));
  CHECK(text.ends_with("}\n\n"));
  const auto shown = nlohmann::json::parse(text.substr(lead.size()));
  CHECK(shown["items"][0]["kind"] == "reminder");
  CHECK(shown["unread"] == 7);
  // Its cursor leads on from the page, as that of any other.
  const auto cursor = shown["next"].get<std::string>();
  CHECK(decode_inbox_cursor(list_mark_of(exchange.request()), cursor) == page.next);

  const auto next = stream.next_query(begin).value();
  const auto& query = std::get<engine::ListInbox>(next);
  CHECK(query.seen == 5);
  CHECK(query.limit == 20);
  CHECK(query.wait.ms == limits::change_wait_time.count());
  stream.on_answer(page, begin);
  text.clear();
  CHECK(stream.take(text));
  CHECK(text == ":\n\n");
  page.version = 6;
  page.unread = 8;
  CHECK(stream.next_query(begin).has_value());
  stream.on_answer(page, begin);
  text.clear();
  CHECK(stream.take(text));
  CHECK(nlohmann::json::parse(text.substr(lead.size()))["unread"] == 8);
  CHECK(stream.next_query(begin).has_value());
  stream.on_answer(engine::Refusal(engine::Rejection::not_ready), begin);
  CHECK_FALSE(stream.next_query(begin).has_value());
  CHECK(stream.next_query(begin + limits::change_retry_time).has_value());

  FakeExchange wrong;
  wrong.with(Method::get, "/v1/me/notifications").as_user("alice");
  wrong.with_header("Accept", "text/event-stream").with_parameter("cursor", cursor);
  run(wrong, inbox_route);
  CHECK(problem_of(wrong) == "400 invalid_request");
}

TEST_CASE("notifications are marked as read up to a time") {
  FakeExchange exchange;
  with_json(
      exchange,
      Method::post,
      "/v1/me/notifications/read",
      R"({"until":"2026-11-20T13:00:00.000+01:00"})");
  run(exchange, "/v1/me/notifications/read");
  const auto* change = records_command<engine::ChangePerson>(exchange);
  REQUIRE(change != nullptr);
  CHECK(change->user == "alice");
  CHECK(change->read_until == samples::now);
  CHECK_FALSE(change->email.has_value());
  CHECK_FALSE(change->language.has_value());
  exchange.answer(engine::PersonView{});
  check_documented(exchange);
  CHECK(exchange.response().status == 204);

  for (const auto* body : {"{}", R"({"until":"yesterday"})", R"({"until":5})", R"({"all":true})"}) {
    FakeExchange wrong;
    with_json(wrong, Method::post, "/v1/me/notifications/read", body);
    run(wrong, "/v1/me/notifications/read");
    CHECK(problem_of(wrong) == "400 invalid_request");
  }
}

TEST_CASE("people choose whether and in which language they are sent mail") {
  FakeExchange exchange;
  with_json(
      exchange,
      Method::put,
      "/v1/me/settings",
      R"({"email":"alice@example.org","language":"ko","languages":["en","ko"]})");
  run(exchange, settings_route);
  const auto* change = records_command<engine::ChangePerson>(exchange);
  REQUIRE(change != nullptr);
  CHECK(change->email == "alice@example.org");
  CHECK(change->language == "ko");
  CHECK_FALSE(change->read_until.has_value());
  exchange.answer(engine::PersonView{{"alice@example.org", "ko", {}}});
  check_documented(exchange);
  CHECK(exchange.body()["email"] == "alice@example.org");
  CHECK(exchange.body()["languages"] == nlohmann::json::array({"en", "ko"}));

  FakeExchange none;
  with_json(none, Method::put, "/v1/me/settings", R"({"email":null})");
  run(none, settings_route);
  change = records_command<engine::ChangePerson>(none);
  REQUIRE(change != nullptr);
  CHECK(change->email == "");
  CHECK(change->language == "");
  none.answer(engine::PersonView{});
  check_documented(none);
  CHECK(none.body()["email"].is_null());

  FakeExchange get;
  get.with(Method::get, "/v1/me/settings").as_user("bob");
  run(get, settings_route);
  REQUIRE(asked_for<engine::GetPerson>(get) != nullptr);
  CHECK(asked_for<engine::GetPerson>(get)->user == "bob");
}

TEST_CASE("settings that cannot be are refused by name") {
  CHECK(problem_of_settings(R"({"email":"alice"})") == "400 invalid_request");
  CHECK(problem_of_settings(R"({"email":"a@b.org\r\nBcc: c@d.org"})") == "400 invalid_request");
  CHECK(problem_of_settings(R"({"email":5})") == "400 invalid_request");
  CHECK(problem_of_settings(R"({"language":"xx"})") == "400 invalid_request");
  CHECK(problem_of_settings(R"({"mail":"alice@example.org"})") == "400 invalid_request");
  CHECK(problem_of_settings("[]") == "400 invalid_request");
  CHECK(problem_of_settings("{") == "400 malformed_json");
}

TEST_CASE("administrators read dead letters, try them again and forget them") {
  FakeExchange list;
  list.with(Method::get, "/v1/admin/dead-letters").as_admin();
  run(list, letters_route);
  REQUIRE(asked_for<engine::ListDeadLetters>(list) != nullptr);
  engine::DeadLetterPage page;
  engine::MailDelivery letter;
  letter.item = told(engine::NotificationKind::reservation_refunded);
  letter.user = "alice";
  letter.attempts = 14;
  letter.next_at = samples::now;
  page.letters.push_back(letter);
  letter.status = 550;
  letter.detail = "No such user";
  page.letters.push_back(letter);
  page.next = letter.item.id;
  list.answer(page);
  check_documented(list);
  const auto body = list.body();
  CHECK(body["items"][0]["status"].is_null());
  CHECK(body["items"][1]["status"] == 550);
  CHECK(body["items"][1]["detail"] == "No such user");

  FakeExchange next;
  const auto cursor = body["next"].get<std::string>();
  next.with(Method::get, "/v1/admin/dead-letters").as_admin();
  next.with_parameter("cursor", cursor);
  run(next, letters_route);
  REQUIRE(asked_for<engine::ListDeadLetters>(next) != nullptr);
  CHECK(asked_for<engine::ListDeadLetters>(next)->after == page.next);

  FakeExchange retry;
  retry.with(Method::post, "/v1/admin/dead-letters/3-1a2b-0/retry", "3-1a2b-0").as_admin();
  run(retry, "/v1/admin/dead-letters/{id}/retry");
  REQUIRE(records_command<engine::SettleDeadLetter>(retry) != nullptr);
  CHECK(records_command<engine::SettleDeadLetter>(retry)->is_tried_again);
  CHECK(records_command<engine::SettleDeadLetter>(retry)->id == letter.item.id);
  retry.answer(engine::Done{});
  check_documented(retry);
  CHECK(retry.response().status == 204);

  for (const auto* id : {"3-1a2b-0", "x", "99999999-1-1"}) {
    FakeExchange forget;
    forget.with(Method::delete_, std::string("/v1/admin/dead-letters/") + id, id).as_admin();
    run(forget, "/v1/admin/dead-letters/{id}");
    if (forget.command()) {
      CHECK_FALSE(records_command<engine::SettleDeadLetter>(forget)->is_tried_again);
      forget.answer(engine::Refusal(engine::Rejection::dead_letter_not_found));
    }
    CHECK(problem_of(forget) == "404 dead_letter_not_found");
  }
}

}  // namespace cavea::http
