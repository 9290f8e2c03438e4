#include "bench/load/credentials.hpp"

#include "bench/load/token_signer.hpp"

#include <fmt/format.h>

#include <fstream>
#include <utility>

namespace cavea::bench {
namespace {

Trouble bad_option(std::string text) {
  return {.text = std::move(text), .is_usage = true};
}

engine::Result<Credentials, Trouble> sign_all(const TokenSigner& signer, unsigned users) {
  Credentials credentials;
  auto admin = signer.sign("bench-admin", "admin");
  if (!admin) return admin.error();
  credentials.admin = *std::move(admin);
  for (unsigned user = 0; user < users; ++user) {
    auto token = signer.sign(fmt::format("bench-{:06}", user), "user");
    if (!token) return token.error();
    credentials.users.push_back(*std::move(token));
  }
  return credentials;
}

engine::Result<Credentials, Trouble> read_all(const Options& options) {
  std::ifstream file(options.user_tokens);
  if (!file) {
    return bad_option(fmt::format("--user-tokens {}: cannot be read", options.user_tokens));
  }
  Credentials credentials;
  credentials.admin = options.admin_token;
  std::string line;
  while (std::getline(file, line)) {
    line.erase(line.find_last_not_of(" \t\r") + 1);
    if (!line.empty()) credentials.users.push_back(line);
  }
  if (credentials.users.empty()) {
    return bad_option(fmt::format("--user-tokens {}: has no tokens", options.user_tokens));
  }
  return credentials;
}

}  // namespace

engine::Result<Credentials, Trouble> Credentials::from(const Options& options) {
  if (!options.user_tokens.empty()) return read_all(options);
  if (options.token_key.empty()) {
    return sign_all(
        TokenSigner(std::string("a key that opens nothing at all, anywhere")), options.users);
  }
  const auto signer = TokenSigner::from_file(options.token_key);
  if (!signer) return bad_option("--token-key " + signer.error().text);
  return sign_all(signer.value(), options.users);
}

}  // namespace cavea::bench
