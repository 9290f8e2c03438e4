#include "http/idempotency.hpp"

#include "http/text.hpp"

#include <xxhash.h>

#include <algorithm>

namespace cavea::http {

namespace {

std::optional<std::string> parse_quoted(std::string_view text) {
  std::string key;
  key.reserve(text.size());
  for (std::size_t i = 1; i < text.size(); ++i) {
    char c = text[i];
    if (c == '"') return i + 1 == text.size() ? std::optional(std::move(key)) : std::nullopt;
    if (c == '\\') {
      if (++i == text.size() || (text[i] != '"' && text[i] != '\\')) return std::nullopt;
      c = text[i];
    }
    if (c < ' ' || c > '~') return std::nullopt;
    key += c;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> parse_idempotency_key(std::string_view header) {
  header = trimmed(header);
  std::optional<std::string> key;
  if (header.starts_with('"')) {
    key = parse_quoted(header);
  } else if (std::all_of(
                 header.begin(), header.end(), [](char c) { return c > ' ' && c <= '~'; })) {
    key = std::string(header);
  }
  if (!key || key->empty() || key->size() > idempotency_key_bytes) return std::nullopt;
  return key;
}

engine::Fingerprint fingerprint_of(Method method, std::string_view path, std::string_view body) {
  // The path's hash seeds that of the body, which spares a copy of both behind each other.
  const auto seed =
      XXH3_64bits_withSeed(path.data(), path.size(), static_cast<XXH64_hash_t>(method));
  const auto hash = XXH3_128bits_withSeed(body.data(), body.size(), seed);
  return {.high = hash.high64, .low = hash.low64};
}

}  // namespace cavea::http
