#include "persistence/seal.hpp"

#include <xxhash.h>

#include <algorithm>

namespace cavea::persistence {

namespace {

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.'
         || c == '-' || c == '_';
}

}  // namespace

Seal seal_of(Column column, std::string_view key, std::string_view value) {
  // The key is the seed, so that nothing has to be put together in memory.
  const auto seed = XXH3_64bits_withSeed(key.data(), key.size(), static_cast<XXH64_hash_t>(column));
  auto hash = XXH3_64bits_withSeed(value.data(), value.size(), seed);
  Seal seal{};
  for (char& byte : seal) {
    byte = static_cast<char>(hash);
    hash >>= 8;
  }
  return seal;
}

std::optional<std::string_view> unseal(
    Column column, std::string_view key, std::string_view stored) {
  if (stored.empty()) return stored;
  if (stored.size() <= seal_size) return std::nullopt;

  const auto value = stored.substr(0, stored.size() - seal_size);
  const auto seal = seal_of(column, key, value);
  const auto found = stored.substr(value.size());
  if (!std::equal(found.begin(), found.end(), seal.begin())) return std::nullopt;
  return value;
}

StoreError damaged_record(Column column, std::string_view key) {
  return {
      StoreError::Kind::corrupt,
      "the record " + printable(key) + " in column '" + std::string(name_of(column))
          + "' fails its checksum: the disk or the memory has changed what was written. Stop the "
            "node, run 'cavea check' to see how much is damaged, and restore the data directory "
            "from a copy"};
}

StoreError corrupt_record(std::string_view what, std::string_view key, std::string_view why) {
  std::string text(what);
  text.append(" at ").append(printable(key)).append(": ").append(why);
  return {StoreError::Kind::corrupt, std::move(text)};
}

std::string printable(std::string_view bytes) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    if (is_plain(c)) {
      text.push_back(c);
      continue;
    }
    const auto value = static_cast<unsigned char>(c);
    text.append("\\x").push_back(digits[value >> 4]);
    text.push_back(digits[value & 15]);
  }
  return text;
}

std::uint32_t checksum_of(std::string_view bytes) {
  return static_cast<std::uint32_t>(XXH3_64bits(bytes.data(), bytes.size()));
}

}  // namespace cavea::persistence
