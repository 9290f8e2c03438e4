#include "app/token_key.hpp"

#include "app/secret_file.hpp"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include <fcntl.h>
#include <unistd.h>

namespace cavea::app {
namespace {

/// A key is a line of text; anything much longer is the wrong file.
constexpr std::size_t key_bytes_max = 4096;

constexpr std::size_t random_bytes = 32;

TokenKeyError failed(const std::filesystem::path& file) {
  return {system_fault("cannot read the token key", file)};
}

/// 256 random bits in hexadecimal, so that the key survives editors and environment variables.
std::optional<std::string> make_key() {
  std::array<unsigned char, random_bytes> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return std::nullopt;
  std::string key;
  for (const auto byte : bytes) key += fmt::format("{:02x}", byte);
  return key;
}

std::optional<TokenKeyError> make_file(const std::filesystem::path& file) {
  const auto key = make_key();
  if (!key) return TokenKeyError{"the system gives no random numbers for a token key"};
  auto fault = make_secret_file(file, *key + '\n', "the token key");
  if (!fault) return std::nullopt;
  return TokenKeyError{*std::move(fault)};
}

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using PublicKey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

/// What kind of key it is, in the words of OpenSSL: "RSA", "EC secp384r1".
std::string kind_of(const EVP_PKEY& key) {
  const char* type = EVP_PKEY_get0_type_name(&key);
  std::string kind = type == nullptr ? "unknown" : type;
  std::array<char, 64> group{};
  std::size_t length = 0;
  if (EVP_PKEY_get_group_name(&key, group.data(), group.size(), &length) == 1) {
    kind += ' ' + std::string(group.data(), length);
  }
  return kind;
}

}  // namespace

std::optional<std::string> fault_of_public_key(const std::string& pem) {
  constexpr auto wanted = "an EC public key on the curve P-256 is needed (PEM, 'BEGIN PUBLIC KEY')";
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  const PublicKey key(
      bio == nullptr ? nullptr : PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr),
      EVP_PKEY_free);
  ERR_clear_error();
  if (key == nullptr) return fmt::format("is no public key that can be read: {}", wanted);
  const auto kind = kind_of(*key);
  if (kind == "EC prime256v1") return std::nullopt;  // As OpenSSL calls P-256.
  return fmt::format("is a public key of kind {}: {}", kind, wanted);
}

engine::Result<std::string, TokenKeyError> read_token_key(const std::filesystem::path& file) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return failed(file);
  std::string key(key_bytes_max + 1, '\0');
  const auto count = ::read(fd, key.data(), key.size());
  const int read_errno = errno;
  ::close(fd);
  errno = read_errno;
  if (count < 0) return failed(file);
  key.resize(static_cast<std::size_t>(count));
  if (key.size() > key_bytes_max) {
    return TokenKeyError{fmt::format("{} is too long for a token key", file.string())};
  }
  while (!key.empty() && std::strchr(" \t\r\n", key.back()) != nullptr) key.pop_back();
  if (key.size() < token_key_bytes_min) {
    return TokenKeyError{fmt::format(
        "the token key in {} has {} bytes; HS256 needs {} at least (RFC 7518)",
        file.string(),
        key.size(),
        token_key_bytes_min)};
  }
  return key;
}

engine::Result<std::string, TokenKeyError> read_or_make_token_key(
    const std::filesystem::path& file) {
  if (::access(file.c_str(), F_OK) != 0 && errno == ENOENT) {
    if (auto fault = make_file(file)) return *std::move(fault);
  }
  return read_token_key(file);
}

}  // namespace cavea::app
