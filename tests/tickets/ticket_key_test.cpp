#include "tickets/ticket_key.hpp"

#include "tickets/qr_image.hpp"

#include <doctest/doctest.h>
#include <jwt.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <string>

namespace cavea::tickets {

namespace {

TicketKey new_key() {
  auto key = TicketKey::from(make_private_key().value());
  REQUIRE(key);
  return std::move(key).value();
}

Ticket sample() {
  return {
      .number = 3,
      .item = 1,
      .reservation = {7, 8},
      .booking = {9, 10},
      .offering = *engine::OfferingId::from("the-lighthouse"),
      .place = {41},
      .label = "stalls-A-12",
      .holder = "alice \"the first\" \xC3\xA9",
      .starts_at = {1'796'412'600'000}};
}

}  // namespace

TEST_CASE("what a key signed it reads back, and another key does not") {
  const auto key = new_key();
  const auto token = key.sign(sample());
  CHECK(token.size() < 700);
  CHECK(key.verify(token) == sample());
  CHECK_FALSE(new_key().verify(token).has_value());

  auto in_class = sample();
  in_class.label.clear();
  CHECK(key.verify(key.sign(in_class)) == in_class);
}

TEST_CASE("a ticket that was changed anywhere is none") {
  const auto key = new_key();
  const auto token = key.sign(sample());
  // The last character of a part may hold bits that stand for nothing.
  for (std::size_t i = 0; i + 1 < token.size(); i += 7) {
    if (token[i + 1] == '.') continue;
    auto changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CAPTURE(i);
    CHECK_FALSE(key.verify(changed).has_value());
  }
  for (const auto* text : {"", ".", "..", "a.b.c"}) CHECK_FALSE(key.verify(text).has_value());
  CHECK_FALSE(key.verify(token.substr(0, token.rfind('.') + 1)).has_value());
  CHECK_FALSE(key.verify(std::string(100'000, 'a')).has_value());
}

TEST_CASE("whoever has the public key verifies a ticket without us") {
  const auto key = new_key();
  const auto set = nlohmann::json::parse(key.public_keys());
  REQUIRE(set["keys"].size() == 1);
  const auto token = key.sign(sample());
  jwt_t* decoded = nullptr;
  const auto& pem = key.public_pem();
  REQUIRE(
      jwt_decode(
          &decoded,
          token.c_str(),
          reinterpret_cast<const unsigned char*>(pem.data()),
          static_cast<int>(pem.size()))
      == 0);
  const std::unique_ptr<jwt_t, decltype(&jwt_free)> owned(decoded, jwt_free);
  CHECK(jwt_get_alg(decoded) == JWT_ALG_ES256);
  CHECK(jwt_get_header(decoded, "kid") == set["keys"][0]["kid"].get<std::string>());
  CHECK(jwt_get_grant(decoded, "aud") == std::string("ticket"));
  CHECK(jwt_get_grant(decoded, "jti") == sample().booking.str() + ".41");
  CHECK(jwt_get_grant(decoded, "seat") == std::string("stalls-A-12"));
  CHECK(jwt_get_grant_int(decoded, "start") == 1'796'412'600);
}

TEST_CASE("the key set and the thumbprint are those of the standards") {
  // Worked out by another program, from the coordinates, as RFC 7638 says.
  const auto key = TicketKey::from(
      "-----BEGIN PRIVATE KEY-----\n"
      "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgPoIg3WbgfFUTjAMR\n"
      "FLmb6VIcf+ZtuSC4YHvvzAZ5q66hRANCAARwVIXN3/DoTyAjeVeV2G1CiBV9xpLG\n"
      "1ykRHRfuJ0/wZLxId5GMcVAGL+17iKNqmKxkGrcn+l8/ksKJNyqhahYX\n"
      "-----END PRIVATE KEY-----\n");
  REQUIRE(key);
  CHECK(
      key.value().public_keys()
      == R"({"keys":[{"kty":"EC","crv":"P-256","x":"cFSFzd_w6E8gI3lXldhtQogVfcaSxtcpER0X7idP8GQ",)"
         R"("y":"vEh3kYxxUAYv7XuIo2qYrGQatyf6Xz-Swok3KqFqFhc","use":"sig","alg":"ES256",)"
         R"("kid":"XoaoSp58hPhCHIv_eZlduTO1elZ3YI5zKu2CUnrf_hc"}]})");
}

TEST_CASE("only a private key on P-256 signs tickets") {
  const auto key = new_key();
  CHECK_FALSE(TicketKey::from("").has_value());
  CHECK_FALSE(TicketKey::from("secret").has_value());
  CHECK_FALSE(TicketKey::from(key.public_pem()).has_value());
  // On P-384.
  const auto other = TicketKey::from(
      "-----BEGIN PRIVATE KEY-----\n"
      "MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDC59wROXyi48S1Qt4uG\n"
      "ew/uzvEaAmcJ9TyiS0aK2r6DG1Q80Ct4UAYPQ5sQ9++tEYehZANiAARK3cwyFdPk\n"
      "YWp0/11iL40ASyzt4wq+W6HPFwp6AUmqYH0znOcD5H46OvLxy70spnBIB3xaxK2B\n"
      "PF6aGmHmDjUVRugCs4EZPK1B86plhDAT3wLT05nP4g3GLeuwqDjFJKQ=\n"
      "-----END PRIVATE KEY-----\n");
  REQUIRE_FALSE(other.has_value());
  CHECK(other.error().text.find("P-256") != std::string::npos);
}

TEST_CASE("a QR code is made of what fits into one") {
  const auto svg = qr_svg("hello");
  CHECK(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 29 29\""));
  // The upper edge of the finder at the left and of the one at the right.
  CHECK(svg.find("d=\"M4 4h7v1h-7z") != std::string::npos);
  CHECK(svg.find("M18 4h7v1h-7z") != std::string::npos);
  CHECK(qr_svg("").empty());
  CHECK(qr_svg(std::string(3000, 'x')).empty());
}

}  // namespace cavea::tickets
