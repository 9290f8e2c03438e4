#include "http/authenticator.hpp"

#include <doctest/doctest.h>
#include <jwt.h>

#include <cstdlib>
#include <string>
#include <vector>

namespace cavea::http {
namespace {

// Keys for these tests only.
const std::string secret = "a secret of thirty-two bytes !!!";
const std::string other_secret = "another one, just as long as it.";
const std::string private_key = R"(-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgQ6aPLOVGftQzqknr
4IsRxtyQEQegIa6ZsV0DHSThM7+hRANCAATuIYMCBVSeHe0G4fOFIXgn6VA9ZE8d
VbAh/PVwwIWZejk78GiAlqvh7Lf7iVO1ZFv7Ey35AQ1pHAfeqffmN5zj
-----END PRIVATE KEY-----
)";
const std::string public_key = R"(-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE7iGDAgVUnh3tBuHzhSF4J+lQPWRP
HVWwIfz1cMCFmXo5O/BogJar4ey3+4lTtWRb+xMt+QENaRwH3qn35jec4w==
-----END PUBLIC KEY-----
)";
const std::string other_private_key = R"(-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgKll08PtXiyn7Qg9f
IRPNpZaVglubFaFcBUmzePEmrwqhRANCAAQN0zy0ZIYFkjCgdMYJOdcbv4d4M+0s
5N5tS2gKWmUwtRsyDEb3h//jVju0i5PF3I99naK0As5JC0++mWCWrUAO
-----END PRIVATE KEY-----
)";

constexpr engine::Timestamp now{1'800'000'000'000};
constexpr engine::Timestamp later{now.ms + 60'000};
constexpr engine::Timestamp earlier{now.ms - 60'000};

const TokenKey hs256{TokenAlgorithm::hs256, secret};
const TokenKey es256{TokenAlgorithm::es256, public_key};

std::string base64url(std::string_view bytes) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : bytes) {
    bits = (bits << 8) | static_cast<unsigned char>(c);
    count += 8;
    while (count >= 6) {
      count -= 6;
      text.push_back(digits[(bits >> count) & 63]);
    }
  }
  if (count > 0) text.push_back(digits[(bits << (6 - count)) & 63]);
  return text;
}

std::string made(const TokenKey& key, const TokenClaims& claims) {
  auto token = make_token(key, claims);
  REQUIRE(token.has_value());
  return *token;
}

const TokenClaims alice{"alice", Role::user, earlier, later};

/// The fault of a header value; fails the test when there is none.
TokenFault fault_of(const std::vector<TokenKey>& keys, const std::string& authorization) {
  Authenticator authenticator(keys);
  const auto result = authenticator.authenticate(authorization, now);
  REQUIRE_FALSE(result.has_value());
  return result.error();
}

TEST_CASE("A token tells who sends a request and in which role") {
  const std::vector keys{hs256};
  Authenticator authenticator(keys);
  const auto user = authenticator.authenticate("Bearer " + made(hs256, alice), now);
  REQUIRE(user.has_value());
  CHECK((*user)->user == "alice");
  CHECK_FALSE((*user)->is_admin());

  const auto boss = made(hs256, {"boss", Role::admin, earlier, later});
  const auto admin = authenticator.authenticate("bearer " + boss, now);
  REQUIRE(admin.has_value());
  CHECK((*admin)->is_admin());

  const auto door = authenticator.authenticate(
      "Bearer " + made(hs256, {"gate", Role::door, earlier, later}), now);
  REQUIRE(door.has_value());
  CHECK((*door)->role == Role::door);
  CHECK_FALSE((*door)->is_admin());
}

TEST_CASE("A token signed with ES256 is verified by the public key") {
  const std::vector keys{hs256, es256};
  Authenticator authenticator(keys);
  const auto token = made({TokenAlgorithm::es256, private_key}, alice);
  const auto user = authenticator.authenticate("Bearer " + token, now);
  REQUIRE(user.has_value());
  CHECK((*user)->user == "alice");
  const auto forged = made({TokenAlgorithm::es256, other_private_key}, alice);
  CHECK(fault_of(keys, "Bearer " + forged) == TokenFault::signature_wrong);
}

TEST_CASE("Without a bearer token nobody is known") {
  for (const auto* text : {"", "Bearer", "Bearer ", "Basic YWxpY2U6eA==", "Bearer    "}) {
    CAPTURE(text);
    CHECK(fault_of({hs256}, text) == TokenFault::missing);
  }
}

