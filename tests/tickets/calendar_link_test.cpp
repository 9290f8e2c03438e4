#include "tickets/calendar_link.hpp"

#include "tickets/ticket_key.hpp"

#include <doctest/doctest.h>
#include <jwt.h>

#include <memory>
#include <string>

namespace cavea::tickets {

namespace {

constexpr engine::Timestamp now{1'790'000'000'000};

TicketKey some_key() {
  auto key = TicketKey::from(make_private_key().value());
  REQUIRE(key);
  return std::move(key).value();
}

CalendarLink sample_link() {
  return {.user = "alice \xC3\xA9", .epoch = 3, .expires_at = {now.ms + 60'000}};
}

/// Claims signed by whoever has this secret, in this way.
std::string signed_by(jwt_alg_t algorithm, const std::string& secret) {
  jwt_t* made = nullptr;
  REQUIRE(jwt_new(&made) == 0);
  const std::unique_ptr<jwt_t, decltype(&jwt_free)> token(made, jwt_free);
  jwt_add_grant(made, "aud", "calendar");
  jwt_add_grant(made, "sub", "alice");
  jwt_add_grant_int(made, "epoch", 0);
  jwt_add_grant_int(made, "exp", now.ms / 1000 + 60);
  const auto* const bytes = reinterpret_cast<const unsigned char*>(secret.data());
  REQUIRE(
      jwt_set_alg(
          made, algorithm, secret.empty() ? nullptr : bytes, static_cast<int>(secret.size()))
      == 0);
  char* const text = jwt_encode_str(made);
  REQUIRE(text != nullptr);
  std::string result(text);
  std::free(text);
  return result;
}

}  // namespace

TEST_CASE("the address of a calendar is read back by the key that made it, until it ends") {
  const auto key = some_key();
  const auto token = key.sign(sample_link());
  CHECK(key.verify_calendar(token, now) == sample_link());
  CHECK(key.verify_calendar(token, {now.ms + 59'999}) == sample_link());
  CHECK_FALSE(key.verify_calendar(token, {now.ms + 60'000}).has_value());
  CHECK_FALSE(some_key().verify_calendar(token, now).has_value());
  auto longest = sample_link();
  longest.user = std::string(128, 'x');
  longest.epoch = UINT32_MAX;
  CHECK(key.sign(longest).size() < 500);
  CHECK(key.verify_calendar(key.sign(longest), now) == longest);
}

TEST_CASE("a ticket opens no calendar, and a calendar lets nobody in") {
  const auto key = some_key();
  Ticket ticket;
  ticket.reservation = ticket.booking = {7, 8};
  ticket.offering = *engine::OfferingId::from("yoga");
  ticket.holder = "alice";
  CHECK_FALSE(key.verify_calendar(key.sign(ticket), now).has_value());
  CHECK_FALSE(key.verify(key.sign(sample_link())).has_value());
}

TEST_CASE("what this key did not sign opens no calendar") {
  const auto key = some_key();
  const auto token = key.sign(sample_link());
  for (std::size_t i = 0; i + 1 < token.size(); i += 5) {
    if (token[i + 1] == '.') continue;
    auto changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CAPTURE(i);
    CHECK_FALSE(key.verify_calendar(changed, now).has_value());
  }
  for (const auto* text : {"", ".", "..", "a.b.c"}) {
    CHECK_FALSE(key.verify_calendar(text, now).has_value());
  }
  CHECK_FALSE(key.verify_calendar(std::string(100'000, 'a'), now).has_value());
  // Who has the public key only cannot pass it off as a secret, nor do without one.
  CHECK_FALSE(key.verify_calendar(signed_by(JWT_ALG_HS256, key.public_pem()), now).has_value());
  CHECK_FALSE(key.verify_calendar(signed_by(JWT_ALG_NONE, ""), now).has_value());
}

}  // namespace cavea::tickets
