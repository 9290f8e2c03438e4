#include "tickets/ticket_key.hpp"

#include "tickets/signed_text.hpp"

#include <nlohmann/json.hpp>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <vector>

namespace cavea::tickets {

namespace {

constexpr auto audience = "ticket";

/// A ticket has a third of it; more is none.
constexpr std::size_t token_bytes_max = 4096;

constexpr int coordinate_bytes = 32;

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Number = std::unique_ptr<BIGNUM, decltype(&BN_free)>;
using Bytes = std::vector<unsigned char>;

/// Base 64 for addresses, without padding (RFC 4648, 5).
std::string base64url(const Bytes& bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int length = EVP_EncodeBlock(
      reinterpret_cast<unsigned char*>(text.data()), bytes.data(), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  while (text.ends_with('=')) text.pop_back();
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio, &data);
  return length > 0 ? std::string(data, static_cast<std::size_t>(length)) : std::string();
}

/// One coordinate of the public point, in base 64; empty when the key has none.
std::string coordinate(const EVP_PKEY* key, const char* name) {
  BIGNUM* found = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &found) != 1) return {};
  const Number number(found, BN_free);
  Bytes bytes(coordinate_bytes);
  if (BN_bn2binpad(number.get(), bytes.data(), coordinate_bytes) != coordinate_bytes) return {};
  return base64url(bytes);
}

/// The members that RFC 7638 takes for a thumbprint, in its order.
std::string thumbprint(const std::string& x, const std::string& y) {
  const auto members = R"({"crv":"P-256","kty":"EC","x":")" + x + R"(","y":")" + y + "\"}";
  Bytes hash(EVP_MAX_MD_SIZE);
  unsigned int length = 0;
  EVP_Digest(members.data(), members.size(), hash.data(), &length, EVP_sha256(), nullptr);
  hash.resize(length);
  return base64url(hash);
}

bool is_p256(const EVP_PKEY& key) {
  std::array<char, 64> group{};
  std::size_t length = 0;
  return EVP_PKEY_get_group_name(&key, group.data(), group.size(), &length) == 1
         && std::string_view(group.data(), length) == "prime256v1";  // As OpenSSL calls P-256.
}

/// "<reservation in the offering>.<place>".
std::string id_of(const Ticket& ticket) {
  return ticket.booking.str() + '.' + std::to_string(ticket.place.value);
}

bool read_id(std::string_view text, Ticket& ticket) {
  const auto dot = text.find('.');
  if (dot == std::string_view::npos) return false;
  const auto booking = engine::ReservationId::from(text.substr(0, dot));
  if (!booking) return false;
  ticket.booking = *booking;
  const auto* const end = text.data() + text.size();
  const auto [stopped_at, problem] =
      std::from_chars(text.data() + dot + 1, end, ticket.place.value);
  return problem == std::errc() && stopped_at == end;
}

}  // namespace

std::optional<std::string> make_private_key() {
  const Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const Bio bio(BIO_new(BIO_s_mem()), BIO_free);
  const bool is_made =
      key != nullptr && bio != nullptr
      && PEM_write_bio_PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1;
  ERR_clear_error();
  if (!is_made) return std::nullopt;
  return text_of(bio.get());
}

engine::Result<TicketKey, KeyFault> TicketKey::from(std::string pem) {
  const Bio in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  const Key key(
      in == nullptr ? nullptr : PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr),
      EVP_PKEY_free);
  ERR_clear_error();
  if (key == nullptr || !is_p256(*key)) {
    return KeyFault{
        "is no key for tickets: the PEM of a private key on the curve P-256 is needed ('BEGIN "
        "PRIVATE KEY')"};
  }
  const auto x = coordinate(key.get(), OSSL_PKEY_PARAM_EC_PUB_X);
  const auto y = coordinate(key.get(), OSSL_PKEY_PARAM_EC_PUB_Y);
  const Bio out(BIO_new(BIO_s_mem()), BIO_free);
  if (x.empty() || y.empty() || PEM_write_bio_PUBKEY(out.get(), key.get()) != 1) {
    return KeyFault{"is a key for tickets without its public half"};
  }
  TicketKey made;
  made.private_pem_ = std::move(pem);
  made.public_pem_ = text_of(out.get());
  made.id_ = thumbprint(x, y);
  const nlohmann::ordered_json set{
      {"keys",
       {{{"kty", "EC"},
         {"crv", "P-256"},
         {"x", x},
         {"y", y},
         {"use", "sig"},
         {"alg", "ES256"},
         {"kid", made.id_}}}}};
  made.public_keys_ = set.dump();
  return made;
}

std::string TicketKey::sign(const Ticket& ticket) const {
  auto token = make_token();
  if (token == nullptr) return {};
  const auto text = [&](const char* claim, const std::string& value) {
    jwt_add_grant(token.get(), claim, value.c_str());
  };
  const auto number = [&](const char* claim, std::int64_t value) {
    jwt_add_grant_int(token.get(), claim, value);
  };
  jwt_add_header(token.get(), "kid", id_.c_str());
  text("aud", audience);
  text("sub", ticket.holder);
  text("jti", id_of(ticket));
  text("reservation", ticket.reservation.str());
  text("offering", ticket.offering.str());
  number("item", ticket.item);
  number("number", ticket.number);
  if (!ticket.label.empty()) text("seat", ticket.label);
  number("start", ticket.starts_at.ms / 1000);
  return tickets::sign(std::move(token), JWT_ALG_ES256, private_pem_).value_or(std::string());
}

std::optional<Ticket> TicketKey::verify(std::string_view text) const {
  if (text.size() > token_bytes_max) return std::nullopt;
  const auto token = tickets::verify(std::string(text), JWT_ALG_ES256, public_pem_, audience);
  if (token == nullptr) return std::nullopt;
  const auto reservation = engine::ReservationId::from(text_in(token, "reservation"));
  const auto offering = engine::OfferingId::from(text_in(token, "offering"));
  const auto item = number_in(token, "item");
  const auto number = number_in(token, "number");
  const auto start = number_in(token, "start");
  Ticket ticket;
  if (!reservation || !offering || !item || !number || !start) return std::nullopt;
  if (!read_id(text_in(token, "jti"), ticket)) return std::nullopt;
  ticket.reservation = *reservation;
  ticket.offering = *offering;
  ticket.item = static_cast<std::uint32_t>(*item);
  ticket.number = static_cast<std::uint32_t>(*number);
  ticket.label = text_in(token, "seat");
  ticket.holder = text_in(token, "sub");
  ticket.starts_at = {*start * 1000};
  return ticket;
}

}  // namespace cavea::tickets
