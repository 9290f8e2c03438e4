#include "tickets/signed_text.hpp"

#include <cerrno>

namespace cavea::tickets {

namespace {

const unsigned char* bytes_of(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

Token make_token() {
  jwt_t* token = nullptr;
  return jwt_new(&token) == 0 ? Token(token) : Token();
}

std::optional<std::string> sign(Token token, jwt_alg_t algorithm, const std::string& key) {
  if (token == nullptr) return std::nullopt;
  if (jwt_set_alg(token.get(), algorithm, bytes_of(key), static_cast<int>(key.size())) != 0) {
    return std::nullopt;
  }
  char* const text = jwt_encode_str(token.get());
  if (text == nullptr) return std::nullopt;
  std::string result(text);
  std::free(text);  // NOLINT: the library allocates it with malloc.
  return result;
}

Token verify(
    const std::string& text,
    jwt_alg_t algorithm,
    const std::string& key,
    const std::string& audience) {
  jwt_t* decoded = nullptr;
  const bool failed =
      jwt_decode(&decoded, text.c_str(), bytes_of(key), static_cast<int>(key.size())) != 0;
  Token token(decoded);
  if (failed || token == nullptr) return {};
  // The algorithm is ours to choose, not the token's.
  if (jwt_get_alg(token.get()) != algorithm) return {};
  if (text_in(token, "aud") != audience) return {};
  return token;
}

std::string text_in(const Token& token, const char* claim) {
  const char* const text = jwt_get_grant(token.get(), claim);
  return text == nullptr ? std::string() : std::string(text);
}

std::optional<std::int64_t> number_in(const Token& token, const char* claim) {
  errno = 0;
  const long number = jwt_get_grant_int(token.get(), claim);
  if (errno != 0) return std::nullopt;
  return number;
}

}  // namespace cavea::tickets
