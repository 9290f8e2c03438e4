#pragma once

#include "bench/load/address.hpp"
#include "bench/load/options.hpp"
#include "engine/result.hpp"

#include <string>
#include <vector>

namespace cavea::bench {

/// Tokens of those on whose behalf the load is made.
struct Credentials {
  std::string admin;
  std::vector<std::string> users;

  /// Signs or reads them, as the options say. The constant server does not look at tokens, but they
  /// must have their length: without a key they are signed with one of no meaning.
  [[nodiscard]] static engine::Result<Credentials, Trouble> from(const Options& options);
};

}  // namespace cavea::bench
