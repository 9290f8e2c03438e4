#pragma once

#include "bench/load/address.hpp"
#include "engine/result.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace cavea::bench {

/// Signs tokens with the HS256 key of a node, as `cavea token` does.
class TokenSigner {
 public:
  /// How long tokens are good for: longer than any run.
  static constexpr long life_seconds = 86'400;

  explicit TokenSigner(std::string key) : key_(std::move(key)) {}

  /// Reads the key file of a node: `token.key` in its data folder.
  [[nodiscard]] static engine::Result<TokenSigner, Trouble> from_file(
      const std::filesystem::path& file);

  /// Trouble when the library does not take the key.
  [[nodiscard]] engine::Result<std::string, Trouble> sign(
      const std::string& user, std::string_view role) const;

 private:
  std::string key_;
};

}  // namespace cavea::bench
