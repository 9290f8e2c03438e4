#include "bench/load/token_signer.hpp"

#include <fmt/format.h>
#include <jwt.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>

namespace cavea::bench {
namespace {

/// RFC 7518, 3.2: a key for HS256 is at least as long as the hash.
constexpr std::size_t key_bytes_min = 32;

struct FreeToken {
  void operator()(jwt_t* token) const noexcept { jwt_free(token); }
};

long seconds_since_epoch() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<long>(std::chrono::duration_cast<std::chrono::seconds>(now).count());
}

}  // namespace

engine::Result<TokenSigner, Trouble> TokenSigner::from_file(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return Trouble{fmt::format("{}: cannot be read", file.string())};
  std::string key{std::istreambuf_iterator<char>(stream), {}};
  key.erase(key.find_last_not_of(" \t\r\n") + 1);
  if (key.size() < key_bytes_min) {
    return Trouble{fmt::format(
        "{}: has {} bytes, a key has {} at least", file.string(), key.size(), key_bytes_min)};
  }
  return TokenSigner(std::move(key));
}

engine::Result<std::string, Trouble> TokenSigner::sign(
    const std::string& user, std::string_view role) const {
  jwt_t* made = nullptr;
  if (jwt_new(&made) != 0) return Trouble{"there is no memory for a token"};
  const std::unique_ptr<jwt_t, FreeToken> token(made);
  const auto now = seconds_since_epoch();
  const auto* key = reinterpret_cast<const unsigned char*>(key_.data());
  const bool failed = jwt_add_grant(made, "sub", user.c_str()) != 0
                      || jwt_add_grant(made, "role", std::string(role).c_str()) != 0
                      || jwt_add_grant_int(made, "iat", now) != 0
                      || jwt_add_grant_int(made, "exp", now + life_seconds) != 0
                      || jwt_set_alg(made, JWT_ALG_HS256, key, static_cast<int>(key_.size())) != 0;
  char* const text = failed ? nullptr : jwt_encode_str(made);
  if (text == nullptr) return Trouble{"the key does not sign"};
  std::string result(text);
  std::free(text);  // NOLINT: the library allocates it with malloc.
  return result;
}

}  // namespace cavea::bench
