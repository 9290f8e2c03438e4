#pragma once

#include "engine/result.hpp"

#include <filesystem>
#include <string>
#include <utility>

namespace cavea::outbound {

/// A text that nobody may see. Nothing prints it; whoever needs it asks by a name that stands out.
class Secret {
 public:
  Secret() = default;

  explicit Secret(std::string text) : text_(std::move(text)) {}

  [[nodiscard]] const std::string& reveal() const noexcept { return text_; }

  [[nodiscard]] bool empty() const noexcept { return text_.empty(); }

 private:
  std::string text_;
};

/// Why a secret cannot be used; one sentence for people, without the secret.
struct SecretFault {
  std::string text;
};

/// Reads a secret from a file: one line of 1 to 4,096 printable bytes without blanks; white space
/// at its end is left out.
[[nodiscard]] engine::Result<Secret, SecretFault> read_secret(const std::filesystem::path& file);

}  // namespace cavea::outbound