TEST_CASE("What is no token is refused") {
  for (const auto* text :
       {"Bearer x", "Bearer a.b", "Bearer a.b.c", "Bearer ....", "Bearer e30.e30."}) {
    CAPTURE(text);
    Authenticator authenticator({});
    const std::vector keys{hs256};
    Authenticator known(keys);
    CHECK_FALSE(known.authenticate(text, now).has_value());
  }
  CHECK(fault_of({hs256}, "Bearer " + std::string(10'000, 'a')) == TokenFault::malformed);
}

TEST_CASE("A token signed with another key is refused") {
  const auto token = made({TokenAlgorithm::hs256, other_secret}, alice);
  CHECK(fault_of({hs256}, "Bearer " + token) == TokenFault::signature_wrong);

  auto changed = made(hs256, alice);
  changed.back() = changed.back() == 'A' ? 'E' : 'A';
  CHECK(fault_of({hs256}, "Bearer " + changed) == TokenFault::signature_wrong);
}

TEST_CASE("A token without a signature is refused, whatever it calls its algorithm") {
  const auto claims = base64url(R"({"sub":"alice","role":"admin","exp":1900000000})");
  for (const auto* algorithm : {"none", "None", "NONE", "nOnE", ""}) {
    CAPTURE(algorithm);
    const auto head = base64url(R"({"alg":")" + std::string(algorithm) + R"("})");
    const std::vector keys{hs256, es256};
    Authenticator authenticator(keys);
    CHECK_FALSE(authenticator.authenticate("Bearer " + head + "." + claims + ".", now).has_value());
    CHECK_FALSE(authenticator.authenticate("Bearer " + head + "." + claims, now).has_value());
  }
}

TEST_CASE("A token that demands an extension is refused, whatever the extension") {
  const auto signed_with = [](const char* header) {
    jwt_t* token = nullptr;
    REQUIRE(jwt_new(&token) == 0);
    const auto* key = reinterpret_cast<const unsigned char*>(secret.data());
    REQUIRE(jwt_add_headers_json(token, header) == 0);
    REQUIRE(jwt_add_grants_json(token, R"({"sub":"alice","role":"user","exp":1900000000})") == 0);
    REQUIRE(jwt_set_alg(token, JWT_ALG_HS256, key, static_cast<int>(secret.size())) == 0);
    char* const text = jwt_encode_str(token);
    REQUIRE(text != nullptr);
    const auto authorization = "Bearer " + std::string(text);
    std::free(text);
    jwt_free(token);
    return authorization;
  };
  const std::vector keys{hs256};
  Authenticator authenticator(keys);
  CHECK(authenticator.authenticate(signed_with(R"({"kid":"1"})"), now).has_value());
  for (const auto* header :
       {R"({"crit":["b64"],"b64":false})",
        R"({"crit":["exp"]})",
        R"({"crit":[]})",
        R"({"crit":"exp"})"}) {
    CAPTURE(header);
    CHECK(fault_of(keys, signed_with(header)) == TokenFault::extension_unknown);
  }
}

TEST_CASE("A token whose algorithm has no key here is refused") {
  const auto token = made({TokenAlgorithm::es256, private_key}, alice);
  CHECK(fault_of({hs256}, "Bearer " + token) == TokenFault::algorithm_refused);
  CHECK(fault_of({es256}, "Bearer " + made(hs256, alice)) == TokenFault::algorithm_refused);
}

TEST_CASE("A public key does not serve as a secret") {
  const auto token = made({TokenAlgorithm::hs256, public_key}, alice);
  CHECK(fault_of({es256}, "Bearer " + token) == TokenFault::algorithm_refused);
  CHECK(fault_of({es256, hs256}, "Bearer " + token) == TokenFault::signature_wrong);
}

TEST_CASE("A token ends at its expiry, also when it was seen before") {
  const std::vector keys{hs256};
  Authenticator authenticator(keys);
  const auto header = "Bearer " + made(hs256, alice);
  CHECK(authenticator.authenticate(header, now).has_value());
  CHECK(authenticator.authenticate(header, {later.ms - 1}).has_value());
  CHECK(authenticator.verifications() == 1);
  const auto result = authenticator.authenticate(header, later);
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error() == TokenFault::expired);
}

// Tokens that our own `make_token` would not make: signed here once with `secret`.
TEST_CASE("A token without expiry, subject or role is refused") {
  struct Case {
    const char* token;
    TokenFault fault;
  };

  const Case cases[] = {
      // {"sub":"alice","role":"user"}
      {"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSIsInJvbGUiOiJ1c2VyIn0.gIQyktDUz-ZmWFwgYOLhHWI"
       "6-7QW6be1MwdHcyt-sb8",
       TokenFault::expiry_missing},
      // {"sub":"alice","role":"user","exp":"1900000000"}
      {"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSIsInJvbGUiOiJ1c2VyIiwiZXhwIjoiMTkwMDAwMDAwMCJ"
       "9.sQsZuuU9atZjQQdBWJJo4OlKsIx9bkb4dZRzQ4oH0IY",
       TokenFault::expiry_missing},
      // {"sub":"alice","role":"user","exp":1700000000}
      {"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSIsInJvbGUiOiJ1c2VyIiwiZXhwIjoxNzAwMDAwMDAwfQ."
       "oMiVCggMvf5KqNM3oKX_Tc8JDad402E6kYjjORxWiEY",
       TokenFault::expired},
      // {"sub":"alice","role":"user","exp":1900000000,"nbf":1850000000}
      {"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSIsInJvbGUiOiJ1c2VyIiwiZXhwIjoxOTAwMDAwMDAwLCJ"
       "uYmYiOjE4NTAwMDAwMDB9.TbLJ-MPo3OL8MOC5xVbFdIAD4gq0OjcoJo1QioXr29Y",
       TokenFault::not_yet_valid},
      // {"sub":"alice","role":"user","exp":1900000000,"nbf":1850000000.5}
      {"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSIsInJvbGUiOiJ1c2VyIiwiZXhwIjoxOTAwMDAwMDAwLCJu"
       "YmYiOjE4NTAwMDAwMDAuNX0.hL2RurpFlhA2p1BhYODrEzJOHmgP8sxFCgCZNCn7G_o",
       TokenFault::not_yet_valid},
      // {"sub":"alice","role":"user","exp":1900000000,"nbf":"1850000000"}
      {"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSIsInJvbGUiOiJ1c2VyIiwiZXhwIjoxOTAwMDAwMDAwLCJu"
       "YmYiOiIxODUwMDAwMDAwIn0.KmWM43ejivTYEToIfxgT_UaDaaNLFS3ysk7RvbGSGdY",
       TokenFault::not_yet_valid},
      // {"sub":"a\nb","role":"user","exp":1900000000}
      {"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhXG5iIiwicm9sZSI6InVzZXIiLCJleHAiOjE5MDAwMDAwMDB9.qCC"
       "YyTmhOqgCGjEwOYkXwt5cwK3OqJpHZnR99BIo3Aw",
       TokenFault::subject_not_valid},
      // {"role":"user","exp":1900000000}
      {"eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoidXNlciIsImV4cCI6MTkwMDAwMDAwMH0.0eeoZsqlw3sHb51nO-M"
       "f2kMOOs4aiojUBgb5z8iBtYY",
       TokenFault::subject_not_valid},
      // {"sub":"","role":"user","exp":1900000000}
      {"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIiLCJyb2xlIjoidXNlciIsImV4cCI6MTkwMDAwMDAwMH0.270Qh65"
       "4mhp8Nqi5ZDsZclWD2S_pYBgPp0ULeZTNAN8",
       TokenFault::subject_not_valid},
      // "sub" of 129 bytes
      {"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWF"
       "hYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWF"
       "hYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWEiLCJyb2xlIjoidXNlciIsImV4cCI6MTkwMDAwMDAwMH0.LDn"
       "cZU_jwG_JOYcjU4RNk5khz2fepSazshedUHGJ-vs",
       TokenFault::subject_not_valid},
      // {"sub":"alice","exp":1900000000}
      {"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSIsImV4cCI6MTkwMDAwMDAwMH0.CyRkhcvM30GjxNKIb3-"
       "U_YJvOI9qQOAUvDZ-PSk1gp8",
       TokenFault::role_not_valid},
      // {"sub":"alice","role":"root","exp":1900000000}
      {"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSIsInJvbGUiOiJyb290IiwiZXhwIjoxOTAwMDAwMDAwfQ."
       "JwumDmXcTWOVs9TAcKgSjzlYfJjuB9uyCW97QSlDetI",
       TokenFault::role_not_valid},
      // {"sub":"alice","role":"user","exp":1900000000}
      {"eyJhbGciOiJIUzUxMiJ9.eyJzdWIiOiJhbGljZSIsInJvbGUiOiJ1c2VyIiwiZXhwIjoxOTAwMDAwMDAwfQ."
       "1jgp3U2n4aqY6iJ_nSTJDhDkEEf28Sd8sV6dIsCyhyk7q0V1G_n0nn4nRYwoTBQTNRxIKDv1wL_DYuhS6XXr"
       "9Q",
       TokenFault::algorithm_refused},
  };
  for (const auto& [token, fault] : cases) {
    CAPTURE(token);
    CHECK(fault_of({hs256}, std::string("Bearer ") + token) == fault);
  }
}

TEST_CASE("Names that are too long and keys that do not sign make no token") {
  CHECK_FALSE(make_token(hs256, {"", Role::user, earlier, later}).has_value());
  CHECK_FALSE(make_token(hs256, {"a\nb", Role::user, earlier, later}).has_value());
  CHECK_FALSE(make_token(hs256, {std::string(129, 'a'), Role::user, earlier, later}).has_value());
  CHECK_FALSE(make_token({TokenAlgorithm::hs256, "short"}, alice).has_value());
  CHECK_FALSE(make_token({TokenAlgorithm::es256, "no key"}, alice).has_value());
  CHECK(fault_of_key({TokenAlgorithm::hs256, "short"}).has_value());
  CHECK(fault_of_key({TokenAlgorithm::es256, private_key}).has_value());
  CHECK_FALSE(fault_of_key(hs256).has_value());
  CHECK_FALSE(fault_of_key(es256).has_value());
}

}  // namespace
}  // namespace cavea::http
